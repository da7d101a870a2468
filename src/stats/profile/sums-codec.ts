import type { ByteReader, ByteWriter } from '../bytes.ts';
import type { CompensatedSums } from '../compensated.ts';

/** Sums in the places of a grid: how many are not zero, then of each the step from the one before and its digits. */
export function encodeSums(writer: ByteWriter, sums: CompensatedSums): void {
  let count = 0;
  for (let i = 0; i < sums.high.length; i++) if (sums.high[i] !== 0 || sums.low[i] !== 0) count += 1;
  writer.unsigned(count);
  let next = 0;
  for (let i = 0; i < sums.high.length; i++) {
    const high = sums.high[i] ?? 0;
    const low = sums.low[i] ?? 0;
    if (high === 0 && low === 0) continue;
    writer.unsigned((i - next) * 2 + (low === 0 ? 0 : 1));
    writer.float(high);
    if (low !== 0) writer.float(low);
    next = i + 1;
  }
}

export function decodeSums(reader: ByteReader, into: CompensatedSums): void {
  const count = reader.count(9);
  let at = 0;
  for (let k = 0; k < count; k++) {
    const header = reader.unsigned();
    at += Math.floor(header / 2);
    if (at >= into.high.length) throw new RangeError('sum outside its grid');
    into.high[at] = reader.float();
    if (header % 2 === 1) into.low[at] = reader.float();
    at += 1;
  }
}

const AS_THEY_ARE = 0;
const MOST_DECIMALS = 9;
/** Steps between two of them still fit what a varint holds. */
const LARGEST = 2 ** 50;
const NEAR = 2 ** -50;

/** Of the gaps of a grid, below its first point and beyond its last included: what was counted there. */
export interface GapCounts {
  readonly grid: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
}

/**
 * Sums of what lies between the points of a grid. Of values with few digits they are whole numbers of a power of ten, written as steps
 * from one to the next: three bytes each, where a double and its rest take seventeen. What decimals gain by being doubles,
 * 2⁻⁵⁰ of the values that were summed, is left out then; else nothing is.
 */
export function encodeGapSums(writer: ByteWriter, sums: CompensatedSums, gaps: GapCounts): void {
  const decimals = decimalsOf(sums, gaps);
  if (decimals === null) {
    writer.unsigned(AS_THEY_ARE);
    encodeSums(writer, sums);
    return;
  }
  writer.unsigned(1 + decimals);
  const scale = 10 ** decimals;
  let before = 0;
  for (let i = 0; i < sums.high.length; i++) {
    if (gaps.counts[i] === 0) continue;
    const value = Math.round((sums.high[i] ?? 0) * scale);
    writer.signed(value - before);
    before = value;
  }
}

export function decodeGapSums(reader: ByteReader, into: CompensatedSums, counts: ArrayLike<number>): void {
  const form = reader.unsigned();
  if (form === AS_THEY_ARE) {
    decodeSums(reader, into);
    return;
  }
  if (form > 1 + MOST_DECIMALS) throw new RangeError(`sums of an unknown form ${form}`);
  const scale = 10 ** (form - 1);
  let value = 0;
  for (let i = 0; i < into.high.length; i++) {
    if (counts[i] === 0) continue;
    value += reader.signed();
    into.high[i] = value / scale;
  }
}

/** The fewest decimals that all sums have; null where some has more, or stands where nothing was counted. */
function decimalsOf({ high }: CompensatedSums, { grid, counts }: GapCounts): number | null {
  let decimals = 0;
  for (let i = 0; i < high.length; i++) {
    const sum = high[i] ?? 0;
    if (counts[i] === 0 && sum !== 0) return null;
    // No value of a gap lies further from zero than its ends; of the two outer ones only the sum is known.
    const end = Math.max(Math.abs(grid[i - 1] ?? 0), Math.abs(grid[i] ?? 0));
    const isInner = i > 0 && i < grid.length;
    const near = NEAR * Math.max(Math.abs(sum), isInner ? end * Math.abs(counts[i] ?? 0) : 0);
    while (!isWhole(sum, 10 ** decimals, near)) {
      decimals += 1;
      if (decimals > MOST_DECIMALS) return null;
    }
  }
  return decimals;
}

function isWhole(sum: number, scale: number, near: number): boolean {
  const value = Math.round(sum * scale);
  return Math.abs(value) < LARGEST && Math.abs(value / scale - sum) <= near;
}
