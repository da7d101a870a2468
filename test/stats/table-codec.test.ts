import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnWindows, Table } from '../../src/core/table.ts';
import { createRandom } from '../../src/stats/random.ts';
import { decodeTable, encodeTable } from '../../src/stats/table-codec.ts';
import { levelColumn, numericColumn, tableOf } from './profile/rows.ts';

fc.configureGlobal({ seed: 20_260_301 });

const awkward = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(
    -0,
    0,
    Number.NaN,
    Infinity,
    -Infinity,
    0.1,
    12.34,
    2 ** 31,
    -(2 ** 31),
    2 ** 53,
    Number.MIN_VALUE,
  ),
);

function sameBits(a: Float64Array, b: Float64Array): void {
  expect(a.length).toBe(b.length);
  for (const [i, x] of a.entries()) expect(Object.is(b[i], x), `${x} came back as ${b[i]}`).toBe(true);
}

describe('a stored table', () => {
  it('gives back every number bit for bit', () => {
    const column = fc.oneof(
      fc.array(awkward, { maxLength: 40 }),
      fc.array(
        fc.integer({ min: -300, max: 300 }).map((x) => x / 100),
        { maxLength: 40 },
      ),
      fc.array(fc.float(), { maxLength: 40 }),
    );
    fc.assert(
      fc.property(column, (values) => {
        const table = tableOf([numericColumn('x', values, 3)]);
        const [restored] = decodeTable(encodeTable(table)).features;
        if (restored?.kind !== 'numeric') throw new Error('not numeric');
        sameBits(Float64Array.from(values), restored.values);
        expect(restored.invalid).toBe(3);
      }),
    );
  });

  it('gives back how its own windows were counted', () => {
    const column: ColumnWindows = {
      bins: [-0.5, 3, null],
      counts: [
        [1, 2, 3],
        [0, 300, 0],
      ],
    };
    const levels: ColumnWindows = { bins: ['a', '', '(rare or new)'], counts: [[5, 0, 1]] };
    const none: ColumnWindows = { bins: [], counts: [] };
    const windows = new Map([
      [
        3_600_000,
        {
          startsMs: [3_600_000, 7_200_000.5],
          features: new Map([
            ['x', column],
            ['c', levels],
          ]),
          prediction: levels,
          score: column,
          label: none,
        },
      ],
      [86_400_000, { startsMs: [], features: new Map(), prediction: none, score: none, label: none }],
    ]);
    const table = { ...tableOf([numericColumn('x', [1])]), windows };
    expect(decodeTable(encodeTable(table)).windows).toEqual(windows);
    expect(decodeTable(encodeTable(tableOf([numericColumn('x', [1])])))).not.toHaveProperty('windows');
  });

  it('gives back levels, outcomes, times and ids', () => {
    const many = Array.from({ length: 600 }, (_, i) => (i % 7 === 0 ? null : `level ${i % 300}`));
    const table: Table = {
      ...tableOf([
        levelColumn('c', many),
        numericColumn(
          'x',
          Array.from({ length: 600 }, (_, i) => i / 4),
        ),
      ]),
      prediction: levelColumn(
        'prediction',
        Array.from({ length: 600 }, (_, i) => (i % 2 ? 'y' : 'n')),
      ),
      score: numericColumn(
        'score',
        Array.from({ length: 600 }, (_, i) => i / 600),
      ),
      label: numericColumn(
        'label',
        Array.from({ length: 600 }, (_, i) => i),
      ),
      probabilities: new Map([
        [
          'y',
          numericColumn(
            'probability_y',
            Array.from({ length: 600 }, (_, i) => (i === 7 ? Number.NaN : i / 600)),
          ),
        ],
      ]),
      timestampMs: Float64Array.from({ length: 600 }, (_, i) =>
        i === 3 ? Number.NaN : 1_760_000_000_000 + i,
      ),
      predictionId: Array.from({ length: 600 }, (_, i) => (i === 5 ? null : `id-${i}`)),
    };
    const bytes = encodeTable(table);
    expect(decodeTable(bytes)).toEqual(table);
    expect(Buffer.compare(encodeTable(decodeTable(bytes)), bytes)).toBe(0);
  });

  it('gives back an empty table', () => {
    const empty = tableOf([]);
    expect(decodeTable(encodeTable(empty))).toEqual(empty);
  });

  it('stores ordinary columns narrowly', () => {
    const random = createRandom(1);
    const rows = 20_000;
    const prices = Array.from({ length: rows }, () => Math.round(random() * 60_000) / 100);
    const ages = Array.from({ length: rows }, () => Math.floor(random() * 80));
    expect(encodeTable(tableOf([numericColumn('price', prices)])).length).toBeLessThan(rows * 2 + 50);
    expect(encodeTable(tableOf([numericColumn('age', ages)])).length).toBeLessThan(rows + 50);
  });

  it('refuses unknown formats and damage', () => {
    const bytes = encodeTable(tableOf([numericColumn('x', [1, 2, 3])]));
    expect(() => decodeTable(Uint8Array.from([7, ...bytes.slice(1)]))).toThrow('format 7');
    expect(() => decodeTable(bytes.slice(0, -2))).toThrow();
    expect(() => decodeTable(Uint8Array.from([...bytes, 1]))).toThrow('left over');
  });
});

describe('random numbers', () => {
  it('repeat with their seed, are spread evenly, and never reach 1', () => {
    const a = createRandom(7);
    const b = createRandom(7);
    const c = createRandom(8);
    let mean = 0;
    let differs = false;
    const deciles = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 20_000; i++) {
      const x = a();
      expect(b()).toBe(x);
      if (c() !== x) differs = true;
      expect(x >= 0 && x < 1).toBe(true);
      mean += x / 20_000;
      const at = Math.floor(x * 10);
      deciles[at] = (deciles[at] ?? 0) + 1;
    }
    expect(differs).toBe(true);
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
    expect(Math.max(...deciles) - Math.min(...deciles)).toBeLessThan(250);
  });
});
