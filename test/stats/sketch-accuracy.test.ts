import { describe, expect, it } from 'vitest';
import { gridKs } from '../../src/stats/profile/grids/grid-ks.ts';
import { NumericProfile } from '../../src/stats/profile/numeric-profile.ts';
import { numericReference } from '../../src/stats/profile/numeric-reference.ts';
import { createRandom } from '../../src/stats/random.ts';
import { ksStatisticSorted } from '../../src/stats/significance/ks.ts';
import { readVectors, sorted } from './vectors.ts';

interface SketchVectors {
  readonly vectors: {
    readonly name: string;
    readonly expected: { readonly table?: { readonly k: number; readonly single_sided: number }[] };
  }[];
}

function normals(rows: number, seed: number, shift: number): Float64Array {
  const random = createRandom(seed);
  return sorted(
    Array.from(
      { length: rows },
      () => shift + Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
    ),
  );
}

/** Peers sketch each side and compare the sketches. The rank error of KLL is what that costs a KS statistic. */
describe('D from a grid of a thousand points', () => {
  const { vectors } = readVectors('sketch_accuracy') as SketchVectors;
  const table = vectors.find((vector) => vector.name === 'kll_rank_error_formula')?.expected.table ?? [];

  it('is a lower bound, short by at most one gap, which is less than the best tabled KLL sketch may be off', () => {
    const kll = Math.min(...table.map((row) => row.single_sided));
    const gap = 1.1e-3;
    expect(table.length).toBeGreaterThan(5);
    const before = normals(50_000, 1, 0);
    const counts = { rows: before.length, missing: 0, invalid: 0, infinite: 0 };
    const reference = numericReference('x', before, counts, 1000);
    for (const shift of [0, 0.05, 0.3, 2]) {
      const now = normals(5000, 2, shift);
      const profile = new NumericProfile(reference);
      for (const x of now) profile.addNumber(x, 1);
      const { statistic, bound } = gridKs(reference, profile);
      const exact = ksStatisticSorted(before, now);
      expect(statistic).toBeLessThanOrEqual(exact + 1e-12);
      expect(exact).toBeLessThanOrEqual(statistic + bound + 1e-12);
      expect(exact - statistic).toBeLessThanOrEqual(Math.min(gap, kll));
    }
  });
});
