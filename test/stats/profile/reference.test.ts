import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wassersteinSorted } from '../../../src/stats/distances/wasserstein.ts';
import { binEdges } from '../../../src/stats/profile/bins.ts';
import { categoricalReference } from '../../../src/stats/profile/categorical-reference.ts';
import { coarsenNumeric, coarsenReference } from '../../../src/stats/profile/coarsen.ts';
import { valueCount } from '../../../src/stats/profile/feature-reference.ts';
import type { NumericReference } from '../../../src/stats/profile/feature-reference.ts';
import { binGridCounts, binSorted, edgeValues } from '../../../src/stats/profile/grids/grid-counts.ts';
import { gridKs } from '../../../src/stats/profile/grids/grid-ks.ts';
import { gridWasserstein } from '../../../src/stats/profile/grids/grid-wasserstein.ts';
import { InputProfile } from '../../../src/stats/profile/input-profile.ts';
import { NumericProfile } from '../../../src/stats/profile/numeric-profile.ts';
import { moments, numericReference } from '../../../src/stats/profile/numeric-reference.ts';
import { decodeReference, encodeReference } from '../../../src/stats/profile/reference-codec.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { buildReference } from '../../../src/stats/table/table-reference.ts';
import { ksStatisticSorted } from '../../../src/stats/significance/ks.ts';
import { sorted } from '../vectors.ts';
import { levelColumn, numericColumn, tableOf } from './rows.ts';

fc.configureGlobal({ seed: 20_260_301 });

const noRows = { rows: 0, missing: 0, invalid: 0, infinite: 0 };
const referenceOf = (values: Iterable<number>, maxGridPoints?: number): NumericReference =>
  numericReference('x', sorted(values), noRows, maxGridPoints);
const normals = (n: number, seed: number, shift = 0): Float64Array => {
  const random = createRandom(seed);
  return sorted(
    Array.from(
      { length: n },
      () => shift + Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
    ),
  );
};

describe('bins', () => {
  it('are one per value up to twenty values', () => {
    const reference = referenceOf([1, 1, 2, 3, 3, 3]);
    expect(edgeValues(reference)).toEqual([1, 2]);
    expect(binGridCounts(reference, reference)).toEqual([2, 1, 3]);
    expect(edgeValues(referenceOf(Array.from({ length: 20 }, (_, i) => i)))).toHaveLength(19);
  });

  it('are ten of equal frequency beyond', () => {
    const reference = referenceOf(Array.from({ length: 1000 }, (_, i) => i));
    expect(edgeValues(reference)).toEqual([99, 199, 299, 399, 499, 599, 699, 799, 899]);
    expect(binGridCounts(reference, reference)).toEqual(Array.from({ length: 10 }, () => 100));
  });

  it('give a frequent value its own bin and share out the rest', () => {
    const zeros = Array.from({ length: 600 }, () => 0);
    const rest = Array.from({ length: 400 }, (_, i) => i + 1);
    const reference = referenceOf([...zeros, ...rest]);
    expect(edgeValues(reference)).toEqual([0, 100, 200, 300]);
    expect(binGridCounts(reference, reference)).toEqual([600, 100, 100, 100, 100]);
  });

  it('let a sliver beside a frequent value join it', () => {
    const zeros = Array.from({ length: 600 }, () => 0);
    const rest = Array.from({ length: 395 }, (_, i) => i + 1);
    const reference = referenceOf([-3, -2, -1, ...zeros, ...rest]);
    expect(edgeValues(reference)[0]).toBe(0);
    expect(binGridCounts(reference, reference)[0]).toBe(603);
    const mirrored = referenceOf([3, 2, 1, ...zeros, ...rest.map((x) => -x)]);
    expect(binGridCounts(mirrored, mirrored).at(-1)).toBe(603);
  });

  it('see a constant being left on either side', () => {
    const reference = referenceOf([5, 5, 5]);
    const profile = new NumericProfile(reference);
    for (const x of [4.999, 5, 5, 6]) profile.addNumber(x, 1);
    expect(binGridCounts(reference, reference)).toEqual([0, 3, 0]);
    expect(binGridCounts(reference, profile)).toEqual([1, 2, 1]);
    for (const constant of [0, -0, 1e-300, -7, 1e300]) {
      const [low, high] = referenceOf([constant]).grid;
      expect(low).toBeLessThan(high ?? 0);
      expect(high).toBe(constant + 0);
    }
  });

  it('are never empty in the reference, and derived from the grid as from the values', () => {
    const value = fc.oneof(
      fc.integer({ min: -40, max: 40 }),
      fc.constantFrom(0, 7),
      fc.double({ min: -50, max: 50, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 2, maxLength: 300 }),
        fc.array(value, { maxLength: 100 }),
        (before, now) => {
          const reference = referenceOf(before, 64);
          const counts = binGridCounts(reference, reference);
          expect(counts).toEqual(binSorted(edgeValues(reference), sorted(before)));
          if (new Set(before.map((x) => x + 0)).size > 1) expect(Math.min(...counts)).toBeGreaterThan(0);
          expect(counts.length).toBeLessThanOrEqual(21);
          const profile = new NumericProfile(reference);
          for (const x of now) profile.addNumber(x, 1);
          expect(binGridCounts(reference, profile)).toEqual(binSorted(edgeValues(reference), sorted(now)));
        },
      ),
    );
  });

  it('are none without values', () => {
    expect(binEdges(new Float64Array(0), new Float64Array(0))).toHaveLength(0);
    const reference = referenceOf([]);
    const profile = new NumericProfile(reference);
    profile.addNumber(3, 1);
    expect(binGridCounts(reference, profile)).toEqual([1]);
    expect(gridKs(reference, profile)).toEqual({ statistic: 0, bound: 0 });
    expect(reference).toMatchObject({ n: 0, mean: 0, m2: 0 });
  });
});

