import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/clock.ts';
import { splitPanes, windowPlan } from '../../src/window/panes.ts';
import { acceptingSizes, windowsAt } from '../../src/window/route.ts';
import { modelSpec } from '../harness/model-spec.ts';

const size = (sizeMs: number, acceptLateMs = DAY_MS) => ({ sizeMs, graceMs: 0, acceptLateMs });

describe('windowPlan', () => {
  test('feeds every size that the smallest divides', () => {
    const plan = windowPlan(
      modelSpec({ windows: [size(DAY_MS), size(4 * HOUR_MS), size(6 * HOUR_MS), size(7 * DAY_MS)] }),
    );
    expect(
      plan.map(({ sizeMs, paneMs }) => [sizeMs / HOUR_MS, paneMs === null ? null : paneMs / HOUR_MS]),
    ).toEqual([
      [24, 4],
      [4, null],
      [6, null],
      [168, 4],
    ]);
  });

  test('takes late rows into the whole for as long as into its panes', () => {
    const plan = windowPlan(modelSpec({ windows: [size(DAY_MS, HOUR_MS), size(HOUR_MS, 3 * DAY_MS)] }));
    expect(plan.map(({ acceptWithinMs }) => acceptWithinMs)).toEqual([3 * DAY_MS, 3 * DAY_MS]);
  });

  test('opens panes for windows of so many rows only where nothing else does', () => {
    const counted = { ...size(HOUR_MS), rows: 1_000 };
    const only = windowPlan(modelSpec({ windows: [counted] }));
    expect(only).toEqual([
      { sizeMs: HOUR_MS, graceMs: 0, acceptWithinMs: DAY_MS, paneMs: null, paneOnly: true },
    ]);
    const both = windowPlan(modelSpec({ windows: [counted, size(HOUR_MS)] }));
    expect(both.map(({ paneOnly }) => paneOnly)).toEqual([false]);
    const smaller = windowPlan(modelSpec({ windows: [counted, size(5 * MINUTE_MS), size(DAY_MS)] }));
    // The hour holds its rows itself: windows of so many rows are made of it.
    expect(new Map(smaller.map(({ sizeMs, paneMs }) => [sizeMs, paneMs]))).toEqual(
      new Map([
        [5 * MINUTE_MS, null],
        [DAY_MS, 5 * MINUTE_MS],
        [HOUR_MS, null],
      ]),
    );
  });
});

describe('splitPanes', () => {
  const window = (id: number, sizeMs: number, paneMs: number | null, baselineId: number | null = 1) => ({
    id,
    sizeMs,
    paneMs,
    baselineId,
  });

  test('counts a row into the hour, which feeds the day', () => {
    const [hour, day] = [window(1, HOUR_MS, null), window(2, DAY_MS, HOUR_MS)];
    expect(splitPanes([day, hour])).toEqual({ counted: [hour], fed: [day] });
  });

  test('counts it into both where the baseline changed in between, or the pane takes it no more', () => {
    const [hour, day] = [window(1, HOUR_MS, null, 2), window(2, DAY_MS, HOUR_MS, 1)];
    expect(splitPanes([hour, day])).toEqual({ counted: [hour, day], fed: [] });
    expect(splitPanes([day])).toEqual({ counted: [day], fed: [] });
  });

  test('is not fed by a pane that is itself fed, since a smaller size was configured', () => {
    const quarter = window(3, HOUR_MS / 4, null);
    const [hour, day] = [window(1, HOUR_MS, HOUR_MS / 4), window(2, DAY_MS, HOUR_MS)];
    expect(splitPanes([quarter, hour, day])).toEqual({ counted: [quarter, day], fed: [hour] });
  });
});

test('a size accepts a row whenever the pane that feeds it does', () => {
  const sizes = [5 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS];
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom(...sizes), { minLength: 1 }),
      fc.array(fc.integer({ min: 0, max: 10 * DAY_MS }), { minLength: 5, maxLength: 5 }),
      fc.integer({ min: 0, max: 30 * DAY_MS }),
      fc.integer({ min: 0, max: 30 * DAY_MS }),
      (chosen, late, timestampMs, highestMs) => {
        const model = modelSpec({ windows: chosen.map((each, i) => size(each, late[i] ?? 0)) });
        const accepting = windowsAt(model, acceptingSizes(model, timestampMs, highestMs), timestampMs);
        const taken = new Set(accepting.map(({ sizeMs }) => sizeMs));
        for (const { sizeMs, paneMs } of windowPlan(model)) {
          if (paneMs !== null && taken.has(paneMs)) expect(taken).toContain(sizeMs);
        }
      },
    ),
  );
});
