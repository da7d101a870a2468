import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../../src/stats/bytes.ts';
import { BUCKETS_PER_OCTAVE, LogHistogram } from '../../../src/stats/profile/log-histogram.ts';

fc.configureGlobal({ seed: 20_260_301 });

const amount = fc.oneof(
  fc.double({ min: 0, max: 1e6, noNaN: true }),
  fc.double({ min: 2 ** -46, max: 2 ** 26, noNaN: true }),
  fc.constantFrom(0, -0, 1, 2, 63.9999999, 2 ** -46, 2 ** 26, 1e300, -1, Infinity, Number.NaN),
);

function counted(values: readonly number[], sign: 1 | -1 = 1): LogHistogram {
  const histogram = new LogHistogram();
  for (const value of values) histogram.add(value, sign);
  return histogram;
}

function bytesOf(histogram: LogHistogram): Buffer {
  const writer = new ByteWriter();
  histogram.encode(writer);
  return Buffer.from(writer.finish());
}

describe('a histogram of amounts', () => {
  it('has each value in the bucket it lies in, and no bucket is wider than it says', () => {
    fc.assert(
      fc.property(fc.double({ min: 2 ** -46, max: 2 ** 26 - 1, noNaN: true }), (value) => {
        const [bucket] = counted([value]).buckets();
        expect(bucket?.count).toBe(1);
        const { from = 0, to = 0 } = bucket ?? {};
        expect(from <= value && value < to).toBe(true);
        expect(Math.abs((from + to) / 2 - value)).toBeLessThanOrEqual(value / (2 * BUCKETS_PER_OCTAVE));
      }),
    );
  });

  it('is the same bytes in any order, in any split, and after taking away what was added, sums included', () => {
    fc.assert(
      fc.property(fc.array(amount), fc.array(amount), fc.nat(), (a, b, cut) => {
        const whole = bytesOf(counted([...a, ...b]));
        expect(bytesOf(counted([...b, ...a].reverse()))).toEqual(whole);
        const split = [...a, ...b];
        const parts = counted(split.slice(cut % (split.length + 1)));
        parts.merge(counted(split.slice(0, cut % (split.length + 1))), 1);
        expect(bytesOf(parts)).toEqual(whole);
        parts.merge(counted(b), -1);
        expect(bytesOf(parts)).toEqual(bytesOf(counted(a)));
        parts.merge(counted(a, -1), 1);
        expect(bytesOf(parts)).toEqual(bytesOf(new LogHistogram()));
      }),
    );
  });

  it('survives storage', () => {
    fc.assert(
      fc.property(fc.array(amount), (values) => {
        const bytes = bytesOf(counted(values));
        const reader = new ByteReader(bytes);
        expect(bytesOf(LogHistogram.decode(reader))).toEqual(bytes);
        expect(reader.done).toBe(true);
      }),
    );
  });

  it('sums exactly what a sum of doubles does not', () => {
    const values = Array.from({ length: 100_000 }, (_, i) => (i % 2 === 0 ? 1e7 : 1e-7));
    const histogram = counted(values);
    // As near as a double of that size can be.
    expect(Math.abs(histogram.sum - (5e11 + 5e-3))).toBeLessThan(1e-4);
    expect(histogram.mean).toBe(histogram.sum / 100_000);
    expect(counted(values.toReversed()).sum).toBe(histogram.sum);
    histogram.merge(counted(values.map(() => 1e7).slice(0, 50_000)), -1);
    expect(histogram.sum).toBeCloseTo(5e-3, 12);
  });

  it('cuts what is too large, counts what is too small as zero and what is no amount as invalid', () => {
    const histogram = counted([0, 1e-20, 1e12, -3, Infinity, Number.NaN]);
    expect([histogram.n, histogram.zeros, histogram.invalid]).toEqual([3, 2, 3]);
    expect(histogram.buckets().at(-1)?.to).toBe(2 ** 26);
    expect(histogram.sum).toBeCloseTo(2 ** 26, 6);
    expect(new LogHistogram().mean).toBeNull();
  });

  it('refuses an octave that it does not have', () => {
    const writer = new ByteWriter();
    for (const count of [0, 0, 0]) writer.signed(count);
    for (const part of [1, 72, 0, 0]) writer.unsigned(part);
    expect(() => LogHistogram.decode(new ByteReader(writer.finish()))).toThrow('octave');
  });
});
