import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareSamples } from '../../src/compare/compare-samples.ts';
import type { Column, Table } from '../../src/core/table.ts';
import { createRandom } from '../../src/stats/random.ts';
import { normal, repeat } from '../stats/multivariate/samples.ts';
import { levelColumn, numericColumn, tableOf } from '../stats/profile/rows.ts';

fc.configureGlobal({ seed: 20_260_301 });

/** Incomes and ages that go together, and a country that does not. */
function people(rows: number, seed: number, together: number): Table {
  const random = createRandom(seed);
  const ages = repeat(rows, () => normal(random));
  const spread = Math.sqrt(1 - together ** 2);
  return tableOf([
    numericColumn('age', ages),
    numericColumn(
      'income',
      ages.map((age) => together * age + spread * normal(random)),
    ),
    levelColumn(
      'country',
      repeat(rows, () => (random() < 0.1 ? null : random() < 0.3 ? 'FR' : 'DE')),
    ),
  ]);
}

describe('two row samples', () => {
  it('of one world are not told apart', () => {
    const found = compareSamples(people(500, 1, 0.8), people(400, 2, 0.8), { seed: 1 });
    expect(found.rows).toEqual({ reference: 500, current: 400 });
    expect(found.domain_classifier?.p_value).toBeGreaterThan(0.01);
    expect(found.pca_reconstruction?.p_value).toBeGreaterThan(0.01);
    expect(found.mmd?.p_value).toBeGreaterThan(0.01);
  });

  it('are when only the way features go together has moved', () => {
    const found = compareSamples(people(500, 3, 0.8), people(500, 4, -0.8), { seed: 1 });
    expect(found.domain_classifier?.auc).toBeGreaterThan(0.75);
    expect(found.domain_classifier?.p_value).toBeLessThan(1e-9);
    expect(found.pca_reconstruction?.p_value).toBeLessThan(1e-9);
    expect(found.mmd?.p_value).toBe(1 / 500);
  });

  it('give the same figures for the same seed, and thin what is too long', () => {
    const [reference, current] = [people(900, 5, 0.5), people(700, 6, 0.3)];
    const options = { seed: 7, maxRows: 300, maxMmdRows: 100, permutations: 49 };
    const found = compareSamples(reference, current, options);
    expect(found).toEqual(compareSamples(reference, current, options));
    expect(found).not.toEqual(compareSamples(reference, current, { ...options, seed: 8 }));
    expect(found.rows).toEqual({ reference: 300, current: 300 });
    expect(found.mmd?.permutations).toBe(49);
  });

  it('do not depend on the order of columns and levels', () => {
    const reference = people(200, 9, 0.5);
    const current = people(200, 10, 0.2);
    const [age, income, country] = current.features;
    if (age === undefined || income === undefined || country?.kind !== 'categorical')
      throw new Error('no people');
    const levels = country.levels.toReversed();
    const renumbered: Column = {
      ...country,
      levels,
      codes: country.codes.map((code) => (code < 0 ? -1 : levels.length - 1 - code)),
    };
    const other = tableOf([renumbered, income, age]);
    expect(compareSamples(reference, other, { seed: 1 })).toEqual(
      compareSamples(reference, current, { seed: 1 }),
    );
  });
});

describe('what cannot be compared is null', () => {
  const few = people(24, 11, 0.5);
  const many = people(300, 12, 0.5);

  it.each<readonly [string, Table, Table]>([
    ['no rows', tableOf([]), tableOf([])],
    ['no current row', many, people(0, 13, 0.5)],
    ['one row', many, people(1, 13, 0.5)],
    ['too few rows', few, many],
    [
      'no feature in common',
      many,
      tableOf([
        numericColumn(
          'other',
          repeat(300, (row) => row),
        ),
      ]),
    ],
  ])('%s', (_, reference, current) => {
    expect(compareSamples(reference, current, { seed: 1 })).toEqual({
      rows: { reference: reference.rows, current: current.rows },
      domain_classifier: null,
      pca_reconstruction: null,
      mmd: null,
    });
  });
});

/** Columns as bad as logs can make them. */
const hardColumn = (rows: number): fc.Arbitrary<(name: string) => Column> => {
  const odd = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
    { weight: 2, arbitrary: fc.double() },
    fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e12, -1e308, 1e308, 5e-324),
  );
  const values = fc.oneof(
    fc.array(odd, { minLength: rows, maxLength: rows }),
    odd.map((value) => repeat(rows, () => value)),
    fc.tuple(odd, odd).map(([value, once]) => repeat(rows, (row) => (row === 3 ? once : value))),
  );
  const cell = fc.constantFrom(null, 'a', 'b', '__proto__', '');
  const cells = fc.oneof(
    fc.array(cell, { minLength: rows, maxLength: rows }),
    cell.map((value) => repeat(rows, () => value)),
    fc.constant(repeat(rows, (row) => `id ${row}`)),
  );
  return fc.oneof(
    values.map((of) => (name: string) => numericColumn(name, of)),
    cells.map((of) => (name: string) => levelColumn(name, of)),
  );
};

describe('whatever the columns hold', () => {
  const table = (rows: number): fc.Arbitrary<Table> =>
    fc
      .array(hardColumn(rows), { minLength: 1, maxLength: 4 })
      .map((columns) => tableOf(columns.map((column, i) => column(`f${i}`))));

  it('figures are numbers in their range, or null', () => {
    fc.assert(
      fc.property(table(30), table(40), (reference, current) => {
        const found = compareSamples(reference, current, { seed: 1, permutations: 19 });
        const { domain_classifier: classifier, pca_reconstruction: pca, mmd } = found;
        if (classifier !== null) {
          const shares = classifier.contributions.map(({ share }) => share);
          expectWithin([classifier.auc, classifier.p_value, ...classifier.null_band, ...shares], 0, 1);
          expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        }
        if (pca !== null) {
          expectWithin([pca.p_value], 0, 1);
          expectWithin([pca.reference, pca.current], 0, 1e308);
          expect(pca.components).toBeGreaterThan(0);
        }
        if (mmd !== null) {
          expectWithin([mmd.p_value], 1 / 20, 1);
          expectWithin([mmd.statistic], -2, 2.000001);
        }
      }),
      { numRuns: 150 },
    );
  });
});

function expectWithin(values: readonly number[], low: number, high: number): void {
  for (const value of values) {
    expect(value).toBeGreaterThanOrEqual(low);
    expect(value).toBeLessThanOrEqual(high);
  }
}