/** Relative to the values, not to their distance. */
const rounding = (...samples: (readonly number[])[]): number =>
  1e-14 * Math.max(1, ...samples.flat().map(Math.abs));

describe('a grid', () => {
  const value = fc.oneof(
    fc.integer({ min: -20, max: 20 }),
    fc.double({ min: -30, max: 30, noNaN: true }),
    fc.constantFrom(-1e9, 1e9),
  );
  const samples = fc.tuple(
    fc.array(value, { minLength: 1, maxLength: 250 }),
    fc.array(value, { minLength: 1, maxLength: 120 }),
  );
  const measure = (
    reference: NumericReference,
    now: readonly number[],
  ): { ks: ReturnType<typeof gridKs>; w: ReturnType<typeof gridWasserstein> } => {
    const profile = new NumericProfile(reference);
    for (const x of now) profile.addNumber(x, 1);
    return {
      ks: gridKs(reference, profile),
      w: gridWasserstein(
        reference.grid,
        { ...reference, sumBetween: (gap) => reference.betweenSums[gap] ?? 0 },
        { equal: profile.equal, between: profile.between, sumBetween: (gap) => profile.betweenSums.get(gap) },
      ),
    };
  };

  it('of all values gives KS to the bit and Wasserstein within its bound', () => {
    fc.assert(
      fc.property(samples, ([before, now]) => {
        const reference = referenceOf(before);
        const { ks, w } = measure(reference, now);
        expect(reference.exact).toBe(true);
        expect(ks.statistic).toBe(ksStatisticSorted(sorted(before), sorted(now)));
        expect(ks.bound).toBe(0);
        const exact = wassersteinSorted(sorted(before), sorted(now));
        expect(Math.abs(w.distance - exact)).toBeLessThanOrEqual(
          w.bound + 1e-9 * exact + rounding(before, now),
        );
      }),
    );
  });

  it('knows where a single row of a gap lies', () => {
    // F is 0.5 between 1 and 2; G rises there from 0.4 to 0.6, and both cross.
    const before = [1, 2];
    const now = [1, 1, 1.25, 2, 2];
    const { w } = measure(referenceOf(before), now);
    expect(w.distance).toBeCloseTo(wassersteinSorted(sorted(before), sorted(now)), 15);
    expect(w.bound).toBe(0);
    const two = measure(referenceOf(before), [1, 1.125, 1.375, 2]).w;
    expect(two.bound).toBeGreaterThan(0);
  });

  it('of some values gives both within their bounds, KS from below', () => {
    fc.assert(
      fc.property(samples, ([before, now]) => {
        const { ks, w } = measure(referenceOf(before, 64), now);
        const d = ksStatisticSorted(sorted(before), sorted(now));
        expect(ks.statistic).toBeLessThanOrEqual(d + 1e-15);
        expect(ks.statistic + ks.bound).toBeGreaterThanOrEqual(d - 1e-15);
        const exact = wassersteinSorted(sorted(before), sorted(now));
        expect(Math.abs(w.distance - exact)).toBeLessThanOrEqual(
          w.bound + 1e-9 * exact + rounding(before, now),
        );
      }),
    );
  });

  it.each([
    ['normal', (x: number): number => x],
    ['lognormal', (x: number): number => Math.exp(x)],
  ])('keeps Wasserstein within 1 %% of a 0.1 σ shift: %s', (_, shape) => {
    const before = normals(20_000, 1).map(shape);
    const spread = Math.sqrt(moments(before).m2 / before.length);
    const now = normals(2_000, 2)
      .map((x) => shape(x) + 0.1 * spread)
      .sort();
    const { w } = measure(referenceOf(before), [...now]);
    const exact = wassersteinSorted(before, now);
    expect(Math.abs(w.distance / exact - 1)).toBeLessThan(0.01);
  });

  it('is short of KS by less than one gap', () => {
    const before = normals(50_000, 3);
    const { ks } = measure(referenceOf(before, 1000), [...normals(3000, 4, 0.1)]);
    const d = ksStatisticSorted(before, normals(3000, 4, 0.1));
    expect(ks.bound).toBeLessThan(1.5e-3);
    expect(d - ks.statistic).toBeLessThanOrEqual(ks.bound);
  });

  it('keeps ends, bins and totals when it is made coarser, and is left alone when it fits', () => {
    const full = referenceOf(normals(5000, 5), 5000);
    const coarse = coarsenNumeric(full, 512);
    expect(coarse.grid.length).toBeLessThanOrEqual(512);
    expect([coarse.grid[0], coarse.grid.at(-1)]).toEqual([full.grid[0], full.grid.at(-1)]);
    expect(edgeValues(coarse)).toEqual(edgeValues(full));
    expect(binGridCounts(coarse, coarse)).toEqual(binGridCounts(full, full));
    expect(coarse.exact).toBe(false);
    expect(coarsenNumeric(coarse, 512)).toBe(coarse);
    const total = coarse.equal.reduce((a, b) => a + b, 0) + coarse.between.reduce((a, b) => a + b, 0);
    expect(total).toBe(5000);
    expect(referenceOf(normals(5000, 5), 512)).toEqual(coarse);
  });
});

