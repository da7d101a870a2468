import { describe, expect, test } from 'vitest';
import { areNarrow, besideItsWidth } from '../../../src/stats/significance/narrow-window.ts';
import { draws } from '../../../src/simulate/draws.ts';

const CELLS = 10;
/** Deciles of the normal law. */
const EDGES = [-1.2816, -0.8416, -0.5244, -0.2533, 0, 0.2533, 0.5244, 0.8416, 1.2816];
const TABLE = Array.from({ length: CELLS }, () => 2_000);

/** Windows of so many rows, each about its own middle. */
function windowsOf(
  draw: ReturnType<typeof draws>,
  { middles, within, rows = 300 }: { middles: readonly number[]; within: number; rows?: number },
): number[][] {
  return middles.map((middle) => {
    const counts = Array.from({ length: CELLS }, () => 0);
    for (let row = 0; row < rows; row++) {
      const value = middle + within * draw.normal();
      counts[EDGES.filter((edge) => value > edge).length]! += 1;
    }
    return counts;
  });
}

describe('days that share a part of what rows are', () => {
  const draw = draws(1);
  const apart = (share: number): number[][] =>
    windowsOf(draw, {
      middles: Array.from({ length: 400 }, () => Math.sqrt(share) * draw.normal()),
      within: Math.sqrt(1 - share),
    });

  test.each([0.3, 0.5, 0.8])('lie where their width says that they may (%d of the variance)', (share) => {
    const p = apart(share).map((current) => besideItsWidth(TABLE, current));
    // Of days at an end of the table, most of whose rows are in one cell, the width is not well known.
    expect(p.filter((each) => each < 1e-4).length / p.length).toBeLessThan(0.02);
    expect(p.filter((each) => each < 0.05).length / p.length).toBeLessThan(0.1);
  });

  test('are narrow, and independent rows are not', () => {
    expect(areNarrow(TABLE, apart(0.2).slice(0, 10))).toBe(true);
    const alone = Array.from({ length: 100 }, () => windowsOf(draw, { middles: [0, 0, 0], within: 1 }));
    expect(alone.filter((windows) => areNarrow(TABLE, windows)).length).toBeLessThanOrEqual(2);
  });
});

test('rows that moved as they are leave little doubt', () => {
  const draw = draws(2);
  const moved = windowsOf(draw, { middles: Array.from({ length: 200 }, () => 0.5), within: 1 });
  expect(moved.filter((current) => besideItsWidth(TABLE, current) < 1e-3).length).toBeGreaterThan(150);
});

test('a week of windows that are all the same do not wander', () => {
  const draw = draws(3);
  const [current, ...before] = windowsOf(draw, {
    middles: Array.from({ length: 7 }, () => 0.8),
    within: 0.6,
  });
  expect(besideItsWidth(TABLE, current!)).toBeGreaterThan(0.01);
  expect(besideItsWidth(TABLE, current!, { before })).toBe(0);
  expect(besideItsWidth(TABLE, current!, { before, isLong: false })).toBeGreaterThan(0.01);
});

test('what began after days that were alike is no such day, where their width hardly says anything', () => {
  const draw = draws(6);
  const told = Array.from({ length: 40 }, () => {
    // A twentieth of what sets rows apart belongs to the kind of day, and no day shows it.
    const days = windowsOf(draw, {
      middles: Array.from({ length: 16 }, (_, day) => (day < 11 ? 0 : 0.6)),
      within: Math.sqrt(0.96),
    });
    return besideItsWidth(TABLE, days[13]!, { before: days.slice(0, 13) });
  });
  expect(told.filter((p) => p < 1e-4).length).toBeGreaterThan(32);
  const usual = Array.from({ length: 200 }, () => {
    let weather = draw.normal();
    const middles = Array.from({ length: 16 }, () => {
      weather = 0.6 * weather + 0.8 * draw.normal();
      return 0.2 * weather;
    });
    const days = windowsOf(draw, { middles, within: Math.sqrt(0.96) });
    return besideItsWidth(TABLE, days[15]!, { before: days.slice(0, 15) });
  });
  // Zero where days are not apart: then what rows say stands alone.
  expect(usual.filter((p) => p > 0 && p < 1e-3).length).toBeLessThanOrEqual(6);
});

test('says nothing of few cells', () => {
  expect(besideItsWidth([100, 100, 100], [10, 30, 10])).toBe(0);
  expect(besideItsWidth(TABLE, [0, 0, 300, 0, 0, 0, 0, 0, 0, 0])).toBe(0);
});
