import type { FeatureValue } from '../../core/events.ts';
import type { ByteReader, ByteWriter } from '../bytes.ts';
import { addTo, boundedContribution, CompensatedSums, LARGEST_CONTRIBUTION } from '../compensated.ts';
import { fingerprint } from './feature-reference.ts';
import type { NumericReference } from './feature-reference.ts';
import { gridIndex, type GridIndex } from './grid-index.ts';
import { spareArrays } from './spare-arrays.ts';

/**
 * One value goes the way of a column: a number handed on as an argument would be put on the heap each time.
 */
const TERM = new Float64Array(1);
const ONE_VALUE = new Float64Array(1);
const ONE_PLACE = new Int32Array(1);
const FIRST_ROW = new Uint16Array(1);

/**
 * A window's counts of one numeric feature on the baseline's grid: at each point, strictly between points, and
 * the sum of what fell between. Counts are integers and add exactly; size does not grow with traffic.
 *
 * null, undefined, NaN and "" are missing; any other string, a boolean and INVALID_VALUE are invalid (that is how
 * a changed type shows); ±Infinity is counted apart and is part of the invalid share.
 */
export class NumericProfile {
  readonly kind = 'numeric';
  readonly reference: NumericReference;
  missing = 0;
  invalid = 0;
  infinite = 0;
  readonly equal: Float64Array;
  readonly between: Float64Array;
  readonly betweenSums: CompensatedSums;
  /** Σ (x − the reference's mean)², for the window's own spread. */
  private readonly squares = new CompensatedSums(1);
  private readonly index: GridIndex;
  /** All counts and sums, side by side. */
  private readonly memory: Float64Array;

  constructor(reference: NumericReference) {
    this.reference = reference;
    const points = reference.grid.length;
    const gaps = points + 1;
    this.memory = spareArrays.take(points + 3 * gaps);
    const piece = (at: number, length: number) => this.memory.subarray(at, at + length);
    this.equal = piece(0, points);
    this.between = piece(points, gaps);
    this.betweenSums = new CompensatedSums(gaps, {
      high: piece(points + gaps, gaps),
      low: piece(points + 2 * gaps, gaps),
    });
    this.index = gridIndex(reference.grid);
  }

  add(value: FeatureValue | undefined, sign: 1 | -1): void {
    if (typeof value === 'number') this.addNumber(value, sign);
    else if (value === null || value === undefined || value === '') this.missing += sign;
    else this.invalid += sign;
  }

  addNumber(x: number, sign: 1 | -1): void {
    if (x === Infinity || x === -Infinity) {
      this.infinite += sign;
      return;
    }
    ONE_VALUE[0] = x;
    this.index.locate(ONE_VALUE, ONE_PLACE, 1);
    this.addColumn(ONE_VALUE, ONE_PLACE, FIRST_ROW, 1, sign);
  }

  /**
   * Adds the values of the first `count` of `rows`, whose places on the grid are known. NaN is missing; what is infinite
   * here has been counted by whoever knew better.
   */
  addColumn(values: Float64Array, places: Int32Array, rows: Uint16Array, count: number, sign: 1 | -1): void {
    const { equal, between } = this;
    const { grid, mean } = this.reference;
    const points = grid.length;
    const most = LARGEST_CONTRIBUTION;
    const { high, low } = this.betweenSums;
    const { high: squaresHigh, low: squaresLow } = this.squares;
    for (let i = 0; i < count; i++) {
      const row = rows[i] ?? 0;
      const x = values[row] ?? 0;
      if (x - x !== 0) {
        if (Number.isNaN(x)) this.missing += sign;
        continue;
      }
      const at = places[row] ?? 0;
      // Never read past the end: what might be undefined is put on the heap.
      if (at < points && grid[at] === x) {
        equal[at] = (equal[at] ?? 0) + sign;
      } else {
        between[at] = (between[at] ?? 0) + sign;
        TERM[0] = sign * x;
        if (x > most || x < -most) TERM[0] = sign * boundedContribution(x);
        addTo(high, low, at, TERM);
      }
      const square = (x - mean) * (x - mean);
      TERM[0] = sign * square;
      if (square > most) TERM[0] = sign * most;
      addTo(squaresHigh, squaresLow, 0, TERM);
    }
  }

  /** Moves rows counted as missing to invalid: a column reader has already replaced unreadable cells by NaN. */
  reclassifyMissingAsInvalid(rows: number): void {
    this.missing -= rows;
    this.invalid += rows;
  }

  merge(other: NumericProfile): void {
    this.combine(other, 1);
  }

  subtract(other: NumericProfile): void {
    this.combine(other, -1);
  }

  private combine(other: NumericProfile, sign: 1 | -1): void {
    if (fingerprint(other.reference) !== fingerprint(this.reference)) {
      throw new Error(`profiles of ${this.reference.name} were counted on different grids`);
    }
    this.missing += sign * other.missing;
    this.invalid += sign * other.invalid;
    this.infinite += sign * other.infinite;
    addInto(this.equal, other.equal, sign);
    addInto(this.between, other.between, sign);
    this.betweenSums.merge(other.betweenSums, sign);
    this.squares.merge(other.squares, sign);
  }

  /** Gives its memory to the next one. It must not be used any more. */
  release(): void {
    spareArrays.give(this.memory);
  }

  /** What it takes of memory, about, in values of eight bytes. */
  get cells(): number {
    return this.equal.length + this.between.length + 2 * this.betweenSums.high.length;
  }

  /** Finite values. */
  get n(): number {
    return total(this.equal) + total(this.between);
  }

  get rows(): number {
    return this.n + this.missing + this.invalid + this.infinite;
  }

  /** Null without values. */
  get mean(): number | null {
    const n = this.n;
    if (n <= 0) return null;
    const sum = new CompensatedSums(1);
    sum.add(0, this.betweenSums.total());
    for (let i = 0; i < this.equal.length; i++) {
      const count = this.equal[i] ?? 0;
      if (count !== 0) sum.add(0, count * (this.reference.grid[i] ?? 0));
    }
    const mean = sum.get(0) / n;
    return Number.isFinite(mean) ? mean : null;
  }

  /** Standard deviation (ddof 0); null without values. */
  get standardDeviation(): number | null {
    const mean = this.mean;
    if (mean === null) return null;
    const variance = this.squares.get(0) / this.n - (mean - this.reference.mean) ** 2;
    return Number.isFinite(variance) ? Math.sqrt(Math.max(0, variance)) : null;
  }

  encode(writer: ByteWriter): void {
    writer.unsigned(fingerprint(this.reference));
    for (const count of [this.missing, this.invalid, this.infinite]) writer.signed(count);
    writer.sparse(this.equal);
    writer.sparse(this.between);
    encodeSums(writer, this.betweenSums);
    encodeSums(writer, this.squares);
  }

  static decode(reader: ByteReader, reference: NumericReference): NumericProfile {
    if (reader.unsigned() !== fingerprint(reference)) {
      throw new Error(`stored counts of ${reference.name} belong to another baseline`);
    }
    const profile = new NumericProfile(reference);
    profile.missing = reader.signed();
    profile.invalid = reader.signed();
    profile.infinite = reader.signed();
    reader.sparse(profile.equal);
    reader.sparse(profile.between);
    decodeSums(reader, profile.betweenSums);
    decodeSums(reader, profile.squares);
    return profile;
  }
}

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

export function addInto(target: Float64Array, source: Float64Array, sign: 1 | -1): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? 0) + sign * (source[i] ?? 0);
}

function total(counts: Float64Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
