import { expect, it } from 'vitest';
import { draws } from '../../../src/simulate/draws.ts';
import { moderatedVariances } from '../../../src/stats/significance/moderated-variance.ts';
import { digamma, trigamma } from '../../../src/stats/special/polygamma.ts';

/** scipy.special.digamma and polygamma(1, x). */
it.each([
  [0.1, -10.423754940411076, 101.43329915079275],
  [0.5, -1.9635100260214235, 4.93480220054468],
  [2.5, 0.7031566406452432, 0.4903577561002349],
  [30, 3.384438132685525, 0.033895060357739946],
])('digamma and trigamma of %d are those of scipy', (x, first, second) => {
  expect(digamma(x)).toBeCloseTo(first, 12);
  expect(trigamma(x)).toBeCloseTo(second, 12);
});

/** Mean of `df` squares, of columns whose variances are d₀s₀²/χ²(d₀). */
function squares(columns: number, df: number, prior: { df: number; value: number } | null): number[] {
  const { normal } = draws(7);
  const chiSquare = (count: number): number =>
    Array.from({ length: count }, () => normal() ** 2).reduce((all, one) => all + one, 0);
  return Array.from({ length: columns }, () => {
    const variance = prior === null ? 1 : (prior.df * prior.value) / chiSquare(prior.df);
    return (variance * chiSquare(df)) / df;
  });
}

it('columns that differ by chance are one, and what single ones say counts for nothing', () => {
  const found = moderatedVariances(squares(60, 3, null).map((value) => ({ value, df: 3 })));
  expect(found.every(({ df }) => df > 100)).toBe(true);
  expect(found.every(({ value }) => value > 0.8 && value < 1.25)).toBe(true);
});

it('finds the law that variances of columns came from', () => {
  const known = squares(4_000, 5, { df: 6, value: 2 }).map((value) => ({ value, df: 5 }));
  const [unseen] = moderatedVariances([{ value: 0, df: 0 }, ...known]);
  expect(unseen?.df).toBeGreaterThan(5);
  expect(unseen?.df).toBeLessThan(7.2);
  expect(unseen?.value).toBeGreaterThan(1.85);
  expect(unseen?.value).toBeLessThan(2.15);
});

it('one column has no company', () => {
  expect(moderatedVariances([{ value: 9, df: 3 }])).toEqual([{ value: 9, df: 3 }]);
});
