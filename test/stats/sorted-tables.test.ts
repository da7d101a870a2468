import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { energyDistanceSorted } from '../../src/stats/distances/energy-distance.ts';
import { wassersteinSorted } from '../../src/stats/distances/wasserstein.ts';
import { edgeValues } from '../../src/stats/profile/grids/grid-counts.ts';
import { moments, numericReference } from '../../src/stats/profile/numeric-reference.ts';
import { createRandom } from '../../src/stats/random.ts';
import { mergePair } from '../../src/stats/table/merged-pair.ts';
import { NumberPool } from '../../src/stats/table/number-pool.ts';
import { sortDoubles } from '../../src/stats/table/radix-sort.ts';
import { sortedBinEdges } from '../../src/stats/table/sorted-bins.ts';
import { sortColumn } from '../../src/stats/table/sorted-column.ts';
import { columnDeviation } from '../../src/stats/table/spread.ts';
import { cramerVonMisesOf, cramerVonMisesSorted } from '../../src/stats/significance/cramer-von-mises.ts';
import { ksStatisticSorted } from '../../src/stats/significance/ks.ts';
import { mannWhitneyOf, mannWhitneySorted } from '../../src/stats/significance/mann-whitney.ts';
import { numericColumn } from './profile/rows.ts';

fc.configureGlobal({ seed: 20_261_124 });

/** Long enough for the digits to be sorted, not the built-in sort. */
const LONG = 6000;

function shapes(seed: number): Record<string, Float64Array> {
  const random = createRandom(seed);
  const of = (next: () => number): Float64Array => Float64Array.from({ length: LONG }, next);
  return {
    uniform: of(random),
    'both signs': of(() => random() - 0.5),
    negative: of(() => -1e9 * random()),
    whole: of(() => Math.floor(40 * random()) - 20),
    'all sizes': of(() => (random() - 0.5) * 10 ** (600 * random() - 300)),
    'zeros of both signs': of(() => (random() < 0.5 ? -0 : 0)),
    constant: of(() => 7),
    edges: of(() => (random() < 0.5 ? Number.MAX_VALUE : -Number.MIN_VALUE)),
  };
}

const values = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: -8, max: 30 }) },
    { weight: 4, arbitrary: fc.double({ min: -1e3, max: 1e3, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(-0, 0, 1e300, -1e300, 1e-300) },
  ),
  { minLength: 1, maxLength: 200 },
);
const sorted = (list: readonly number[]): Float64Array => Float64Array.from(list).sort();

describe('sorting by digits', () => {
  it.each(Object.entries(shapes(1)))('gives what the built-in sort gives: %s', (_, given) => {
    const expected = Float64Array.from(given).sort();
    const found = sortDoubles(Float64Array.from(given), new Float64Array(given.length));
    expect(found.every((x, i) => Object.is(x, expected[i]))).toBe(true);
  });

  it('needs a scratch array of the same length', () => {
    expect(() => sortDoubles(new Float64Array(3), new Float64Array(2))).toThrow(RangeError);
  });

  it('counts what is no finite number, and can work where the column lies', () => {
    const column = numericColumn('x', [3, Number.NaN, -1, Infinity, 2, -Infinity, Number.NaN], 1);
    const { sorted: kept, ...counts } = sortColumn(column);
    expect([...kept]).toEqual([-1, 2, 3]);
    expect(counts).toEqual({ name: 'x', rows: 7, missing: 1, invalid: 1, infinite: 2 });
    expect(column.values[0]).toBe(3);
    const inPlace = sortColumn(column, { pool: new NumberPool(), overwrite: true });
    expect([...inPlace.sorted]).toEqual([-1, 2, 3]);
    expect(inPlace.sorted.buffer).toBe(column.values.buffer);
  });
});

describe('a pool of arrays', () => {
  it('lends the same memory again once it is given back', () => {
    const pool = new NumberPool();
    const first = pool.take(100);
    const other = pool.take(100);
    expect(other.buffer).not.toBe(first.buffer);
    pool.give(first);
    expect(pool.take(60).buffer).toBe(first.buffer);
  });
});

describe('bins of sorted values', () => {
  const reference = (list: Float64Array): number[] =>
    edgeValues(
      numericReference('x', list, { rows: list.length, missing: 0, invalid: 0, infinite: 0 }, Infinity),
    );

  it('are those of the reference, on anything', () => {
    fc.assert(
      fc.property(values, (list) => {
        expect(sortedBinEdges(sorted(list))).toEqual(reference(sorted(list)));
      }),
      { numRuns: 500 },
    );
  });

  it.each(Object.entries(shapes(2)))('are those of the reference: %s', (_, list) => {
    const ascending = Float64Array.from(list).sort();
    expect(sortedBinEdges(ascending)).toEqual(reference(ascending));
  });

  it('are those of the reference where some values hold many rows', () => {
    const random = createRandom(3);
    for (let round = 0; round < 50; round++) {
      const heavy = [0, 3.5, 100].slice(0, 1 + (round % 3));
      const list = Float64Array.from({ length: 3000 }, () =>
        random() < 0.2 + 0.015 * round
          ? (heavy[Math.floor(heavy.length * random())] ?? 0)
          : 50 * random() ** 3,
      ).sort();
      expect(sortedBinEdges(list)).toEqual(reference(list));
    }
  });

  it('of nothing are none', () => {
    expect(sortedBinEdges(new Float64Array(0))).toEqual([]);
  });
});

describe('one walk over two samples', () => {
  it('yields what a walk for each statistic yields', () => {
    fc.assert(
      fc.property(values, values, (first, second) => {
        const [a, b] = [sorted(first), sorted(second)];
        const [n, m] = [a.length, b.length];
        const pair = mergePair(a, b);
        expect(pair.largestGap / (n * m)).toBe(ksStatisticSorted(a, b));
        expect(cramerVonMisesOf(pair.twelveU, n, m)).toEqual(cramerVonMisesSorted(a, b));
        expect(mannWhitneyOf(pair.pairsWon, pair.tieTerm, n, m)).toEqual(mannWhitneySorted(a, b));
        expectClose(pair.area, wassersteinSorted(a, b));
        expectClose(Math.sqrt(2 * pair.squaredArea), energyDistanceSorted(a, b));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps whole numbers exact beyond 2^53', () => {
    const random = createRandom(4);
    const sample = (shift: number): Float64Array =>
      Float64Array.from({ length: 120_000 }, () => Math.round(1e5 * (random() + shift))).sort();
    const [a, b] = [sample(0), sample(0.001)];
    const { twelveU, pairsWon, tieTerm } = mergePair(a, b);
    expect(cramerVonMisesOf(twelveU, a.length, b.length)).toEqual(cramerVonMisesSorted(a, b));
    expect(mannWhitneyOf(pairsWon, tieTerm, a.length, b.length)).toEqual(mannWhitneySorted(a, b));
  });
});

describe('standard deviation', () => {
  it('is that of the reference', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 100 }),
        (list) => {
          const numbers = sorted(list);
          expectClose(columnDeviation(numbers), Math.sqrt(moments(numbers).m2 / numbers.length));
        },
      ),
    );
    expect(columnDeviation(new Float64Array(0))).toBe(0);
    expect(columnDeviation(Float64Array.of(1e15 + 1, 1e15 + 3))).toBe(1);
  });
});

function expectClose(found: number, expected: number): void {
  if (Number.isFinite(expected)) expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-12 * expected);
  else expect(Number.isFinite(found)).toBe(false);
}
