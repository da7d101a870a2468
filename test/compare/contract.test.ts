import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareProfiles } from '../../src/compare/compare-profiles.ts';
import { compareTables } from './compare-tables.ts';
import type { FeatureComparison, PerformanceMetric } from '../../src/core/findings.ts';
import type { Column, Table } from '../../src/core/table.ts';
import { createRandom } from '../../src/stats/random.ts';
import { buildReference } from '../../src/stats/table/table-reference.ts';
import { profileTable } from '../../src/stats/table/table-profile.ts';
import { levelColumn, numericColumn, tableOf } from '../stats/profile/rows.ts';

fc.configureGlobal({ seed: 20_260_301 });

/**
 * Two paths lead to a comparison: counts on the baseline's grid (windows), and the sorted values themselves (files).
 * This suite holds them together.
 */

const OPTIONS = { task: 'classification', positiveClass: 'y' } as const;
const NUMBER_KEYS = [
  'psi',
  'kl_divergence',
  'jensen_shannon',
  'hellinger',
  'total_variation',
  'l_infinity',
  'cramers_v',
] as const;

function bothPaths(
  reference: Table,
  current: Table,
): { tables: FeatureComparison[]; profiles: FeatureComparison[] } {
  const options = { ...OPTIONS, minRows: 20 };
  const exact = compareTables(reference, current, options);
  const baseline = buildReference(reference, OPTIONS);
  const { input, labels } = profileTable(current, baseline);
  const counted = compareProfiles(baseline, input, current.label === null ? null : labels, { minRows: 20 });
  expect(Object.keys(exact.performance?.metrics ?? {})).toEqual(
    Object.keys(counted.performance?.metrics ?? {}),
  );
  for (const [name, metric] of Object.entries(counted.performance?.metrics ?? {})) {
    expectClose(exact.performance?.metrics[name], metric, name);
  }
  expect(exact.performance?.confusion).toEqual(counted.performance?.confusion);
  expect(exact.performance?.labelled).toEqual(counted.performance?.labelled);
  const list = (window: typeof exact): FeatureComparison[] =>
    [...window.features, window.prediction, window.score, window.label].filter((feature) => feature !== null);
  return { tables: list(exact), profiles: list(counted) };
}

/** Equal but for the order in which sums were taken; within the stated bound where scores were counted on a grid. */
function expectClose(exact: PerformanceMetric | undefined, counted: PerformanceMetric, what: string): void {
  const { bound = 0 } = counted;
  if (bound > 0) {
    for (const side of ['reference', 'current'] as const) {
      const off = Math.abs((exact?.[side] ?? Number.NaN) - (counted[side] ?? Number.NaN));
      expect(off, what).toBeLessThanOrEqual(bound + 1e-9);
    }
    return;
  }
  const flat = (metric: object): unknown[] => Object.values(metric).flat();
  const [a, b] = [flat(exact ?? {}), flat(counted)];
  expect(a, what).toHaveLength(b.length);
  for (const [at, value] of b.entries()) {
    if (typeof value === 'number') expect(a[at], what).toBeCloseTo(value, 9);
    else expect(a[at], what).toEqual(value);
  }
}

function expectSame(tables: FeatureComparison, profiles: FeatureComparison, largest = 1): void {
  const { metrics: exact, ...judgement } = tables;
  const { metrics: counted, ...other } = profiles;
  expect(other).toEqual(judgement);
  expect(counted.ks).toEqual(exact.ks);
  expect(counted.g_test).toEqual(exact.g_test);
  expect(counted.chi_square).toEqual(exact.chi_square);
  for (const key of NUMBER_KEYS) expect(counted[key]).toEqual(exact[key]);
  if (exact.wasserstein === undefined) return;
  const off = Math.abs((counted.wasserstein ?? Number.NaN) - exact.wasserstein);
  // Rounding is relative to the values, not to their distance.
  expect(off).toBeLessThanOrEqual(
    (counted.wasserstein_bound ?? 0) + 1e-9 * exact.wasserstein + 1e-14 * largest,
  );
}

/** JSON has no NaN or Infinity: nothing of a comparison may hold one. */
function expectFinite(value: unknown, path: string): void {
  if (typeof value === 'number') expect(Number.isFinite(value), path).toBe(true);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) expectFinite(inner, `${path}.${key}`);
  }
}

