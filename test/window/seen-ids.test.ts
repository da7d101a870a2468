import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HashTable, SeenIds } from '../../src/window/checkpoint/seen-ids.ts';
import { IdList } from '../../src/window/id-list.ts';

// Few different ids, so that they repeat, collide in their low half, and hold the key 0.
const half = fc.constantFrom(0, 1, -1, 5, 1024, 2048, -2147483648, 2147483647);
const id = fc.tuple(half, half);

test('a hash table is a set', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc
          .tuple(fc.integer(), fc.integer())
          .chain((any) => fc.constantFrom(any, [any[0], 7]))
          .map(([a, b]) => [a ?? 0, b ?? 0] as const),
        { maxLength: 3_000 },
      ),
      fc.array(id),
      (many, few) => {
        const table = new HashTable();
        const oracle = new Set<string>();
        for (const [high, low] of [...many, ...few]) {
          const name = `${high}/${low}`;
          expect(table.has(high, low)).toBe(oracle.has(name));
          expect(table.add(high, low)).toBe(!oracle.has(name));
          oracle.add(name);
        }
        expect(table.size).toBe(oracle.size);
        for (const [high, low] of many) expect(table.has(high, low)).toBe(true);
        table.clear();
        for (const [high, low] of [...many, ...few]) expect(table.has(high, low)).toBe(false);
      },
    ),
    { numRuns: 40 },
  );
});

describe('SeenIds', () => {
  test('knows at least the last `capacity` ids, and at most twice as many', () => {
    const seen = new SeenIds(100);
    for (let i = 1; i <= 1_000; i++) {
      seen.add(i, 3 * i);
      for (let back = 0; back < Math.min(i, 100); back++)
        expect(seen.has(i - back, 3 * (i - back))).toBe(true);
      expect(seen.size).toBeLessThanOrEqual(200);
    }
    expect(seen.has(1, 3)).toBe(false);
  });
});

test('a list of ids is read as it was written', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer(), fc.integer()), { maxLength: 700 }), (ids) => {
      const list = new IdList();
      for (const [high, low] of ids) list.push(high, low);
      const read: [number, number][] = [];
      IdList.each(list.encode(), (high, low) => read.push([high, low]));
      expect(read).toEqual(ids);
      expect(ids.map((_, i) => [list.high(i), list.low(i)])).toEqual(ids);
    }),
  );
  expect(() => IdList.each(new Uint8Array(9), () => {})).toThrow(RangeError);
});
