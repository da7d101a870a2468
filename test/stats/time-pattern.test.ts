import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { chooseShape } from '../../src/stats/pattern/choose-shape.ts';
import { courseOf } from '../../src/stats/pattern/course.ts';
import { fitEpisode } from '../../src/stats/pattern/episode.ts';
import { leadingAxis } from '../../src/stats/pattern/leading-axis.ts';
import { bestPeriodic, trySeasons } from '../../src/stats/pattern/periodic.ts';
import { fitRamp } from '../../src/stats/pattern/ramp.ts';
import { fitStep } from '../../src/stats/pattern/step.ts';
import { timePattern } from '../../src/stats/pattern/time-pattern.ts';
import type { FigureTrack } from '../../src/stats/pattern/tracks.ts';
import { simulateRun } from '../../bench/time-pattern/simulated-runs.ts';
import type { RunKind } from '../../bench/time-pattern/simulated-runs.ts';

const upTo = (m: number): number[] => [...Array(m).keys()];
const figures = (values: (number | null)[], error = 1): FigureTrack => ({
  kind: 'figures',
  values,
  standardErrors: values.map(() => error),
});
/** Whole numbers that scatter like nothing in particular, the same in every run. */
const wobble = (i: number): number => ((i * 7919) % 13) / 13 - 0.5;

describe('one figure over the windows', () => {
  test('steps inside a window, and says where', () => {
    // Window 7 has 30 % of its rows after the change.
    const values = upTo(16).map((i) => (i < 7 ? 0 : i === 7 ? 3 : 10));
    const found = timePattern(upTo(16), [figures(values, 0.1)]);
    expect(found).toMatchObject({ pattern: 'sudden', wentBack: false, period: null });
    expect(found?.change?.at).toBeCloseTo(7.7, 9);
    expect(found?.change?.from).toBeGreaterThan(7.5);
    expect(found?.change?.to).toBeLessThan(7.9);
  });

  test('a change in a gap lies anywhere in the gap', () => {
    const positions = [0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 16, 17];
    const values = positions.map((at) => (at < 8 ? 0 : 10));
    const change = timePattern(positions, [figures(values, 0.1)])?.change;
    expect(change?.from).toBeCloseTo(5.9, 9);
    expect(change?.to).toBeCloseTo(12.1, 9);
  });

  test('what went back has an end', () => {
    const values = upTo(20).map((i) => (i >= 8 && i < 13 ? 10 : 0) + wobble(i));
    expect(timePattern(upTo(20), [figures(values)])).toMatchObject({
      pattern: 'sudden',
      wentBack: true,
      end: 13,
      change: { at: 8 },
    });
  });

  test('a ramp of a single figure is incremental: what it is made of cannot be seen', () => {
    const values = upTo(24).map((i) => Math.min(1, Math.max(0, (i + 0.5 - 8) / 8)) * 20 + wobble(i));
    expect(timePattern(upTo(24), [figures(values)])).toMatchObject({
      pattern: 'incremental',
      change: { at: 8 },
      end: 16,
      mixturePValue: null,
    });
  });

  test('a week comes back, and a step on top of it is seen', () => {
    const week = (i: number): number => (i % 7 < 2 ? 10 : 0);
    const repeats = upTo(35).map((i) => week(i) + wobble(i));
    expect(timePattern(upTo(35), [figures(repeats)])).toMatchObject({ pattern: 'recurring', period: 7 });
    const steps = repeats.map((value, i) => value + (i < 17 ? 0 : 6));
    const both = timePattern(upTo(35), [figures(steps)]);
    expect(both).toMatchObject({ pattern: 'sudden', period: 7 });
    expect(both?.change?.at).toBeCloseTo(17, 9);
  });

  test('a smooth year of months comes back', () => {
    const values = upTo(40).map((i) => 10 * Math.cos((2 * Math.PI * i) / 12) + wobble(i));
    expect(timePattern(upTo(40), [figures(values)])).toMatchObject({ pattern: 'recurring', period: 12 });
  });

  test('equal values are no pattern, and fewer than twelve windows none either', () => {
    expect(timePattern(upTo(12), [figures(upTo(12).map(() => 3))])?.pattern).toBe('none');
    expect(timePattern(upTo(11), [figures(upTo(11))])).toBeNull();
    const gaps = upTo(14).map((i) => (i % 4 === 0 ? null : i));
    expect(timePattern(upTo(14), [figures(gaps)])).toBeNull();
  });

  test('counts that never differ are no pattern', () => {
    const counts = upTo(12).map(() => [10, 20, 30]);
    expect(timePattern(upTo(12), [{ kind: 'counts', counts }])).toMatchObject({
      pattern: 'none',
      windows: 12,
    });
  });

  test('too few windows for a fit give none', () => {
    const course = courseOf([0, 1, 2], [1, 2, 3], [1, 1, 1]);
    expect([
      fitStep(course),
      fitRamp(course),
      fitEpisode(course),
      bestPeriodic(course, trySeasons(course)),
    ]).toEqual([null, null, null, null]);
  });
});

