import { describe, expect, it } from 'vitest';
import { compareProfiles } from '../../src/compare/compare-profiles.ts';
import { compareTables } from './compare-tables.ts';
import { alignWindows, referenceWindowsOf } from '../../src/compare/overdispersion.ts';
import type { ReferenceWindows } from '../../src/compare/overdispersion.ts';
import type { FeatureComparison } from '../../src/core/findings.ts';
import type { Table } from '../../src/core/table.ts';
import type { ReferenceProfile } from '../../src/stats/profile/feature-reference.ts';
import { createRandom } from '../../src/stats/random.ts';
import { profileTable } from '../../src/stats/table/table-profile.ts';
import { buildReference } from '../../src/stats/table/table-reference.ts';
import { draws } from '../../src/simulate/draws.ts';
import { gTest } from '../../src/stats/significance/g-test.ts';
import { overdispersedPValue, spreadAt, windowSpread } from '../../src/stats/significance/overdispersion.ts';
import { levelColumn, numericColumn, tableOf } from '../stats/profile/rows.ts';

const OPTIONS = { task: 'regression', positiveClass: null } as const;
const ROWS = 500;
const WINDOWS = 30;

/** Traffic in which each row resembles the one before: x' = φx + √(1 − φ²)·noise, so the marginal stays N(0, 1). */
function traffic(phi: number, seed: number): (rows: number, shift?: number) => number[] {
  const random = createRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let x = normal();
  return (rows, shift = 0) =>
    Array.from({ length: rows }, () => {
      x = phi * x + Math.sqrt(1 - phi * phi) * normal();
      return x + shift;
    });
}

const tableX = (values: readonly number[]): Table => tableOf([numericColumn('x', values)]);

function baselineOf(draw: (rows: number) => number[]): {
  reference: ReferenceProfile;
  windows: ReferenceWindows;
} {
  const rows = draw(ROWS * WINDOWS);
  const reference = buildReference(tableX(rows), OPTIONS);
  const cut = Array.from({ length: WINDOWS }, (_, k) => tableX(rows.slice(k * ROWS, (k + 1) * ROWS)));
  return { reference, windows: referenceWindowsOf(cut.map((window) => profileTable(window, reference))) };
}

function judge(
  { reference, windows }: ReturnType<typeof baselineOf>,
  values: readonly number[],
  withWindows = true,
): FeatureComparison {
  const { input } = profileTable(tableX(values), reference);
  const options = withWindows ? { referenceWindows: windows } : {};
  const [feature] = compareProfiles(reference, input, null, options).features;
  if (feature === undefined) throw new Error('no feature');
  return feature;
}

const shareOf = (flags: readonly boolean[]): number => flags.filter(Boolean).length / flags.length;

describe('rows that resemble the one before (φ = 0.9)', () => {
  const draw = traffic(0.9, 7);
  const baselines = Array.from({ length: 10 }, () => baselineOf(draw));
  const over = <T>(times: number, f: (baseline: (typeof baselines)[number]) => T): T[] =>
    baselines.flatMap((baseline) => Array.from({ length: times }, () => f(baseline)));

  it('are flagged in half of all healthy windows as if independent, and hardly ever against other windows', () => {
    const pairs = over(30, (baseline) => {
      const values = draw(ROWS);
      return [judge(baseline, values, false), judge(baseline, values)] as const;
    });
    expect(shareOf(pairs.map(([independent]) => independent.drifted))).toBeGreaterThan(0.4);
    expect(shareOf(pairs.map(([, measured]) => measured.drifted))).toBeLessThan(0.02);
    const [, measured] = pairs[0] ?? [];
    expect(measured?.overdispersion?.windows).toBe(WINDOWS);
    expect(measured?.overdispersion?.factor).toBeGreaterThan(2.5);
    expect(measured?.overdispersion?.measured_rate).toBeGreaterThan(0.3);
  });

  it('still show a shift of one standard deviation', () => {
    const found = over(8, (baseline) => judge(baseline, draw(ROWS, 1)).drifted);
    expect(shareOf(found)).toBeGreaterThan(0.8);
  });
});

describe('independent rows', () => {
  it('lose little: the same shifts are found with reference windows', () => {
    const draw = traffic(0, 11);
    const baseline = baselineOf(draw);
    const flags = Array.from({ length: 60 }, () => {
      const values = draw(ROWS, 0.35);
      return [judge(baseline, values, false).drifted, judge(baseline, values).drifted] as const;
    });
    expect(shareOf(flags.map(([without]) => without))).toBeGreaterThan(0.95);
    expect(shareOf(flags.map(([, withWindows]) => withWindows))).toBeGreaterThan(0.85);
  });
});

