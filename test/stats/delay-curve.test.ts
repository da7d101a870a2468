import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/core/clock.ts';
import type { DelayCohort } from '../../src/core/label-delay.ts';
import { DELAY_BINS, DELAY_EDGES_MS, delayBin } from '../../src/stats/delay-bins.ts';
import { expectedShare, fitDelayCurve, unlabelledShare } from '../../src/stats/delay-curve.ts';
import { createRandom, type Random } from '../../src/stats/random.ts';

const cohort = (
  ageMs: number,
  windows: number,
  rows: number,
  labels: Readonly<Record<number, number>>,
): DelayCohort => ({
  ageBin: delayBin(ageMs),
  windows,
  rows,
  labels: Array.from({ length: DELAY_BINS }, (_, bin) => labels[bin] ?? 0),
});

const anyCohort = fc
  .record({
    ageBin: fc.integer({ min: 0, max: 30 }),
    windows: fc.integer({ min: 1, max: 5 }),
    waiting: fc.integer({ min: 0, max: 400 }),
    labels: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 30, maxLength: 30 }),
  })
  .map(({ ageBin, windows, waiting, labels }): DelayCohort => {
    const all = [...labels, ...Array.from({ length: DELAY_BINS - 30 }, () => 0)];
    return { ageBin, windows, rows: waiting + all.reduce((sum, n) => sum + n, 0), labels: all };
  });

test('a bin is named by how many edges lie at or below the delay', () => {
  expect(delayBin(3_600_000)).toBe(48);
  expect([-5, 0, 999, 1_000, DELAY_EDGES_MS.at(-1) ?? 0, Infinity].map(delayBin)).toEqual([
    0,
    0,
    0,
    1,
    DELAY_BINS - 1,
    DELAY_BINS - 1,
  ]);
  expect(() => delayBin(Number.NaN)).toThrow(RangeError);
  for (const [bin, edge] of DELAY_EDGES_MS.entries()) {
    expect(delayBin(edge - 1)).toBe(bin);
    expect(delayBin(edge)).toBe(bin + 1);
  }
});