describe('a categorical reference', () => {
  it('keeps the most frequent thousand levels and counts the rest', () => {
    const levels = Array.from({ length: 1500 }, (_, i) => [`l${i}`, 1500 - i] as const);
    const reference = categoricalReference('c', 'categorical', levels, { ...noRows, rows: 1_125_750 });
    expect(reference.levels).toHaveLength(1000);
    expect(reference.levels[0]).toBe('l0');
    expect(reference.otherLevels).toBe(500);
    expect(reference.otherCount).toBe((500 * 501) / 2);
    expect(valueCount(reference)).toBe(1_125_750);
  });

  it('is ordered by rows, equals by name, whatever order they came in', () => {
    const a = categoricalReference(
      'c',
      'categorical',
      [
        ['b', 2],
        ['a', 2],
        ['c', 1],
        ['c', 4],
        ['none', 0],
      ],
      noRows,
    );
    expect(a.levels).toEqual(['c', 'a', 'b']);
    expect([...a.counts]).toEqual([5, 2, 2]);
  });
});

describe('a stored baseline', () => {
  const table = tableOf(
    [
      numericColumn('whole', [1, 2, 2, 900, -4, Number.NaN, Infinity]),
      numericColumn('real', [0.1, -2.5e-9, 1e300, 0.1, 3, 4, 5], 0),
      numericColumn('constant', [3, 3, 3, 3, 3, 3, 3]),
      numericColumn(
        'empty',
        Array.from({ length: 7 }, () => Number.NaN),
        2,
      ),
      levelColumn('c', ['a', 'ü', '\u{1F600}', '\ud800', null, '', 'a']),
    ],
    {
      prediction: levelColumn('prediction', ['y', 'n', 'y', 'n', 'y', 'n', 'y']),
      label: levelColumn('label', ['y', 'y', null, 'n', 'y', 'n', 'y']),
      score: numericColumn('score', [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]),
    },
  );

  it('comes back as it was, in the same bytes', () => {
    for (const options of [
      { task: 'classification', positiveClass: 'y' },
      { task: 'classification', positiveClass: null },
    ] as const) {
      const reference = buildReference(table, options);
      const bytes = encodeReference(reference);
      expect(decodeReference(bytes)).toEqual(reference);
      expect(Buffer.compare(encodeReference(decodeReference(bytes)), bytes)).toBe(0);
    }
    const regression = buildReference(
      tableOf([numericColumn('x', [...normals(3000, 9)])], {
        prediction: numericColumn('prediction', [...normals(3000, 9)]),
        label: numericColumn('label', [...normals(3000, 10)]),
      }),
      { task: 'regression', positiveClass: null, maxGridPoints: 100 },
    );
    expect(decodeReference(encodeReference(regression))).toEqual(regression);
  });

  it('gives windows the same counts as before it was stored', () => {
    const reference = buildReference(table, { task: 'classification', positiveClass: 'y' });
    const profile = new InputProfile(reference, 'classification');
    profile.addFeatures(new Map([['whole', 2]]), 1);
    const restored = decodeReference(encodeReference(reference));
    expect(InputProfile.decode(profile.encode(), restored, 'classification').encode()).toEqual(
      profile.encode(),
    );
  });

  it('counts only labelled rows in the label and its performance', () => {
    const reference = buildReference(table, { task: 'classification', positiveClass: 'y' });
    expect(reference.label).toMatchObject({ rows: 6, missing: 0 });
    expect(reference.performance).toMatchObject({ n: 6, correct: 5, brier: { n: 6 } });
  });

  it('can be made coarser for windows that must stay small', () => {
    const reference = buildReference(tableOf([numericColumn('x', [...normals(3000, 9)])]), {
      task: 'regression',
      positiveClass: null,
    });
    const coarse = coarsenReference(reference, 128);
    expect(coarse.features[0]?.kind === 'numeric' && coarse.features[0].grid.length).toBeLessThanOrEqual(128);
    expect(coarse.rows).toBe(3000);
  });

  it('refuses unknown formats and damage', () => {
    const bytes = encodeReference(buildReference(table, { task: 'classification', positiveClass: 'y' }));
    expect(() => decodeReference(Uint8Array.from([9, ...bytes.slice(1)]))).toThrow('format 9');
    // A baseline from before scores were counted by label must be made again.
    expect(() => decodeReference(Uint8Array.from([1, ...bytes.slice(1)]))).toThrow('format 1 ');
    expect(() => decodeReference(bytes.slice(0, 50))).toThrow();
    expect(() => decodeReference(Uint8Array.from([...bytes, 1]))).toThrow('left over');
  });
});