describe('reference windows', () => {
  it('are too few below twenty, and then change nothing', () => {
    const draw = traffic(0.9, 3);
    const { reference, windows } = baselineOf(draw);
    const few = { ...windows, features: new Map([['x', windows.features.get('x')?.slice(0, 19) ?? []]]) };
    const values = draw(ROWS);
    expect(judge({ reference, windows: few }, values)).toEqual(judge({ reference, windows }, values, false));
  });

  it('serve files as well, by the name of the feature', () => {
    const draw = traffic(0.9, 5);
    const rows = draw(ROWS * WINDOWS);
    const { windows } = baselineOf(() => rows);
    const [feature] = compareTables(tableX(rows), tableX(draw(ROWS)), {
      ...OPTIONS,
      referenceWindows: windows,
    }).features;
    expect(feature?.overdispersion?.windows).toBe(WINDOWS);
  });

  it('put levels of later windows that have no cell among the rare ones', () => {
    const windows = [
      { bins: ['a', 'b'], current: [5, 6] },
      { bins: ['a', 'new', '(rare or new)'], current: [1, 2, 3] },
    ];
    expect(alignWindows(['a', 'b', '(rare or new)'], windows)).toEqual([
      [5, 6, 0],
      [1, 0, 5],
    ]);
    expect(alignWindows(['a', 'b'], windows)).toEqual([
      [5, 6, 0],
      [1, 0, 5],
    ]);
  });

  it('hold for levels too: a mix that changes from day to day is no drift', () => {
    const random = createRandom(9);
    const day = (): string[] => {
      const share = 0.3 + 0.4 * random();
      return Array.from({ length: 300 }, () => (random() < share ? 'a' : 'b'));
    };
    const days = Array.from({ length: 40 }, day);
    const reference = buildReference(tableOf([levelColumn('c', days.flat())]), OPTIONS);
    const profile = (cells: string[]): ReturnType<typeof profileTable> =>
      profileTable(tableOf([levelColumn('c', cells)]), reference);
    const windows = referenceWindowsOf(days.map(profile));
    const today = Array.from({ length: 300 }, (_, i) => (i < 200 ? 'a' : 'b'));
    const judged = (referenceWindows?: ReferenceWindows): FeatureComparison | undefined =>
      compareProfiles(
        reference,
        profile(today).input,
        null,
        referenceWindows === undefined ? {} : { referenceWindows },
      ).features[0];
    expect(judged()?.drifted).toBe(true);
    expect(judged(windows)?.drifted).toBe(false);
    expect(judged(windows)?.overdispersion?.independent_p_value).toBeLessThan(1e-6);
  });
});

describe('the spread of windows', () => {
  it('is nothing without rows, without a second cell, and with too few windows', () => {
    expect(windowSpread([])).toBeNull();
    expect(windowSpread(Array.from({ length: 19 }, () => [5, 5]))).toBeNull();
    expect(windowSpread(Array.from({ length: 30 }, () => [5, 0]))).toBeNull();
    expect(windowSpread(Array.from({ length: 30 }, () => [0, 0]))).toBeNull();
  });

  it('is narrow where windows are all alike, and leaves the p-value then', () => {
    const spread = windowSpread(Array.from({ length: 25 }, () => [50, 50]));
    expect(spread).toMatchObject({ windows: 25, df: 1, mean: 0, variance: 0, factor: 0, measuredRate: 0 });
    const g = { statistic: 9, df: 1, cells: 2, p_value: 0.0027 };
    if (spread !== null) expect(overdispersedPValue(g, spread)).toBe(0.0027);
    const wide = { windows: 25, df: 1, mean: 9, variance: 0, factor: 9, size: 100, measuredRate: 1 };
    expect(overdispersedPValue(g, wide)).toBeCloseTo(0.3273, 4);
  });
});

describe('windows larger than those of the reference', () => {
  /** Rows of a day are alike: the share of one level is a day's own. */
  const daysOf = (seed: number, days: number, rows: number): number[][] => {
    const { normal, uniform } = draws(seed);
    return Array.from({ length: days }, () => {
      const share = 1 / (1 + Math.exp(-0.5 * normal()));
      const ones = Array.from({ length: rows }, () => uniform()).filter((one) => one < share).length;
      return [ones, rows - ones];
    });
  };
  const pOf = (
    window: readonly number[],
    reference: readonly (readonly number[])[],
    isScaled: boolean,
  ): number => {
    const all = [0, 1].map((cell) => reference.reduce((sum, day) => sum + day[cell]!, 0));
    const spread = windowSpread(reference)!;
    const [rows, others] = [window, all].map((counts) => counts.reduce((sum, count) => sum + count, 0));
    return overdispersedPValue(gTest(all, window), isScaled ? spreadAt(spread, rows!, others!) : spread);
  };

  it('are further away by themselves, and no shift for that', () => {
    const reference = daysOf(1, 80, 100);
    const larger = daysOf(2, 400, 900);
    const wrong = (isScaled: boolean): number =>
      larger.filter((window) => pOf(window, reference, isScaled) < 0.001).length;
    expect(wrong(false)).toBeGreaterThan(60);
    expect(wrong(true)).toBeLessThan(4);
  });

  it('that are another day altogether are one', () => {
    const reference = daysOf(1, 80, 100);
    expect(pOf([880, 20], reference, true)).toBeLessThan(0.001);
  });

  it('of independent rows are judged as such', () => {
    const { uniform } = draws(5);
    const binomial = (rows: number): number[] => {
      const ones = Array.from({ length: rows }, () => uniform()).filter((one) => one < 0.5).length;
      return [ones, rows - ones];
    };
    const reference = Array.from({ length: 80 }, () => binomial(100));
    const spread = windowSpread(reference)!;
    expect(spreadAt(spread, 900, 8_000).mean).toBeLessThan(2);
  });
});
