import { describe, expect, test } from 'vitest';
import { planCases, playPlanned } from '../../bench/worlds/case-plan.ts';
import { WORLDS } from '../../src/simulate/worlds/all-worlds.ts';
import type { OrdinaryWorld } from '../../src/simulate/worlds/ordinary-world.ts';
import { judgeWindow } from './judge-window.ts';
import { referenceTable, worldTable } from './world-tables.ts';

/** `npm run bench:worlds` plays them all, and those held back; this is what there is time for on every run. */
const EVERY = 50;
/** Rows enough to be judged, and no more. */
const FEWEST_ROWS = 240;
/** Labels are tested in every fourth window: they take most of the time, and few faults need them. */
const LABELLED_EVERY = 200;

function densityOf({ time: { perDay, windowDays } }: OrdinaryWorld): number {
  return Math.min(1, Math.max(0.4, FEWEST_ROWS / (perDay * Math.min(...windowDays))));
}

describe('in healthy windows of ordinary life nothing is called broken', () => {
  test.each(WORLDS.filter(({ heldBack }) => !heldBack).map((world) => [world.name, world] as const))(
    '%s',
    async (name, world) => {
      const positiveClass = world.task === 'regression' ? null : (world.classes[0] ?? null);
      const accused: string[] = [];
      const cases = planCases(name, 'develop').filter(
        ({ group, at }) => group === 'healthy' && at % EVERY === 0,
      );
      for (const planned of cases) {
        const { rows } = playPlanned(world, planned, densityOf(world));
        const current = worldTable(world, rows.current);
        const isLabelled = planned.at % LABELLED_EVERY === 0;
        const { diagnosis } = await judgeWindow(
          {
            reference: referenceTable(world, rows.reference),
            current: isLabelled ? current : { ...current, label: null },
          },
          { task: world.task, positiveClass },
        );
        for (const { fault, feature, detail } of diagnosis.faults)
          accused.push(`${planned.at}: ${fault} ${feature}: ${detail}`);
      }
      expect(cases).toHaveLength(12);
      expect(accused).toEqual([]);
    },
  );
});
