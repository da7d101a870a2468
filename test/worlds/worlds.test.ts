import { describe, expect, test } from 'vitest';
import { planCases, playPlanned } from '../../bench/worlds/case-plan.ts';
import type { WorldCase } from '../../bench/worlds/case-plan.ts';
import type { Table } from '../../src/core/table.ts';
import { WORLDS } from '../../src/simulate/worlds/all-worlds.ts';
import type { OrdinaryWorld } from '../../src/simulate/worlds/ordinary-world.ts';
import { judgeWindow } from './judge-window.ts';
import type { JudgedTables } from './judge-window.ts';
import { referenceTable, worldTable } from './world-tables.ts';

/** `npm run bench:worlds` plays them all, and those held back; this is what there is time for on every run. */
const EVERY = 50;
/** One window of two hundred columns takes as long as a dozen others. */
const EVERY_WIDE = 600;
/** Rows enough to be judged, and no more. */
const FEWEST_ROWS = 320;
/** Labels are tested in every sixth window: they take most of the time, and few faults need them. */
const LABELLED_EVERY = 300;

function densityOf({ time: { perDay, windowDays } }: OrdinaryWorld): number {
  return Math.min(1, Math.max(0.4, FEWEST_ROWS / (perDay * Math.min(...windowDays))));
}

/** The rows of a planned case. */
function tablesOf(world: OrdinaryWorld, planned: WorldCase): JudgedTables {
  const { rows } = playPlanned(world, planned, densityOf(world));
  const tables = {
    reference: referenceTable(world, rows.reference),
    current: worldTable(world, rows.current),
  };
  return planned.at % LABELLED_EVERY === 0 ? tables : withoutLabels(tables);
}

const unlabelled = new WeakMap<Table, Table>();

/** Of one reference always the same table: what is learned from it is kept with it. */
function withoutLabels({ reference, current }: JudgedTables): JudgedTables {
  let known = unlabelled.get(reference);
  if (known === undefined) unlabelled.set(reference, (known = { ...reference, label: null }));
  return { reference: known, current: { ...current, label: null } };
}

describe('in healthy windows of ordinary life nothing is called broken', () => {
  test.each(WORLDS.filter(({ heldBack }) => !heldBack).map((world) => [world.name, world] as const))(
    '%s',
    async (name, world) => {
      const positiveClass = world.task === 'regression' ? null : (world.classes[0] ?? null);
      const every = world.features.length > 100 ? EVERY_WIDE : EVERY;
      const cases = planCases(name, 'develop').filter(
        ({ group, at }) => group === 'healthy' && at % every === 0,
      );
      const accused: string[] = [];
      let tooFew = 0;
      for (const planned of cases) {
        const { diagnosis } = await judgeWindow(tablesOf(world, planned), {
          task: world.task,
          positiveClass,
        });
        if (diagnosis.reason === 'too_few_rows') tooFew += 1;
        for (const { fault, feature, detail } of diagnosis.faults)
          accused.push(`${planned.at}: ${fault} ${feature}: ${detail}`);
      }
      expect(cases).toHaveLength(600 / every);
      expect(accused).toEqual([]);
      expect(tooFew).toBeLessThan(2);
    },
  );
});
