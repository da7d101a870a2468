import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS } from '../../src/core/clock.ts';
import type { RowProbabilities } from '../../src/core/events/events.ts';
import { MergedRows } from '../../src/window/merged-rows.ts';
import { packRows } from '../../src/window/pack-rows.ts';
import {
  bucketOf,
  type KeptRow,
  mergedBits,
  packBits,
  PredictionPack,
} from '../../src/window/prediction-pack.ts';

const DAY = Date.UTC(2026, 2, 1);
const half = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const probabilities: fc.Arbitrary<RowProbabilities> = fc
  .array(fc.tuple(fc.string({ unit: 'binary' }), fc.double({ noNaN: true })), { minLength: 3, maxLength: 5 })
  .map((pairs) => ({ classes: pairs.map(([name]) => name), values: pairs.map(([, p]) => p) }));
const row: fc.Arbitrary<KeptRow> = fc.record({
  high: half,
  low: half,
  eventMs: fc.integer({ min: DAY, max: DAY + DAY_MS - 1 }),
  modelVersionId: fc.integer({ min: 1, max: 5 }),
  prediction: fc.oneof(fc.string({ unit: 'binary' }), fc.double({ noNaN: true }), fc.constant(null)),
  score: fc.oneof(fc.double({ noNaN: true }), fc.constant(null)),
  holdout: fc.boolean(),
  segments: fc.array(fc.constantFrom('country=DE', 'country=é', 'a"b', ''), { maxLength: 3 }),
  probabilities: fc.option(probabilities, { nil: null }),
  chunkId: fc.integer({ min: 1, max: 2 ** 40 - 1 }),
  chunkRow: fc.integer({ min: 0, max: 2 ** 24 - 1 }),
});

const PLAIN_ROW = {
  high: 1,
  low: -2,
  eventMs: DAY + 5,
  modelVersionId: 3,
  prediction: 'yes',
  score: 0.25,
  holdout: true,
  segments: ['country=DE'],
  chunkId: 7,
  chunkRow: 9,
};
/** What version 1 made of it. */
const AS_BEFORE =
  '0100000100000001fffffffe580000050000000000000000070000093fd000000000000000000000000000007b2276223a5b335d2c' +
  '2263223a5b22796573225d2c2273223a5b5b22636f756e7472793d4445225d5d7d';

test('rows come back as they were packed, from the pack of their hash, in the order of hashes', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 120 }), fc.integer({ min: 0, max: 7 }), (rows, bits) => {
      const columns = new MergedRows();
      for (const each of rows) columns.add(each);
      const { buckets, data } = packRows(columns.rows, columns, bits);
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
  expect([1, 48, 49, 20_000, 5_000_000].map((rows) => packBits(rows))).toEqual([0, 0, 1, 9, 17]);
});

test('packs of rows with probabilities hold fewer rows, and merging them keeps that', () => {
  // Twenty probabilities are four times the bytes of a row beside them.
  const rows = 48 * 1_024;
  expect(packBits(rows)).toBe(10);
  expect(packBits(rows, 20 * rows)).toBe(13);
  // Never fewer than eight rows on average, however many classes.
  expect(packBits(rows, 100 * rows)).toBe(13);
  const plain = [1, 40, 4_000, 48 * 1_024].map((each) => ({ rows: each, bits: packBits(each) }));
  expect(mergedBits(plain)).toBe(packBits(1 + 40 + 4_000 + rows));
  expect(mergedBits([...plain, { rows, bits: packBits(rows, 20 * rows) }])).toBe(14);
});

test('a pack without probabilities is written as before they could be kept', () => {
  const columns = new MergedRows();
  columns.add({ ...PLAIN_ROW, probabilities: null });
  const [pack] = packRows(columns.rows, columns, 0).data;
  expect(Buffer.from(pack ?? []).toString('hex')).toBe(AS_BEFORE);
});

test('bytes that are no pack are refused', () => {
  expect(() => new PredictionPack(new Uint8Array(3), DAY)).toThrow(RangeError);
  expect(() => new PredictionPack(Buffer.from([1, 0, 0, 9, 0]), DAY)).toThrow('ends before its rows');
});
