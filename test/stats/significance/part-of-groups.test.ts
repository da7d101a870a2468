/** Rows that come in visits, and people who are absent for a day: windows are as unlike as those before them. */
import { describe, expect, test } from 'vitest';
import { draws } from '../../../src/simulate/draws.ts';
import type { Draws } from '../../../src/simulate/draws.ts';
import { gTest } from '../../../src/stats/significance/g-test.ts';
import {
  overdispersedPValue,
  spreadAt,
  windowSpread,
} from '../../../src/stats/significance/overdispersion.ts';
import { partOfGroups } from '../../../src/stats/significance/part-of-groups.ts';

const SHARES = [4, 3, 2, 2, 1, 1];

/** Visits of eight rows, each from one country. */
function visits(draw: Draws, count: number): number[] {
  const counts = SHARES.map(() => 0);
  for (let visit = 0; visit < count; visit++) counts[draw.choice(SHARES)]! += 8;
  return counts;
}

const addUp = (windows: readonly number[][]): number[] =>
  windows.reduce((all, one) => all.map((count, cell) => count + one[cell]!));
const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

describe('windows of a few visits beside windows of many', () => {
  const draw = draws(3);
  // Nights of six visits and days of up to sixty.
  const healthy = Array.from({ length: 300 }, (_, hour) => visits(draw, 6 + ((hour * 7) % 55)));
  const reference = addUp(healthy);
  const spread = windowSpread(healthy)!;

  test('are eight times as unlike as chance has them, however few their rows', () => {
    expect(spread.ofGroups).toBeGreaterThan(0.8);
    for (const rows of [48, 120, 240]) {
      const { factor } = spreadAt(spread, rows, total(reference));
      expect(factor).toBeGreaterThan(6.5);
      expect(factor).toBeLessThan(9.5);
    }
  });

  test('are told apart from them no oftener than the level', () => {
    const values = Array.from({ length: 400 }, () => {
      const night = visits(draw, 8);
      return overdispersedPValue(gTest(reference, night), spreadAt(spread, 64, total(reference)));
    });
    expect(values.filter((p) => p < 0.05).length / values.length).toBeLessThan(0.1);
  });

  test('that share one weather grow more unlike with their rows', () => {
    const windows = healthy.map((counts) => {
      const size = total(counts);
      return { beyond: (size / 200) * (1 + draw.normal() ** 2), size };
    });
    expect(partOfGroups(windows, 5, 20)).toBeLessThan(0.35);
  });
});

test('people who are absent for a night are a larger G than X², and no shift', () => {
  const draw = draws(4);
  const night = (): number[] => Array.from({ length: 80 }, () => (draw.uniform() < 0.88 ? 32 : 0));
  const healthy = Array.from({ length: 28 }, night);
  const reference = addUp(healthy);
  const spread = windowSpread(healthy)!;
  const values = Array.from({ length: 200 }, () => {
    const counts = night();
    return overdispersedPValue(gTest(reference, counts), spreadAt(spread, total(counts), total(reference)));
  });
  expect(values.filter((p) => p < 0.001).length).toBeLessThanOrEqual(2);
  expect(values.filter((p) => p < 0.05).length).toBeLessThanOrEqual(20);
});
