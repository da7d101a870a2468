import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../../src/stats/bytes.ts';
import type { NumericReference } from '../../../src/stats/profile/feature-reference.ts';
import { gridIndex } from '../../../src/stats/profile/grids/grid-index.ts';
import { gridIn, KernelCounts } from '../../../src/stats/profile/kernel-counts.ts';
import { emptyCounts } from '../../../src/stats/profile/numeric-counts.ts';
import { NumericProfile } from '../../../src/stats/profile/numeric-profile.ts';
import { numericReference } from '../../../src/stats/profile/numeric-reference.ts';
import { testKernel } from '../../decode/fast/fast-decoder.ts';

fc.configureGlobal({ seed: 20_261_203 });

const cents = fc.integer({ min: -99_999, max: 99_999 }).map((value) => value / 100);
const billionths = fc.integer({ min: -99_999, max: 99_999 }).map((value) => value / 1e9);
const any = fc.double({ noDefaultInfinity: true });
const FAMILIES = [
  { of: 'whole numbers', value: fc.integer({ min: -300, max: 300 }) },
  { of: 'cents', value: cents },
  { of: 'billionths', value: billionths },
  { of: 'any doubles and NaN', value: any },
  { of: 'all of these', value: fc.oneof(cents, billionths, any, fc.constantFrom(0, -0, 1e300, -1.7e308)) },
];

/** A column of the kernel's memory. */
function columnOf(values: readonly number[], grid: Float64Array) {
  const kernel = testKernel();
  const inKernel = kernel.float64(Math.max(1, values.length));
  inKernel.set(values);
  const places = kernel.int32(Math.max(1, values.length));
  gridIndex(grid).locate(inKernel, places, values.length);
  const rows = kernel.uint16(Math.max(1, values.length));
  rows.set(values.map((_, row) => row));
  return { kernel, values: inKernel, places, rows, gridAt: gridIn(kernel, grid).byteOffset };
}

/** Of the finite ones; at least one. */
function referenceOf(values: readonly number[]): NumericReference {
  const finite = Float64Array.from(values.filter((value) => Number.isFinite(value))).sort();
  const sorted = finite.length === 0 ? Float64Array.of(1) : finite;
  return numericReference('x', sorted, { rows: sorted.length, missing: 0, invalid: 0, infinite: 0 });
}

/** As `FlatCounting` does it: what the kernel leaves is added by the profile. */
function addAsColumn(
  profile: NumericProfile,
  addresses: Int32Array,
  column: ReturnType<typeof columnOf>,
  count: number,
  { grid, mean }: NumericReference,
  sign: 1 | -1,
): void {
  const { kernel, values, places, rows, gridAt } = column;
  const targets = kernel.int32(3);
  targets.set([addresses.byteOffset, rows.byteOffset, count]);
  const left = kernel.int32(1);
  const [valuesAt, placesAt] = [values.byteOffset, places.byteOffset];
  const lefts = kernel.countColumn(
    targets.byteOffset,
    1,
    0,
    valuesAt,
    placesAt,
    gridAt,
    grid.length,
    mean,
    sign,
    left.byteOffset,
  );
  if (lefts === 1) profile.addInKernel(column, rows, count, sign);
}

const bytesOf = (profile: NumericProfile): Uint8Array => {
  const writer = new ByteWriter();
  profile.encode(writer);
  return writer.finish();
};