describe('fitDelayCurve', () => {
  test('the example of its contract', () => {
    const curve = fitDelayCurve([cohort(HOUR_MS, 4, 400, { 0: 200 })]);
    expect(curve.survival[0]).toBe(0.5);
    expect(curve.survival[47]).toBe(0.5);
    expect(curve.survival).toHaveLength(48);
    expect(curve.reachMs).toBe(3_444_312);
    const waiting = { rows: 100, labelled: 40, youngestMs: HOUR_MS, oldestMs: HOUR_MS };
    expect(expectedShare(curve, waiting, HOUR_MS / 2)).toMatchObject({ share: 0.4 });
  });

  test('nothing seen, nothing known', () => {
    for (const cohorts of [[], [cohort(HOUR_MS, 2, 10_000, { 0: 1 })], [cohort(HOUR_MS, 9, 199, { 0: 1 })]]) {
      const curve = fitDelayCurve(cohorts);
      expect(curve).toMatchObject({ reachMs: 0, survival: [], dispersion: 1 });
      expect(unlabelledShare(curve, HOUR_MS)).toBe(1);
      const waiting = { rows: 100, labelled: 40, youngestMs: 0, oldestMs: 0 };
      expect(expectedShare(curve, waiting, 1)).toBeNull();
    }
  });

  test('predictions that are too young do not count as never labelled', () => {
    // All get a label after a minute; half of them are younger than that.
    const minute = delayBin(60_000);
    const old = cohort(HOUR_MS, 5, 500, { [minute]: 500 });
    const young = cohort(30_000, 5, 500, {});
    const curve = fitDelayCurve([old, young]);
    expect(curve.survival.at(-1)).toBe(0);
    expect(curve.survival[minute - 1]).toBe(1);
    expect(curve.atRisk[0]).toBe(1_000);
    expect(curve.atRisk[minute]).toBe(500);
  });

  test('where all are old, it is the share without a label so far', () => {
    fc.assert(
      fc.property(anyCohort, ({ labels, rows }) => {
        const { survival } = fitDelayCurve([{ ageBin: 40, windows: 9, rows: rows + 200, labels }]);
        let have = 0;
        for (const [bin, left] of survival.entries()) {
          have += labels[bin] ?? 0;
          expect(left).toBeCloseTo(1 - have / (rows + 200), 10);
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test('neither the order nor the splitting of cohorts changes the curve, and S falls from 1 within [0, 1]', () => {
    fc.assert(
      fc.property(fc.array(anyCohort, { maxLength: 6 }), fc.array(anyCohort, { maxLength: 6 }), (a, b) => {
        const curve = fitDelayCurve(ofOneAge([...a, ...b]));
        const apart = fitDelayCurve([...b, ...a]);
        expect(apart.reachMs).toBe(curve.reachMs);
        expect(apart.atRisk).toEqual(curve.atRisk);
        let last = 1;
        for (const [bin, left] of curve.survival.entries()) {
          expect(apart.survival[bin]).toBeCloseTo(left, 10);
          expect(left).toBeGreaterThanOrEqual(0);
          expect(left).toBeLessThanOrEqual(last);
          last = left;
        }
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  test('windows that spread as independent rows do have dispersion near 1, others more', () => {
    const alike = [100, 101, 99, 100].map((n, i) => cohort(HOUR_MS * 2 ** i, 1, 200, { 0: n }));
    expect(fitDelayCurve(alike).dispersion).toBe(1);
    const apart = [20, 180, 20, 180].map((n, i) => cohort(HOUR_MS * 2 ** i, 1, 200, { 0: n }));
    // Each lies 80 from its expectation of 100, with variance 50: 4 · 128 / 3.
    expect(fitDelayCurve(apart).dispersion).toBeCloseTo((4 * 128) / 3, 10);
  });

  test('between its bins the curve falls and meets them', () => {
    const curve = fitDelayCurve([cohort(DAY_MS, 9, 1_000, { 0: 100, 8: 300, 40: 200 })]);
    for (const [bin, left] of curve.survival.entries()) {
      expect(unlabelledShare(curve, DELAY_EDGES_MS[bin] ?? 0)).toBeCloseTo(left, 12);
    }
    let last = 1;
    for (let age = 0; age < 2 * HOUR_MS; age += 7_001) {
      const left = unlabelledShare(curve, age);
      expect(left).toBeLessThanOrEqual(last + 1e-12);
      last = left;
    }
    expect(unlabelledShare(curve, 400 * DAY_MS)).toBe(curve.survival.at(-1));
  });
});

describe('expectedShare', () => {
  test('lies between what is there and 1, inside its interval', () => {
    fc.assert(
      fc.property(
        fc.array(anyCohort, { minLength: 3, maxLength: 6 }),
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 3 * HOUR_MS }),
        (cohorts, rows, part, ageMs) => {
          const labelled = Math.round(rows * part);
          const curve = fitDelayCurve(cohorts);
          const expected = expectedShare(
            curve,
            { rows, labelled, youngestMs: ageMs, oldestMs: 2 * ageMs },
            0,
          );
          if (expected === null) throw new Error('rows are there');
          const { share, interval } = expected;
          expect(interval[0]).toBeGreaterThanOrEqual(labelled / rows - 1e-12);
          expect(interval[0]).toBeLessThanOrEqual(share + 1e-12);
          expect(interval[1]).toBeGreaterThanOrEqual(share - 1e-12);
          expect(interval[1]).toBeLessThanOrEqual(1 + 1e-12);
        },
      ),
      { seed: 4, numRuns: 300 },
    );
  });

  test('its interval holds the share that comes, on windows that were not learned from', () => {
    const { covered, meanError } = simulate(createRandom(5), 300, () => 0.7);
    expect(covered).toBeGreaterThan(0.92);
    expect(Math.abs(meanError)).toBeLessThan(0.005);
  });

  test('windows that differ in how many are ever labelled make it wider, and it still holds', () => {
    const varied = simulate(createRandom(6), 300, (random) => 0.6 + 0.2 * random());
    expect(Math.abs(varied.meanError)).toBeLessThan(0.01);
    expect(varied.covered).toBeGreaterThan(0.92);
  });
});

/**
 * History of 60 daily windows of 500 rows, a share of which get a label after a time that is log-normal around two
 * days; seen when the newest has just ended. Then the final share of one more window, judged when it is a day old.
 */
function simulate(random: Random, runs: number, finalShare: (random: Random) => number) {
  let inside = 0;
  let error = 0;
  for (let run = 0; run < runs; run++) {
    const history = Array.from({ length: 60 }, (_, days) => {
      const ageMs = days * DAY_MS + 1;
      const labels = Array.from({ length: DELAY_BINS }, () => 0);
      const chance = finalShare(random);
      for (let row = 0; row < 500; row++) {
        if (random() >= chance) continue;
        const delay = logNormal(random);
        if (delay < ageMs) labels[delayBin(delay)]! += 1;
      }
      return { ageBin: delayBin(ageMs), windows: 1, rows: 500, labels };
    });
    const chance = finalShare(random);
    const delays = Array.from({ length: 500 }, () => (random() < chance ? logNormal(random) : Infinity));
    const truth = delays.filter((delay) => delay < 60 * DAY_MS).length / 500;
    const labelled = delays.filter((delay) => delay < DAY_MS).length;
    const waiting = { rows: 500, labelled, youngestMs: DAY_MS, oldestMs: DAY_MS };
    const expected = expectedShare(fitDelayCurve(history), waiting, 30 * DAY_MS);
    if (expected === null) throw new Error('sixty days are history enough');
    if (truth >= expected.interval[0] && truth <= expected.interval[1]) inside += 1;
    error += (expected.share - truth) / runs;
  }
  return { covered: inside / runs, meanError: error };
}

function logNormal(random: Random): number {
  const z = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return 2 * DAY_MS * Math.exp(0.8 * z);
}

/** Cohorts of one age as one. */
function ofOneAge(cohorts: readonly DelayCohort[]): DelayCohort[] {
  return [...Map.groupBy(cohorts, ({ ageBin }) => ageBin)].map(([ageBin, same]) => ({
    ageBin,
    windows: same.reduce((sum, { windows }) => sum + windows, 0),
    rows: same.reduce((sum, { rows }) => sum + rows, 0),
    labels: Array.from({ length: DELAY_BINS }, (_, bin) =>
      same.reduce((sum, { labels }) => sum + (labels[bin] ?? 0), 0),
    ),
  }));
}
