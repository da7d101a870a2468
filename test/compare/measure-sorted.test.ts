import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureNumericColumns } from '../../src/compare/measures/measure-numeric.ts';
import { measureSorted } from '../../src/compare/measures/measure-sorted.ts';
import type { Measures } from '../../src/compare/measures/measures.ts';
import type { NumericColumn } from '../../src/core/table.ts';
import { NumericProfile } from '../../src/stats/profile/numeric-profile.ts';
import { sortColumn } from '../../src/stats/table/sorted-column.ts';
import { countColumn } from '../../src/stats/table/table-profile.ts';
import { describeColumn } from '../../src/stats/table/table-reference.ts';
import { numericColumn } from '../stats/profile/rows.ts';

fc.configureGlobal({ seed: 20_261_124 });

const cell = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -8, max: 30 }) },
  { weight: 4, arbitrary: fc.double({ min: -100, max: 100, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, -0) },
);
const cells = fc.array(cell, { minLength: 1, maxLength: 200 });

/** The way over a profile, with a walk for each statistic. */
function bySeparateWalks(before: NumericColumn, now: NumericColumn): Measures {
  const reference = describeColumn(before, before.values.length);
  if (reference.kind !== 'numeric') throw new Error('a number was expected');
  const profile = new NumericProfile(reference);
  countColumn(profile, now, now.values.length);
  return measureNumericColumns(profile, sortColumn(before).sorted, sortColumn(now).sorted);
}

describe('measuring sorted columns', () => {
  it('is measuring by profile and separate walks', () => {
    fc.assert(
      fc.property(cells, cells, (first, second) => {
        const [before, now] = [numericColumn('x', first), numericColumn('x', second)];
        const { metrics: expected, ...counts } = bySeparateWalks(before, now);
        const { metrics: found, ...same } = measureSorted(sortColumn(before), sortColumn(now));
        expect(same).toEqual(counts);
        // Without values on a side nothing is measured.
        if (!first.some(Number.isFinite) || !second.some(Number.isFinite)) return;
        const {
          wasserstein,
          wasserstein_normalized: normalized,
          energy_distance: energy,
          ...exact
        } = expected;
        expect(found).toMatchObject(exact);
        expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
        expectClose(found.wasserstein, wasserstein);
        expectClose(found.wasserstein_normalized, normalized);
        expectClose(found.energy_distance, energy);
      }),
      { numRuns: 400 },
    );
  });
});

function expectClose(found: number | undefined, expected: number | undefined): void {
  if (expected === undefined) expect(found).toBeUndefined();
  else expect(Math.abs((found ?? Number.NaN) - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected));
}
