import { expect, test } from 'vitest';
import { planCases, playPlanned } from '../../bench/worlds/case-plan.ts';
import { HALL } from '../../src/simulate/worlds/hall.ts';
import { judgeWindow } from './judge-window.ts';
import { referenceTable, worldTable } from './world-tables.ts';

/** What the first shows follows the hours: an index of all columns takes the step of the labels for weather. */
test.each([20, 28])('a label shift among slow sensors is no concept drift (case %d)', async (at) => {
  const planned = planCases('hall', 'develop').find((each) => each.group === 'shift' && each.at === at)!;
  const { rows, happened } = playPlanned(HALL, planned);
  expect(happened).toBe('label_shift');
  const tables = {
    reference: referenceTable(HALL, rows.reference),
    current: worldTable(HALL, rows.current),
  };
  const { diagnosis } = await judgeWindow(tables, { task: HALL.task, positiveClass: 'worn' });
  expect(diagnosis).toMatchObject({ verdict: 'label_shift', advice: 'reweight' });
});
