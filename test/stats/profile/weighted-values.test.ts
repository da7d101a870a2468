import fc from 'fast-check';
import { expect, it } from 'vitest';
import { psi, psiParts } from '../../../src/stats/distances/psi.ts';
import { gridKs } from '../../../src/stats/profile/grids/grid-ks.ts';
import {
  gridDistribution,
  quantileOfWeighted,
  sharesOfWidths,
  thinnedDistribution,
  weightedValues,
} from '../../../src/stats/profile/grids/weighted-values.ts';
import { NumericProfile } from '../../../src/stats/profile/numeric-profile.ts';
import { numericReference } from '../../../src/stats/profile/numeric-reference.ts';
import { quantileReached } from '../../../src/stats/quantiles.ts';

const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 60 });
const NO_OTHERS = { missing: 0, invalid: 0, infinite: 0 };

function referenceOf(trained: readonly number[], points?: number) {
  const sorted = Float64Array.from(trained).sort();
  return numericReference('x', sorted, { rows: trained.length, ...NO_OTHERS }, points);
}

function profileOf(trained: readonly number[], now: readonly number[], points?: number): NumericProfile {
  const profile = new NumericProfile(referenceOf(trained, points));
  for (const value of now) profile.addNumber(value, 1);
  return profile;
}

it('what bins add sums to PSI, to the last digits', () => {
  const counts = fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(counts, (pairs) => {
      const [reference, current] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
      const parts = psiParts(reference, current);
      expect(parts.length).toBe(reference.length);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(psi(reference, current), 10);
      for (const [at, part] of parts.entries()) {
        expect(part).toBeGreaterThanOrEqual(0);
        if (reference[at] === 0 && current[at] === 0) expect(part).toBe(0);
      }
    }),
  );
});

it('both distribution functions are as far apart as the KS distance says, also thinnedDistribution', () => {
  fc.assert(
    fc.property(values, values, fc.constantFrom(4, 4_096), (trained, now, points) => {
      const profile = profileOf(trained, now, points);
      const all = gridDistribution(profile.reference, profile);
      const apart = (points: typeof all): number =>
        Math.max(0, ...points.map(({ reference, current }) => Math.abs(reference - current)));
      expect(apart(all)).toBeCloseTo(gridKs(profile.reference, profile).statistic, 12);
      const few = thinnedDistribution(all, 5);
      expect(apart(few)).toBe(apart(all));
      expect([few[0], few.at(-1)]).toEqual([all[0], all.at(-1)]);
      expect(few.length).toBeLessThanOrEqual(5 + 4);
      expect(all.at(-1)).toMatchObject({ reference: 1, current: 1 });
      expect(all.map(({ x }) => x)).toEqual(all.map(({ x }) => x).toSorted((a, b) => a - b));
    }),
  );
});

it('quantiles and shares are those of the values themselves, where all of them are points of the grid', () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (trained, p) => {
      const sorted = Float64Array.from(trained).sort();
      const weighted = weightedValues(referenceOf(trained));
      expect(quantileOfWeighted(weighted, p)).toBe(quantileReached(sorted, p));
      const shares = sharesOfWidths(weighted, [-20, 20], 8)!;
      const expected = Array.from({ length: 8 }, (_, at) => {
        const inside = trained.filter((value) => Math.min(7, Math.floor((value + 20) / 5)) === at);
        return inside.length / trained.length;
      });
      for (const [at, share] of shares.entries()) expect(share).toBeCloseTo(expected[at]!, 12);
    }),
  );
  expect(quantileOfWeighted([], 0.5)).toBeNull();
  expect(sharesOfWidths([], [0, 1], 4)).toBeNull();
});
