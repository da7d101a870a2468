import { expect, test } from 'vitest';
import { createRandom } from '../../src/stats/random.ts';
import { IdFilter } from '../../src/window/id-filter.ts';

const random = createRandom(3);
const half = (): number => Math.floor(random() * 2 ** 32) | 0;
const ids = (n: number) => Array.from({ length: n }, () => ({ high: half(), low: half() }));

test('never denies an id it holds, and takes one in a thousand of the others for its own', () => {
  const held = ids(20_000);
  const filter = IdFilter.for(held.length);
  for (const { high, low } of held) filter.add(high, low);
  const again = IdFilter.decode(filter.encode());
  expect(held.every(({ high, low }) => again.mayHave(high, low))).toBe(true);
  const wrong = ids(100_000).filter(({ high, low }) => again.mayHave(high, low)).length;
  expect(wrong / 100_000).toBeLessThan(0.002);
  expect(wrong).toBeGreaterThan(0);
  expect(filter.bytes / held.length).toBeLessThan(2.1);
});

test('ids of a sample, whose low halves are small, are told apart as well', () => {
  const sampled = (n: number) => ids(n).map(({ high, low }) => ({ high, low: low >>> 7 }));
  const filter = IdFilter.for(20_000);
  for (const { high, low } of sampled(20_000)) filter.add(high, low);
  const wrong = sampled(50_000).filter(({ high, low }) => filter.mayHave(high, low)).length;
  expect(wrong / 50_000).toBeLessThan(0.003);
});

test('one without ids denies all; bytes of another length are refused', () => {
  const filter = IdFilter.for(0);
  expect(ids(1_000).some(({ high, low }) => filter.mayHave(high, low))).toBe(false);
  expect(() => IdFilter.decode(new Uint8Array(33))).toThrow(RangeError);
  expect(() => IdFilter.decode(new Uint8Array(0))).toThrow(RangeError);
});
