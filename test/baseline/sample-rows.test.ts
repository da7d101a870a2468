import { describe, expect, it } from 'vitest';
import { sampleRows, takeRows } from '../../src/baseline/sample-rows.ts';
import type { Table } from '../../src/core/table.ts';
import { levelColumn, numericColumn, tableOf } from '../stats/profile/rows.ts';

const N = 1000;
const table: Table = {
  ...tableOf([
    numericColumn(
      'x',
      Array.from({ length: N }, (_, i) => i),
      4,
    ),
    levelColumn(
      'c',
      Array.from({ length: N }, (_, i) => (i % 3 === 0 ? null : `l${i % 5}`)),
    ),
  ]),
  label: levelColumn(
    'label',
    Array.from({ length: N }, (_, i) => String(i % 2)),
  ),
  score: numericColumn(
    'score',
    Array.from({ length: N }, (_, i) => i / N),
  ),
  timestampMs: Float64Array.from({ length: N }, (_, i) => i),
  predictionId: Array.from({ length: N }, (_, i) => `id ${i}`),
};

const values = (sample: Table): number[] => {
  const [x] = sample.features;
  return x?.kind === 'numeric' ? [...x.values] : [];
};

describe('a row sample', () => {
  it('is the same for the same seed, without repeats, in order, and keeps rows together', () => {
    const sample = sampleRows(table, 100, 5);
    expect(sample).toEqual(sampleRows(table, 100, 5));
    expect(values(sample)).not.toEqual(values(sampleRows(table, 100, 6)));
    const x = values(sample);
    expect(sample.rows).toBe(100);
    expect(new Set(x).size).toBe(100);
    expect(x).toEqual(x.toSorted((a, b) => a - b));
    for (const [i, row] of x.entries()) {
      expect(sample.predictionId?.[i]).toBe(`id ${row}`);
      expect(sample.timestampMs?.[i]).toBe(row);
      expect(sample.score?.values[i]).toBe(row / N);
    }
  });

  it('is the table itself when that is small enough', () => {
    expect(sampleRows(table, N, 1)).toBe(table);
  });

  it('favours no row', () => {
    const hits = Array.from({ length: 10 }, () => 0);
    for (let seed = 0; seed < 300; seed++) {
      for (const row of values(sampleRows(table, 50, seed)))
        hits[Math.floor(row / 100)] = (hits[Math.floor(row / 100)] ?? 0) + 1;
    }
    // 1,500 each, standard deviation about 37.
    for (const count of hits) expect(Math.abs(count - 1500)).toBeLessThan(150);
  });

  it('takes given rows in a given order', () => {
    expect(values(takeRows(table, Int32Array.of(3, 1, 1)))).toEqual([3, 1, 1]);
  });
});