const run = fc.record({
  values: fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 12, maxLength: 30 }),
  error: fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
});

describe('laws', () => {
  it('lies within the run, and the interval around the change point', () => {
    fc.assert(
      fc.property(run, ({ values, error }) => {
        const found = chooseShape(
          courseOf(
            upTo(values.length),
            values,
            values.map(() => error),
          ),
        );
        if (found === null) throw new Error('twelve windows are enough');
        expect(found.confidence).toBeGreaterThanOrEqual(0);
        expect(found.confidence).toBeLessThanOrEqual(1);
        if (found.change === null) return;
        const { from, at, to } = found.change;
        expect(from).toBeLessThanOrEqual(at);
        expect(at).toBeLessThanOrEqual(to);
        expect(at).toBeGreaterThanOrEqual(0);
        expect(at).toBeLessThanOrEqual(values.length);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('does not depend on where the figure has its zero, nor on the order in which windows come', () => {
    fc.assert(
      fc.property(run, fc.integer({ min: -1000, max: 1000 }), ({ values, error }, offset) => {
        const errors = values.map(() => error);
        const plain = chooseShape(courseOf(upTo(values.length), values, errors));
        const moved = chooseShape(
          courseOf(
            upTo(values.length),
            values.map((value) => value + offset),
            errors,
          ),
        );
        expect(moved?.shape).toBe(plain?.shape);
        const backwards = chooseShape(
          courseOf([...upTo(values.length)].reverse(), [...values].reverse(), errors),
        );
        expect(backwards).toEqual(plain);
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  it('takes what independent rows scatter for nothing, however well a shape would fit', () => {
    const values = upTo(24).map((i) => (i < 12 ? 0 : 0.5));
    expect(timePattern(upTo(24), [figures(values, 10)])?.pattern).toBe('none');
  });

  it('the axis of two cells is their share, and its errors those of a share', () => {
    const counts = upTo(12).map((i) => [50 + i, 50 - i]);
    const { values, weights } = leadingAxis(upTo(12), [{ kind: 'counts', counts }]);
    for (let i = 2; i < 12; i++) {
      const step = (values[1] ?? 0) - (values[0] ?? 0);
      expect((values[i] ?? 0) - (values[i - 1] ?? 0)).toBeCloseTo(step, 9);
    }
    for (const weight of weights) expect(weight).toBeCloseTo(weights[0] ?? 0, 9);
    expect(values[11]).toBeGreaterThan(values[0] ?? 0);
  });
});

/** docs/records/statistics.md has the whole table; these are a few runs of it. */
describe('simulated runs of many rows', () => {
  const found = (kind: RunKind, effect: number, autocorrelation = 0) =>
    upTo(20).map((seed) => {
      const { track, changeAt } = simulateRun({
        kind,
        effect,
        windows: 24,
        rows: 400,
        seed: 1000 + seed,
        autocorrelation,
      });
      return { found: timePattern(upTo(24), [track]), changeAt };
    });
  const share = (kind: RunKind, effect: number, pattern: string): number =>
    found(kind, effect).filter((each) => each.found?.pattern === pattern).length / 20;

  it('are named', () => {
    expect(share('none', 0, 'none')).toBe(1);
    expect(share('sudden', 1, 'sudden')).toBeGreaterThanOrEqual(0.95);
    expect(share('gradual', 1, 'gradual')).toBeGreaterThanOrEqual(0.95);
    expect(share('incremental', 2, 'incremental')).toBeGreaterThanOrEqual(0.95);
    expect(share('recurring', 1, 'recurring')).toBeGreaterThanOrEqual(0.8);
  });

  it('have their change inside the interval', () => {
    const steps = found('sudden', 1);
    const covered = steps.filter(
      ({ found: each, changeAt }) =>
        each?.change !== null &&
        each?.change !== undefined &&
        each.change.from <= changeAt &&
        changeAt <= each.change.to,
    );
    expect(covered.length).toBeGreaterThanOrEqual(18);
  });
});
