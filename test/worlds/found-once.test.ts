import { expect, test } from 'vitest';
import { planCases, playPlanned } from '../../bench/worlds/case-plan.ts';
import { WORLDS } from '../../src/simulate/worlds/all-worlds.ts';
import { judgeWindow } from './judge-window.ts';
import { referenceTable, worldTable } from './world-tables.ts';

/**
 * Healthy windows of the final series that were called a fault when all six hundred of a world were first played: a sign of weather, depots of
 * large shipments, another surcharge, a queue that looked like an hour, waiting that looked like Fahrenheit.
 */
test.each([
  ['grid', 3],
  ['grid', 315],
  ['freight', 17],
  ['freight', 63],
  ['freight', 114],
  ['calls', 91],
  ['calls', 351],
] as const)('%s %i is healthy', async (name, at) => {
  const world = WORLDS.find((each) => each.name === name)!;
  const planned = planCases(name, 'final').find((each) => each.group === 'healthy' && each.at === at)!;
  const { rows } = playPlanned(world, planned);
  const tables = {
    reference: { ...referenceTable(world, rows.reference), label: null },
    current: { ...worldTable(world, rows.current), label: null },
  };
  const { diagnosis } = await judgeWindow(tables, { task: world.task, positiveClass: null });
  expect(diagnosis.faults.map(({ fault, feature }) => `${fault} ${feature}`)).toEqual([]);
});
