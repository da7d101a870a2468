import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../../src/stats/bytes.ts';
import { CompensatedSums } from '../../../src/stats/compensated.ts';
import { NumericProfile } from '../../../src/stats/profile/numeric-profile.ts';
import { numericReference } from '../../../src/stats/profile/numeric-reference.ts';
import { decodeGapSums, encodeGapSums } from '../../../src/stats/profile/sums-codec.ts';

fc.configureGlobal({ seed: 20_261_201 });

/** Points 0, 100, 200, …: gap i lies below point i. */
const GRID = Float64Array.from({ length: 7 }, (_, i) => 100 * i);
const GAPS = GRID.length + 1;

function summed(values: readonly number[]) {
  const sums = new CompensatedSums(GAPS);
  const counts = new Float64Array(GAPS);
  for (const value of values) {
    const gap = Math.min(GAPS - 1, Math.max(0, Math.ceil(value / 100)));
    sums.add(gap, value);
    counts[gap]! += 1;
  }
  return { sums, counts };
}

function roundTrip({ sums, counts }: ReturnType<typeof summed>) {
  const writer = new ByteWriter();
  encodeGapSums(writer, sums, { grid: GRID, counts });
  const bytes = writer.finish();
  const read = new CompensatedSums(GAPS);
  const reader = new ByteReader(bytes);
  decodeGapSums(reader, read, counts);
  expect(reader.done).toBe(true);
  return { bytes, read };
}

describe('sums of gaps', () => {
  it('of values with few digits come back to 2⁻⁵⁰ of what was summed, in a few bytes each, and then as the same bytes', () => {
    const cents = fc.integer({ min: 0, max: 100_000 }).map((value) => value / 100);
    fc.assert(
      fc.property(fc.array(cents, { minLength: 1, maxLength: 40 }), (values) => {
        const given = summed(values);
        const { bytes, read } = roundTrip(given);
        for (const [at, sum] of given.sums.high.entries())
          expect(Math.abs(read.high[at]! - sum)).toBeLessThanOrEqual(2 ** -50 * 100 * at * given.counts[at]!);
        expect(bytes.length).toBeLessThanOrEqual(1 + 4 * GAPS);
        expect(roundTrip({ ...given, sums: read }).bytes).toEqual(bytes);
      }),
    );
  });

  it('of any other values come back to the last bit, and one that is large blurs none', () => {
    const any = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e200, max: 1e200 });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 40 }), (values) => {
        const given = summed([...values, Math.PI, 2.345_678_9e-7 + 100]);
        const { read } = roundTrip(given);
        expect([...read.high]).toEqual([...given.sums.high]);
        expect([...read.low]).toEqual([...given.sums.low]);
      }),
    );
  });

  it('that stand where nothing is counted any more are kept', () => {
    const given = summed([250.5]);
    given.counts[3] = 0;
    expect(roundTrip(given).read.high[3]).toBe(250.5);
  });
});

it('a profile of format 2, whose sums were all doubles, is read as it was', () => {
  const reference = numericReference('x', Float64Array.of(-1, 0, 2, 2), {
    rows: 4,
    missing: 0,
    invalid: 0,
    infinite: 0,
  });
  const profile = new NumericProfile(reference);
  for (const value of [-0.25, 0.1, 0.2, 1.5, 2]) profile.add(value, 1);
  // What was written of these values then.
  const before = Buffer.from(
    'b8c3ffa00100000001020202010200060202000000000000d0bf01cdccccccccccfc3f00000000000080bc0100cdcccccccccc0e40',
    'hex',
  );
  const read = NumericProfile.decode(new ByteReader(before), reference, false);
  expect(bytesOf(read)).toEqual(bytesOf(profile));
});

function bytesOf(profile: NumericProfile): Buffer {
  const writer = new ByteWriter();
  profile.encode(writer);
  return Buffer.from(writer.finish());
}
