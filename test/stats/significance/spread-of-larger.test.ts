import { expect, test } from 'vitest';
import { spreadAt } from '../../../src/stats/significance/overdispersion.ts';

const spreadOf = (mean: number, windows = 1_344): Parameters<typeof spreadAt>[0] => ({
  windows,
  df: 4,
  mean,
  variance: 8,
  factor: mean / 4,
  size: 30,
  measuredRate: 0,
});

test('of larger windows is known of any that were measured, alike by turns or a thousand times apart', () => {
  for (const mean of [0, 0.01, 2, 4, 4.2, 5, 40, 4_000, 400_000]) {
    for (const windows of [20, 1_344]) {
      const { mean: larger, variance, counting } = spreadAt(spreadOf(mean, windows), 800, 40_000);
      expect([larger, variance, counting].every((each) => Number.isFinite(each))).toBe(true);
      expect(larger).toBeGreaterThanOrEqual(4);
    }
  }
  // A hundredth of a standard error more is as much more: both sides of where the sum ends agree.
  const edge = 4 + 8 * Math.sqrt(8 / 1_344);
  const [below, above] = [edge - 1e-6, edge + 1e-6].map((mean) => spreadAt(spreadOf(mean), 800, 40_000).mean);
  expect(above! / below!).toBeCloseTo(1, 1);
});
