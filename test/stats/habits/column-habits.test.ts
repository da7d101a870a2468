import { describe, expect, test } from 'vitest';
import type { ColumnHabits } from '../../../src/core/table.ts';
import { columnHabits, habitsWithin, rise, rowsInTime } from '../../../src/stats/habits/column-habits.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { decodeTable, encodeTable } from '../../../src/stats/table-codec.ts';

const asTheyCome = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, row) => row);

function habitsOf(values: Float64Array): ColumnHabits {
  return columnHabits({ name: 'x', kind: 'numeric', values, invalid: 0 }, asTheyCome(values.length));
}

/** One decimal, uniform: about a thousand values. */
function shuffled(rows: number, seed: number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: rows }, () => Math.round(1_000 * random()) / 10);
}

describe('what a column does by itself', () => {
  test('in no order it does not stay, and no value comes for a while', () => {
    const { longestRun, persistence, stretches } = habitsOf(shuffled(8_000, 1));
    expect(longestRun).toBeLessThan(5);
    expect(persistence).toBeLessThan(0.01);
    expect(stretches.map(({ rows }) => rows)).toEqual([4000, 2000, 1000, 500, 250, 125]);
    expect(Math.max(...stretches.map(({ fill }) => fill))).toBeLessThan(0.08);
    expect(stretches.every(({ missing }) => missing === 0)).toBe(true);
  });

  test('a voucher that one row in twenty has is that of its week for as many rows as there are of it', () => {
    const values = Float64Array.from({ length: 4_000 }, (_, row) =>
      row % 20 === 7 ? Math.floor(row / 1_000) : Number.NaN,
    );
    expect(habitsOf(values)).toMatchObject({ rows: 200, longestRun: 50 });
    expect(habitsOf(values).persistence).toBeGreaterThan(0.95);
  });

  test('a value that came for a while is a precedent for as long a stretch', () => {
    const values = shuffled(8_000, 2);
    // A promotion: for 500 rows every other one has the price of 9.9.
    for (let row = 3_000; row < 3_500; row += 2) values[row] = 9.9;
    const habits = habitsOf(values);
    expect(habitsWithin(habits, 500)?.fill).toBeGreaterThan(1);
    expect(rise(150, 500, 8, 8_000)).toBeLessThan(2 * (habitsWithin(habits, 500)?.fill ?? 0));
    expect(habitsWithin(habitsOf(shuffled(8_000, 2)), 500)?.fill).toBeLessThan(0.05);
  });

  test('rows that come in groups stay, and missing cells come in stretches', () => {
    const values = Float64Array.from({ length: 4_000 }, (_, row) => Math.floor(row / 120) % 7);
    values.fill(Number.NaN, 1_000, 1_200);
    const habits = habitsOf(values);
    expect(habits.longestRun).toBe(120);
    expect(habits.persistence).toBeGreaterThan(0.9);
    expect(habitsWithin(habits, 250)?.missing).toBeGreaterThan(0.8);
  });

  test('levels that the rest never has are a precedent for new ones', () => {
    const codes = Int32Array.from({ length: 2_000 }, (_, row) => (row >= 500 && row < 700 ? 1 : 0));
    const column = { name: 'c', kind: 'categorical', codes, levels: ['a', 'b'], invalid: 0 } as const;
    const habits = columnHabits(column, asTheyCome(2_000));
    expect(habitsWithin(habits, 500)?.novel).toBeCloseTo(0.4, 1);
  });

  test('is the same after it was stored', () => {
    const habits = new Map([['x', habitsOf(shuffled(2_000, 3))]]);
    const table = { rows: 0, features: [], prediction: null, score: null, label: null } as const;
    const stored = decodeTable(encodeTable({ ...table, timestampMs: null, predictionId: null, habits }));
    expect(stored.habits).toEqual(habits);
  });
});

describe('rows in order of their times', () => {
  test('those of one time by their keys, whatever order they come in; those without are left out', () => {
    const [times, keys] = [Float64Array.of(5, Number.NaN, 3, 5), Float64Array.of(9, 1, 4, 2)];
    expect(rowsInTime(times, keys)).toEqual(Int32Array.of(2, 3, 0));
    expect(rowsInTime(times, keys, Int32Array.of(0, 1))).toEqual(Int32Array.of(0));
    expect(rowsInTime(Float64Array.of(Number.NaN))).toEqual(new Int32Array());
    expect(rowsInTime(null)).toEqual(new Int32Array());
  });
});
