import fc from 'fast-check';
import { expect, test } from 'vitest';
import { INVALID_VALUE, type Features, type FeatureValue } from '../../src/core/events/events.ts';
import {
  decodeFeatureChunk,
  decodeFeatureRows,
  FeatureChunkBuilder,
} from '../../src/window/feature-chunk.ts';

const value: fc.Arbitrary<FeatureValue> = fc.oneof(
  fc.double(),
  fc.string(),
  fc.boolean(),
  fc.constant<FeatureValue>(INVALID_VALUE),
  fc.constantFrom<FeatureValue>(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const name = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'age'));

test('any features come back as they were stored', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.tuple(name, value))), (rows) => {
      const maps = rows.map((row) => {
        // JSON has no negative zero.
        const cells = row.map(([key, cell]): [string, FeatureValue] => [key, Object.is(cell, -0) ? 0 : cell]);
        return new Map(cells);
      });
      expect(decodeFeatureChunk(encodeFeatureChunk(maps))).toEqual(maps.map(withoutNulls));
    }),
    { seed: 1, numRuns: 200 },
  );
});

function withoutNulls(features: Map<string, FeatureValue>): Map<string, FeatureValue> {
  return new Map([...features].filter(([, cell]) => cell !== null));
}

test('null is what an absent feature is', () => {
  expect(decodeFeatureChunk(encodeFeatureChunk([new Map([['age', null]]), new Map()]))).toEqual([
    new Map(),
    new Map(),
  ]);
});

test('some rows of a chunk are what they are among all of them', () => {
  const rows = Array.from(
    { length: 40 },
    (_, i) =>
      new Map<string, FeatureValue>([
        ['i', i],
        ['text', `t${i % 3}`],
      ]),
  );
  const chunk = encodeFeatureChunk(rows);
  const found = decodeFeatureRows(chunk, [3, 39, 40]);
  expect([...found.keys()]).toEqual([3, 39]);
  expect(found.get(3)).toEqual(decodeFeatureChunk(chunk)[3]);
  expect(found.get(39)).toEqual(rows[39]);
});

test('a chunk has nothing of the one before, whose room it takes over', () => {
  const builder = new FeatureChunkBuilder();
  for (let i = 0; i < 500; i++) builder.add(new Map([['x', i + 0.5]]));
  const before = builder.encode();
  builder.seal();
  expect(builder.encode()).toEqual(before);
  // As long, but named by its first, a middle and no last row.
  const some = Array.from({ length: 500 }, (_, i): Features =>
    i === 0 || i === 300 ? new Map([['x', i / 8]]) : new Map([['y', 1]]),
  );
  expect(decodeFeatureChunk(encodeFeatureChunk(some))).toEqual(some);
  expect(decodeFeatureChunk(before)[499]).toEqual(new Map([['x', 499.5]]));
});

function encodeFeatureChunk(rows: readonly Features[]): Uint8Array {
  const builder = new FeatureChunkBuilder();
  for (const features of rows) builder.add(features);
  return builder.encode();
}