const cell = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -8, max: 8 }) },
  { weight: 4, arbitrary: fc.double({ min: -100, max: 100, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 1e300, -1e300, 1e-300) },
);
const numbers = fc.oneof(
  fc.array(cell, { minLength: 0, maxLength: 120 }),
  fc.array(fc.constantFrom(3, 3, 3, 3, 7), { minLength: 20, maxLength: 60 }),
  fc.integer({ min: 1, max: 60 }).map((n) => Array.from({ length: n }, () => -2)),
  fc.integer({ min: 1, max: 60 }).map((n) => Array.from({ length: n }, () => Number.NaN)),
);
const levels = fc.array(fc.constantFrom('a', 'a', 'a', 'b', 'b', 'rare', null, ''), { maxLength: 120 });

describe('profiles and tables agree', () => {
  it('on random and degenerate numbers', () => {
    fc.assert(
      fc.property(numbers, numbers, (before, now) => {
        const { tables, profiles } = bothPaths(
          tableOf([numericColumn('x', before)]),
          tableOf([numericColumn('x', now)]),
        );
        for (const [i, feature] of tables.entries()) {
          const other = profiles[i];
          if (other === undefined) throw new Error('a feature is missing');
          const finite = [...before, ...now].filter((x) => Number.isFinite(x));
          expectSame(feature, other, Math.max(1, ...finite.map(Math.abs)));
          expectFinite(feature, feature.name);
          expectFinite(other, other.name);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('on random and degenerate levels', () => {
    fc.assert(
      fc.property(levels, levels, (before, now) => {
        const { tables, profiles } = bothPaths(
          tableOf([levelColumn('c', before)]),
          tableOf([levelColumn('c', [...now, 'new'])]),
        );
        expect(profiles).toEqual(tables);
        expectFinite(tables, 'tables');
      }),
    );
  });

  it('on large samples of every shape, with outcomes', () => {
    const { tables, profiles } = bothPaths(sample(3000, 1, 0), sample(1500, 2, 0.3));
    expect(tables.map((feature) => feature.name)).toEqual([
      'normal',
      'lognormal',
      'zeros',
      'whole',
      'level',
      'prediction',
      'score',
      'label',
    ]);
    for (const [i, feature] of tables.entries()) {
      const other = profiles[i];
      if (other === undefined) throw new Error('a feature is missing');
      expectSame(feature, other);
      expectFinite(feature, feature.name);
    }
  });

  it('on a column whose type changed, and on one that is gone', () => {
    const before = tableOf([
      numericColumn(
        'x',
        Array.from({ length: 50 }, (_, i) => i),
      ),
      numericColumn(
        'gone',
        Array.from({ length: 50 }, () => 1),
      ),
    ]);
    const now = tableOf([
      levelColumn(
        'x',
        Array.from({ length: 40 }, (_, i) => `${i}`),
      ),
    ]);
    const { tables, profiles } = bothPaths(before, now);
    expect(profiles).toEqual(tables);
    expect(tables[0]).toMatchObject({
      status: 'insufficient',
      reason: 'no_values',
      invalid: { reference: 0, current: 1 },
      metrics: {},
    });
    expect(tables[1]).toMatchObject({ missing: { reference: 0, current: 1 } });
    expect(tables[1]?.missing_test?.p_value).toBeLessThan(1e-15);
  });
});

function sample(rows: number, seed: number, shift: number): Table {
  const random = createRandom(seed);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) + shift;
  const column = (name: string, next: () => number): Column =>
    numericColumn(name, Array.from({ length: rows }, next));
  const outcome = (name: string): Column =>
    levelColumn(
      name,
      Array.from({ length: rows }, () => (random() < 0.4 + shift ? 'y' : 'n')),
    );
  return tableOf(
    [
      column('normal', normal),
      column('lognormal', () => Math.exp(normal())),
      column('zeros', () => (random() < 0.6 ? 0 : normal())),
      column('whole', () => Math.round(5 * normal())),
      levelColumn(
        'level',
        Array.from({ length: rows }, () => `l${Math.floor(random() ** 3 * 40)}`),
      ),
    ],
    {
      prediction: outcome('prediction'),
      label: outcome('label'),
      score: numericColumn('score', Array.from({ length: rows }, random)),
    },
  );
}
