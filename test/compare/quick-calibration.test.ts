import { describe, expect, it } from 'vitest';
import { lowerBound, rateOf, upperBound } from '../../bench/calibration/bounds.ts';
import { PROMISED_CHANGE } from '../../bench/calibration/changes.ts';
import { FEATURE_MIX } from '../../bench/calibration/feature-mix.ts';
import { REFERENCE_ROWS } from '../../bench/calibration/studied-table.ts';
import { studyNull } from '../../bench/calibration/study-null.ts';
import { studyPower } from '../../bench/calibration/study-power.ts';
import { studySerial } from '../../bench/calibration/study-serial.ts';
import type { Tally } from '../../bench/calibration/tally.ts';
import type { Unit } from '../../bench/calibration/unit.ts';

/** A glance at what `npm run calibration` measures, so that a decision rule that is badly broken fails the tests. */
describe('the defaults, on a few windows', () => {
  const quiet = studyNull(unit('null', 500, 40)).entries();

  it('flag hardly any window in which nothing moved, and refuse none of its features', () => {
    expect(FEATURE_MIX).toHaveLength(50);
    // One of forty by chance has a probability of about 2 %; two would be a broken rule.
    expect(hits(quiet, 'anything')).toBeLessThanOrEqual(1);
    expect(hits(quiet, 'refused')).toBe(0);
  });

  it('judge 2,000 features at a level that is neither loose nor empty', () => {
    const total = (name: string): number =>
      quiet.filter(([key]) => key.startsWith(name)).reduce((sum, [, tally]) => sum + tally.hits, 0);
    expect(total('p ≤ 1e-5')).toBe(0);
    expect(total('p ≤ 1e-3')).toBeLessThanOrEqual(10);
    expect(total('p ≤ 0.05')).toBeGreaterThanOrEqual(20);
  });

  it('find a shift of 0.3 σ in one feature of fifty in windows of 1,000 rows', () => {
    const result = studyPower(unit('power', 1000, 8)).entries();
    expect(hits(result, PROMISED_CHANGE)).toBeGreaterThanOrEqual(7);
    expect(hits(result, 'mean +1 σ')).toBe(8);
    expect(hits(result, '10 % of rows change level, four levels')).toBe(8);
  });

  it('leave dependent rows alone when healthy windows tell how far they spread', () => {
    const result = studySerial(unit('serial', 500, 4, 0.9)).entries();
    expect(hits(result, 'independent rows: flagged')).toBe(4);
    expect(hits(result, '20 healthy windows: flagged')).toBe(0);
  });
});

describe('bounds of a measured rate', () => {
  it('follow the rule of three without a hit, and Clopper and Pearson with some', () => {
    expect(upperBound(0, 3000)).toBeCloseTo(0.000998, 6);
    expect(upperBound(5, 10_000)).toBeCloseTo(0.00105105, 7);
    expect(upperBound(10, 10)).toBe(1);
    expect(lowerBound(0, 10)).toBe(0);
    expect(lowerBound(10, 10)).toBeCloseTo(0.05 ** 0.1, 9);
  });

  it('widen when the hits come from few of the baselines', () => {
    const trials = 100;
    const spread = rateOf(Array.from({ length: 20 }, () => ({ hits: 1, trials })));
    const clumped = rateOf(Array.from({ length: 20 }, (_, i) => ({ hits: i === 0 ? 20 : 0, trials })));
    expect(clumped.rate).toBe(spread.rate);
    expect(spread.designEffect).toBe(1);
    expect(clumped.designEffect).toBeGreaterThan(10);
    expect(clumped.upper).toBeGreaterThan(2 * spread.upper);
  });
});

function unit(study: Unit['study'], windowRows: number, windows: number, phi = 0): Unit {
  return { study, baseline: 0, referenceRows: REFERENCE_ROWS, windowRows, windows, phi };
}

function hits(tallies: readonly (readonly [string, Tally])[], name: string): number {
  const tally = tallies.find(([key]) => key === name)?.[1];
  if (tally === undefined) throw new Error(`nothing was counted as ${name}`);
  return tally.hits;
}
