import { expect, test } from 'vitest';
import type { WindowCounts } from '../../src/compare/overdispersion.ts';
import { independentColumns } from '../../src/judge/independent-windows.ts';
import { draws } from '../../src/simulate/draws.ts';
import type { Draws } from '../../src/simulate/draws.ts';

const BINS = [0, 1, 2, 3, null];

/** 56 days of 180 rows; what a day has in common in standard deviations of a row. */
function daysOf(draw: Draws, inCommon: number): WindowCounts[] {
  return Array.from({ length: 56 }, () => {
    const day = inCommon * draw.normal();
    const current = BINS.map(() => 0);
    for (let row = 0; row < 180; row++) {
      const value = day + draw.normal();
      current[value < -1 ? 0 : value < 0 ? 1 : value < 0.5 ? 2 : value < 1.5 ? 3 : 4]! += 1;
    }
    return { bins: BINS, current };
  });
}

/** Of so many tables the share of columns, but for the seventh, that are taken to be independent; and of the seventh. */
function shares(seeds: number, inCommon: (column: number) => number): { others: number; seventh: number } {
  let [others, seventh] = [0, 0];
  for (let seed = 1; seed <= seeds; seed++) {
    const draw = draws(seed);
    const columns = Array.from({ length: 30 }, (_column, i) => daysOf(draw, inCommon(i)));
    const found = independentColumns(new Map(columns.map((days, i) => [`x${i}`, days])));
    seventh += Number(found.has('x7')) / seeds;
    others += [...found].filter((name) => name !== 'x7').length / (29 * seeds);
  }
  return { others, seventh };
}

test('rows out of an urn are, and beside one column that has its days the others still are', () => {
  expect(shares(60, () => 0).others).toBeGreaterThan(0.95);
  const { others, seventh } = shares(60, (column) => (column === 7 ? 0.15 : 0));
  expect(others).toBeGreaterThan(0.85);
  expect(seventh).toBeLessThan(0.1);
});

test('a little of it in all columns shows in all together', () => {
  expect(shares(60, () => 0.05).others).toBeLessThan(0.1);
});

test('few columns, or one that follows hours, are never said to be', () => {
  const days = daysOf(draws(1), 0);
  const columns = Array.from({ length: 30 }, (_, i) => [`x${i}`, days] as const);
  expect(independentColumns(new Map(columns.slice(0, 9))).size).toBe(0);
  const hourly = days.map((day) => ({ ...day, usual: day.current }));
  expect(independentColumns(new Map([...columns, ['hour', hourly] as const])).size).toBe(0);
});