describe('counts in the memory of the kernel', () => {
  it.each(FAMILIES)('of $of are those of the thread, and encoded as them, to the last bit', ({ value }) => {
    let taken = 0;
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 2, maxLength: 30 }),
        fc.array(fc.array(value, { maxLength: 40 }), { maxLength: 4 }),
        fc.constantFrom(1, -1, 0),
        fc.boolean(),
        (training, batches, last, isHeld) => {
          const reference = referenceOf(training);
          const kernelled = new NumericProfile(reference);
          const plain = new NumericProfile(reference);
          if (!isHeld) kernelled.expect(1e6);
          for (const [i, batch] of batches.entries()) {
            const column = columnOf(batch, reference.grid);
            const sign = last === -1 && i % 2 === 1 ? -1 : 1;
            kernelled.addInKernel(column, column.rows, batch.length, sign);
            plain.addColumn(column.values, column.places, column.rows, batch.length, sign);
            taken += batch.length;
          }
          expect(bytesOf(kernelled)).toEqual(bytesOf(plain));
          expect(kernelled.missing).toBe(plain.missing);
          // Somebody reads them, and the kernel goes on.
          if (last === 0) expect(kernelled.equal).toEqual(plain.equal);
          const more = columnOf(training, reference.grid);
          kernelled.addInKernel(more, more.rows, training.length, 1);
          plain.addColumn(more.values, more.places, more.rows, training.length, 1);
          expect(bytesOf(kernelled)).toEqual(bytesOf(plain));
          expect([...kernelled.between]).toEqual([...plain.between]);
          expect(kernelled.missing).toBe(plain.missing);
          expect(kernelled.standardDeviation).toBe(plain.standardDeviation);
          kernelled.release();
        },
      ),
    );
    expect(taken).toBeGreaterThan(500);
  });

  it.each(FAMILIES)(
    'of $of are the same where the kernel finds them itself, held or counted',
    ({ value }) => {
      let found = 0;
      let marked = 0;
      fc.assert(
        fc.property(
          fc.array(value, { minLength: 2, maxLength: 30 }),
          fc.array(fc.array(value, { minLength: 1, maxLength: 40 }), { maxLength: 6 }),
          fc.nat(60),
          fc.nat(8),
          (training, batches, expected, backAt) => {
            const reference = referenceOf(training);
            const found0 = found;
            const kernelled = new NumericProfile(reference);
            const plain = new NumericProfile(reference);
            kernelled.expect(expected);
            const addresses = testKernel().int32(1);
            kernelled.noteAddress(addresses, 0);
            for (const [i, batch] of batches.entries()) {
              const column = columnOf(batch, reference.grid);
              const sign = i === backAt ? -1 : 1;
              if (addresses[0] !== 0) found += 1;
              if ((addresses[0] ?? 0) % 2 === 1) marked += 1;
              addAsColumn(kernelled, addresses, column, batch.length, reference, sign);
              plain.addColumn(column.values, column.places, column.rows, batch.length, sign);
              expect(kernelled.missing).toBe(plain.missing);
            }
            expect(bytesOf(kernelled)).toEqual(bytesOf(plain));
            expect([...kernelled.equal]).toEqual([...plain.equal]);
            expect(bytesOf(kernelled)).toEqual(bytesOf(plain));
            expect(addresses[0]).toBe(0);
            if (batches.length > 1) expect(found).toBeGreaterThan(found0);
            kernelled.release();
          },
        ),
      );
      expect(marked).toBeGreaterThan(30);
      expect(found).toBeGreaterThan(marked);
    },
  );

  it('are left to the thread where a count is more than 32 bits hold, and their room is given back', () => {
    const kernel = testKernel();
    const counts = emptyCounts(3);
    counts.equal[1] = 2 ** 31;
    const before = KernelCounts.empty(kernel, 3);
    before?.release();
    expect(KernelCounts.from(kernel, 3, counts)).toBeNull();
    const after = KernelCounts.empty(kernel, 3);
    expect(after?.address).toBe(before?.address);
    counts.equal[1] = 2 ** 31 - 1;
    expect(KernelCounts.from(kernel, 3, counts)?.toCounts().equal).toEqual(counts.equal);
  });

  it('say where they are, and that they are no more', () => {
    const reference = referenceOf([1, 2, 3]);
    const profile = new NumericProfile(reference);
    const addresses = new Int32Array(2);
    profile.noteAddress(addresses, 1);
    profile.expect(100);
    const column = columnOf([1, 2.5, Number.NaN], reference.grid);
    profile.addInKernel(column, column.rows, 3, 1);
    expect(addresses[1]).toBeGreaterThan(0);
    expect([...profile.equal]).toEqual([1, 0, 0]);
    expect(addresses[1]).toBe(0);
    expect(profile.missing).toBe(1);
  });
});
