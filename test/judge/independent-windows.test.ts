import { expect, test } from 'vitest';
import type { WindowCounts } from '../../src/compare/overdispersion.ts';
import { areIndependent } from '../../src/judge/independent-windows.ts';
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

function share(seeds: number, inCommon: (column: number) => number): number {
  const found = Array.from({ length: seeds }, (_, seed) => {
    const draw = draws(seed + 1);
    const columns = Array.from({ length: 30 }, (_column, i) => daysOf(draw, inCommon(i)));
    return areIndependent(new Map(columns.map((days, i) => [`x${i}`, days])));
  });
  return found.filter(Boolean).length / seeds;
}

test('rows out of an urn mostly are, one column of thirty that has its days is enough not to be', () => {
  expect(share(60, () => 0)).toBeGreaterThan(0.8);
  expect(share(60, (column) => (column === 7 ? 0.15 : 0))).toBeLessThan(0.1);
});

test('a little of it in all columns shows in all together', () => {
  expect(share(60, () => 0.05)).toBeLessThan(0.05);
});

test('few columns, or one that follows hours, are never said to be', () => {
  const days = daysOf(draws(1), 0);
  const columns = Array.from({ length: 30 }, (_, i) => [`x${i}`, days] as const);
  expect(areIndependent(new Map(columns.slice(0, 9)))).toBe(false);
  const hourly = days.map((day) => ({ ...day, usual: day.current }));
  expect(areIndependent(new Map([...columns, ['hour', hourly] as const]))).toBe(false);
});
