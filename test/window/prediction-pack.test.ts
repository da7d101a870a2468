import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS } from '../../src/core/clock.ts';
import { ColumnBuilder } from '../../src/window/prediction-columns.ts';
import {
  bucketOf,
  type KeptRow,
  packBits,
  PredictionPack,
  packRows,
} from '../../src/window/prediction-pack.ts';

const DAY = Date.UTC(2026, 2, 1);
const half = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const row: fc.Arbitrary<KeptRow> = fc.record({
  high: half,
  low: half,
  eventMs: fc.integer({ min: DAY, max: DAY + DAY_MS - 1 }),
  modelVersionId: fc.integer({ min: 1, max: 5 }),
  prediction: fc.oneof(fc.string({ unit: 'binary' }), fc.double({ noNaN: true }), fc.constant(null)),
  score: fc.oneof(fc.double({ noNaN: true }), fc.constant(null)),
  holdout: fc.boolean(),
  segments: fc.array(fc.constantFrom('country=DE', 'country=é', 'a"b', ''), { maxLength: 3 }),
  chunkId: fc.integer({ min: 1, max: 2 ** 40 - 1 }),
  chunkRow: fc.integer({ min: 0, max: 2 ** 24 - 1 }),
});

test('rows come back as they were packed, from the pack of their hash, in the order of hashes', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 120 }), fc.integer({ min: 0, max: 7 }), (rows, bits) => {
      const columns = new ColumnBuilder();
      for (const each of rows) columns.add(each);
      const { buckets, data } = packRows(columns, bits);
      const packs = data.map((bytes) => new PredictionPack(bytes, DAY));
      const read = packs.flatMap((pack) => Array.from({ length: pack.rows }, (_, i) => pack.row(i)));
      const byBucket = rows.toSorted((a, b) => bucketOf(a.high, bits) - bucketOf(b.high, bits));
      expect(read).toEqual(byBucket);
      expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
      for (const each of rows) {
        const pack = packs[buckets.indexOf(bucketOf(each.high, bits))];
        const at = pack?.find(each.high, each.low) ?? -1;
        expect(pack?.row(at)).toMatchObject({ high: each.high, low: each.low });
        expect(pack?.eventMs(at)).toBe(pack?.row(at).eventMs);
      }
    }),
    { numRuns: 200, seed: 11 },
  );
});

test('buckets follow the order of signed hashes', () => {
  const highs = [-(2 ** 31), -5, -1, 0, 1, 2 ** 31 - 1];
  expect(highs.map((high) => bucketOf(high, 2))).toEqual([0, 1, 1, 2, 2, 3]);
  expect(highs.map((high) => bucketOf(high, 0))).toEqual([0, 0, 0, 0, 0, 0]);
  expect([1, 48, 49, 20_000, 5_000_000].map(packBits)).toEqual([0, 0, 1, 9, 17]);
});

test('bytes that are no pack are refused', () => {
  expect(() => new PredictionPack(new Uint8Array(3), DAY)).toThrow(RangeError);
  expect(() => new PredictionPack(Buffer.from([1, 0, 0, 9, 0]), DAY)).toThrow('ends before its rows');
});
