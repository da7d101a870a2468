import type { ByteReader, ByteWriter } from '../bytes.ts';
import { addTo, CompensatedSums } from '../compensated.ts';
import { decodeSums, encodeSums } from './sums-codec.ts';

/** A quantile read from the counts is off by no more than 1/128 of itself. */
export const BUCKETS_PER_OCTAVE = 64;
/** Values are counted from 2^-46 (below: as zero) to below 2^26 (above: as the largest). */
const FIRST_OCTAVE = -46;
const OCTAVES = 72;
const SMALLEST: number = 2 ** FIRST_OCTAVE;
/** Sums are of whole units of 2^-60, so that they are exact in whatever order up to 2^45, 3.5e13. */
const UNITS_IN_ONE: number = 2 ** 60;
const WHOLE: number = 2 ** -8;
const LARGEST: number = 2 ** (FIRST_OCTAVE + OCTAVES) * (1 - 2 ** -53);
const EXPONENT_BIAS = 1023;

/** The double being counted, and its exponent and the six bits behind it without arithmetic. */
const VALUE = new Float64Array(1);
const TERM = new Float64Array(1);
const HIGH_WORD = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;
const VALUE_WORDS = new Int32Array(VALUE.buffer);

const NO_OCTAVES: (Float64Array | null)[] = [];

/** A bucket and how many values it holds, [from, to). */
export interface LogBucket {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * Counts of amounts that are not negative (latencies, costs, energies) in buckets that grow with the amount: 64 between
 * a number and its double, whose edges are doubles of at most seven bits. Unlike buckets by logarithm, every machine puts
 * a value into the same one.
 *
 * Counts and the sum add and undo exactly, in any order: what is summed is rounded to 2^-60 (1e-18), and cut at 2^26
 * (67 million). Negative and infinite amounts and NaN are `invalid` and nothing else. Memory: 512 bytes for each octave
 * that holds a value, at most 37 kB. Adding allocates nothing but the first time in an octave.
 */
export class LogHistogram {
  /** Below 2^-46. */
  zeros = 0;
  invalid = 0;
  /** Values counted, zeros included. */
  n = 0;
  /** None before the first value: of what nobody logs there is one in every part of a window. */
  private octaves: (Float64Array | null)[] = NO_OCTAVES;
  private readonly sums = new CompensatedSums(1);

  add(value: number, sign: 1 | -1): void {
    VALUE[0] = value;
    this.addScratch(sign);
  }

  /** Of the values, those of the given rows; NaN is no value. Nothing is allocated for a value. */
  addRows(values: Float64Array, rows: Uint16Array, count: number, sign: 1 | -1): void {
    for (let i = 0; i < count; i++) {
      const value = values[rows[i] ?? 0] ?? Number.NaN;
      // NaN is the one value that is not itself.
      if (value !== value) continue;
      VALUE[0] = value;
      this.addScratch(sign);
    }
  }

  /** Adds `VALUE`: a number handed on as an argument may be put on the heap each time. */
  private addScratch(sign: 1 | -1): void {
    const value = VALUE[0] ?? Number.NaN;
    if (!(value >= 0 && value < Infinity)) {
      this.invalid += sign;
      return;
    }
    const amount = value < LARGEST ? value : LARGEST;
    this.n += sign;
    if (amount < SMALLEST) {
      this.zeros += sign;
      return;
    }
    // Scaling by a power of two is exact. From `WHOLE` on a double is whole units already.
    TERM[0] = sign * (amount >= WHOLE ? amount : Math.round(amount * UNITS_IN_ONE) / UNITS_IN_ONE);
    addTo(this.sums.high, this.sums.low, 0, TERM);
    VALUE[0] = amount;
    const high = VALUE_WORDS[HIGH_WORD] ?? 0;
    const octave = (high >>> 20) - EXPONENT_BIAS - FIRST_OCTAVE;
    const counts = this.octaves[octave] ?? this.openOctave(octave);
    const bucket = (high >>> 14) & (BUCKETS_PER_OCTAVE - 1);
    counts[bucket] = (counts[bucket] ?? 0) + sign;
  }

  private openOctave(octave: number): Float64Array {
    const counts = new Float64Array(BUCKETS_PER_OCTAVE);
    if (this.octaves.length === 0) this.octaves = Array.from({ length: OCTAVES }, () => null);
    this.octaves[octave] = counts;
    return counts;
  }

  /** Σ of the values; 0 when empty. */
  get sum(): number {
    return this.sums.get(0);
  }

  /** Null when empty. */
  get mean(): number | null {
    return this.n > 0 ? this.sum / this.n : null;
  }

  /** Buckets that hold something, ascending; zeros first, as [0, 2^-46). */
  buckets(): LogBucket[] {
    const found: LogBucket[] = this.zeros === 0 ? [] : [{ from: 0, to: SMALLEST, count: this.zeros }];
    for (const [octave, counts] of this.octaves.entries()) {
      if (counts === null) continue;
      const start = 2 ** (FIRST_OCTAVE + octave);
      for (const [bucket, count] of counts.entries()) {
        if (count === 0) continue;
        const from = start * (1 + bucket / BUCKETS_PER_OCTAVE);
        found.push({ from, to: start * (1 + (bucket + 1) / BUCKETS_PER_OCTAVE), count });
      }
    }
    return found;
  }

  merge(other: LogHistogram, sign: 1 | -1): void {
    this.zeros += sign * other.zeros;
    this.invalid += sign * other.invalid;
    this.n += sign * other.n;
    this.sums.merge(other.sums, sign);
    for (const [octave, counts] of other.octaves.entries()) {
      if (counts === null) continue;
      const own = this.octaves[octave] ?? this.openOctave(octave);
      for (const [bucket, count] of counts.entries()) own[bucket] = (own[bucket] ?? 0) + sign * count;
    }
  }

  encode(writer: ByteWriter): void {
    writer.signed(this.n);
    writer.signed(this.zeros);
    writer.signed(this.invalid);
    // An octave that came back to nothing leaves no trace.
    const used = this.octaves.filter((counts) => counts !== null && counts.some((count) => count !== 0));
    writer.unsigned(used.length);
    for (const [octave, counts] of this.octaves.entries()) {
      if (counts === null || !used.includes(counts)) continue;
      writer.unsigned(octave);
      writer.sparse(counts);
    }
    encodeSums(writer, this.sums);
  }

  /** Throws on damage. */
  static decode(reader: ByteReader): LogHistogram {
    const histogram = new LogHistogram();
    histogram.n = reader.signed();
    histogram.zeros = reader.signed();
    histogram.invalid = reader.signed();
    let last = -1;
    for (let used = reader.count(3); used > 0; used--) {
      const octave = reader.unsigned();
      if (octave <= last || octave >= OCTAVES) throw new RangeError('an octave outside its histogram');
      last = octave;
      reader.sparse(histogram.openOctave(octave));
    }
    decodeSums(reader, histogram.sums);
    return histogram;
  }
}
