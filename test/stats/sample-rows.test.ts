import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseRowsByKey, sampleRows, takeRows } from '../../src/stats/table/sample-rows.ts';
import type { Table } from '../../src/core/table.ts';
import { levelColumn, numericColumn, tableOf } from './profile/rows.ts';

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

describe('chooseRowsByKey', () => {
  it('takes the smallest keys, in their order, wherever they stand', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.double({ min: 0, max: 2 ** 53, noNaN: true }), { maxLength: 300 }),
        fc.integer({ min: 1, max: 100 }),
        (keys, size) => {
          const smallest = keys.toSorted((a, b) => a - b).slice(0, size);
          const chosen = chooseRowsByKey(Float64Array.from(keys), null, size);
          expect(Array.from(chosen, (row) => keys[row])).toEqual(smallest);
          const turned = keys.toReversed();
          const other = chooseRowsByKey(Float64Array.from(turned), null, size);
          expect(Array.from(other, (row) => turned[row])).toEqual(smallest);
        },
      ),
      { seed: 20_261_126 },
    );
  });

  it('takes the first of equal keys, and only rows it may choose among', () => {
    expect([...chooseRowsByKey(Float64Array.of(7, 7, 7, 7), null, 2)]).toEqual([0, 1]);
    expect([...chooseRowsByKey(Float64Array.of(1, 2, 3, 4), Int32Array.of(3, 1), 5)]).toEqual([1, 3]);
  });
});
