import { booleanLevel } from '../../core/columns/class-label.ts';
import type { FeatureValue } from '../../core/events/events.ts';
import type { ByteReader, ByteWriter } from '../bytes.ts';
import type { CountingKernel } from '../../kernel/kernel.ts';
import { addTo, boundedContribution, CompensatedSums, LARGEST_CONTRIBUTION } from '../compensated.ts';
import { fingerprint } from './feature-reference.ts';
import { FORGOTTEN_COLUMN } from './forgotten-columns.ts';
import type { NumericReference } from './feature-reference.ts';
import { gridIndex, type GridIndex } from './grids/grid-index.ts';
import { EVERY_ROW, HeldValues, isManyFor } from './held-values.ts';
import { KernelCounts } from './kernel-counts.ts';
import { cellsOfCounts, giveBack, emptyCounts, type NumericCounts } from './numeric-counts.ts';
import { decodeGapSums, decodeSums, encodeGapSums, encodeSums } from './sums-codec.ts';

/**
 * One value goes the way of a column: a number handed on as an argument would be put on the heap each time.
 */
const TERM = new Float64Array(1);
const ONE_VALUE = new Float64Array(1);
const ONE_PLACE = new Int32Array(1);
const FIRST_ROW = new Uint16Array(1);
/** Of values that are held. */
const HELD_PLACES = new Int32Array(EVERY_ROW.length);

/** What an object and its array take beside what is in it. */
const OWN_CELLS = 48;

/** Numbers of a block that lie in the kernel's memory, and their places on the grid. */
export interface KernelNumbers {
  readonly kernel: CountingKernel;
  readonly values: Float64Array;
  readonly places: Int32Array;
  /** Address of the grid. */
  readonly gridAt: number;
}

/**
 * A window's counts of one numeric feature on the baseline's grid: at each point, strictly between points, and
 * the sum of what fell between. NumericCounts are integers and add exactly; size does not grow with traffic.
 *
 * The first values are held as they came and counted when somebody asks, or when their counts take less room: what one
 * segment gains between two checkpoints is a few rows, whose counts would be hundreds of zeros, and even a thousand are
 * faster written one behind the other than each counted where no cache is near. Where the kernel holds or counts they lie in
 * its memory, and come back when somebody reads them.
 *
 * null, undefined, NaN and "" are missing; any other string, a boolean and INVALID_VALUE are invalid (that is how
 * a changed type shows), but where the baseline holds nothing but 1 and 0 booleans are those; ±Infinity is counted apart and is part of the invalid share.
 */
export class NumericProfile {
  readonly kind = 'numeric';
  readonly reference: NumericReference;
  invalid = 0;
  infinite = 0;
  /** Null as long as values are held, or the kernel counts. */
  private counts: NumericCounts | null = null;
  private held: HeldValues | null = null;
  private inKernel: KernelCounts | null = null;
  /** Of the thread, once it has met values of this feature. */
  private kernel: CountingKernel | null = null;
  private missingHere = 0;
  /** Values. */
  private expected = 0;
  /** Where the kernel looks for the address of what it adds to. */
  private addresses: Int32Array | null = null;
  private addressAt = 0;
  private readonly index: GridIndex;

  constructor(reference: NumericReference) {
    this.reference = reference;
    this.index = gridIndex(reference.grid);
  }

  get missing(): number {
    return this.missingHere + (this.inKernel?.missing ?? this.held?.missing ?? 0);
  }

  set missing(rows: number) {
    this.missingHere += rows - this.missing;
  }

  get equal(): Float64Array {
    return this.counted().equal;
  }

  get between(): Float64Array {
    return this.counted().between;
  }

  get betweenSums(): CompensatedSums {
    return this.counted().betweenSums;
  }

  private counted(): NumericCounts {
    if (this.counts === null) {
      this.counts = this.inKernel?.toCounts() ?? this.countHeld();
      this.letGo();
    }
    return this.counts;
  }

  /** The counts of what is held, which stays held. */
  private countHeld(): NumericCounts {
    const counts = emptyCounts(this.reference.grid.length);
    const { held } = this;
    if (held !== null) {
      this.index.locate(held.values, HELD_PLACES, held.count);
      this.count(counts, held.values, HELD_PLACES, EVERY_ROW, held.count, 1);
    }
    return counts;
  }

  /** Of everything but the counts, and of how many rows are missing. */
  private letGo(): void {
    this.missingHere = this.missing;
    this.held?.letGo();
    this.held = null;
    this.inKernel?.release();
    this.inKernel = null;
    this.sayAddress();
  }

  private sayAddress(): void {
    if (this.addresses !== null)
      this.addresses[this.addressAt] = this.inKernel?.address ?? this.held?.address ?? 0;
  }

  /** Where the kernel adds to what is counted or held, or 0 while that is not in its memory, stands at `at` from here on. */
  noteAddress(addresses: Int32Array, at: number): void {
    this.addresses = addresses;
    this.addressAt = at;
    this.sayAddress();
  }

  /** About so many values come: where holding them is not worth it, none are held. */
  expect(values: number): void {
    this.expected = values;
  }

  add(value: FeatureValue | undefined, sign: 1 | -1): void {
    if (typeof value === 'number') this.addNumber(value, sign);
    else if (value === null || value === undefined || value === '') this.missing += sign;
    else if (typeof value !== 'symbol' && isFlag(this.reference) && booleanLevel(value) !== null)
      this.addNumber(booleanLevel(value) === 'true' ? 1 : 0, sign);
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
    if (sign === 1 && this.hold(values, rows, count, this.kernel)) return;
    this.count(this.counted(), values, places, rows, count, sign);
  }

  /** The same in the kernel, whose memory the counts then lie in. */
  addInKernel(numbers: KernelNumbers, rows: Uint16Array, count: number, sign: 1 | -1): void {
    const { kernel, values, places, gridAt } = numbers;
    this.kernel = kernel;
    if (sign === 1 && this.hold(values, rows, count, kernel)) return;
    const counts = this.countedIn(kernel);
    if (counts === null) {
      this.count(this.counted(), values, places, rows, count, sign);
      return;
    }
    const { grid, mean } = this.reference;
    const [valuesAt, placesAt, rowsAt] = [values.byteOffset, places.byteOffset, rows.byteOffset];
    kernel.countNumbers(valuesAt, placesAt, rowsAt, count, gridAt, grid.length, mean, counts.address, sign);
  }

  /** Null: the kernel has no room for them. */
  private countedIn(kernel: CountingKernel): KernelCounts | null {
    if (this.inKernel !== null) return this.inKernel;
    const points = this.reference.grid.length;
    const { counts, held } = this;
    const made =
      counts === null
        ? KernelCounts.ofValues(kernel, this.reference, held)
        : KernelCounts.from(kernel, points, counts);
    if (made === null) return null;
    this.letGo();
    if (counts !== null) giveBack(counts);
    this.counts = null;
    this.inKernel = made;
    this.sayAddress();
    return made;
  }

  /** False, and nothing is held: they are counted already, or would be too many. */
  private hold(
    values: Float64Array,
    rows: Uint16Array,
    count: number,
    kernel: CountingKernel | null,
  ): boolean {
    if (this.counts !== null || this.inKernel !== null) return false;
    const points = this.reference.grid.length;
    if (isManyFor(points, this.expected)) return false;
    this.held ??= new HeldValues(points, this.expected);
    if (!this.held.take(values, rows, count, kernel)) return false;
    this.sayAddress();
    return true;
  }

  private count(
    counts: NumericCounts,
    values: Float64Array,
    places: Int32Array,
    rows: Uint16Array,
    count: number,
    sign: 1 | -1,
  ): void {
    const { equal, between } = counts;
    const { grid, mean } = this.reference;
    const points = grid.length;
    const most = LARGEST_CONTRIBUTION;
    const { high, low } = counts.betweenSums;
    const { high: squaresHigh, low: squaresLow } = counts.squares;
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
    const own = this.counted();
    const others = other.counted();
    addInto(own.equal, others.equal, sign);
    addInto(own.between, others.between, sign);
    own.betweenSums.merge(others.betweenSums, sign);
    own.squares.merge(others.squares, sign);
  }

  /** Gives its memory to the next one. It must not be used any more. */
  release(): void {
    this.letGo();
    if (this.counts !== null) giveBack(this.counts);
    this.counts = null;
  }

  /** What it takes of memory, about, in values of eight bytes. */
  get cells(): number {
    return OWN_CELLS + (this.counts?.memory.length ?? this.inKernel?.cells ?? this.held?.cells ?? 0);
  }

  /** The same of one that counts, however much. */
  get mostCells(): number {
    return OWN_CELLS + cellsOfCounts(this.reference.grid.length);
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
    const variance = this.counted().squares.get(0) / this.n - (mean - this.reference.mean) ** 2;
    return Number.isFinite(variance) ? Math.sqrt(Math.max(0, variance)) : null;
  }

  encode(writer: ByteWriter): void {
    writer.unsigned(fingerprint(this.reference));
    for (const count of [this.missing, this.invalid, this.infinite]) writer.signed(count);
    const encoded = this.encodedByKernel();
    if (encoded !== null) {
      writer.raw(encoded);
      return;
    }
    // What is held stays so: counted for this moment only, a thousand profiles take the room of one.
    const counts = this.counts ?? this.countHeld();
    writer.sparse(counts.equal);
    writer.sparse(counts.between);
    encodeGapSums(writer, counts.betweenSums, { grid: this.reference.grid, counts: counts.between });
    encodeSums(writer, counts.squares);
    if (this.counts === null) giveBack(counts);
  }

  /** Null: there is none, or the thread has the counts. */
  private encodedByKernel(): Uint8Array | null {
    const { inKernel, kernel, held, counts, reference } = this;
    if (inKernel !== null) return inKernel.encode(reference.grid);
    if (counts !== null || held === null || kernel === null) return null;
    return KernelCounts.encodeValues(kernel, reference, held);
  }

  /** @param hasGapSums they were written as sums of gaps: before format 3 of profiles they were not */
  static decode(reader: ByteReader, reference: NumericReference, hasGapSums = true): NumericProfile {
    const mark = reader.unsigned();
    if (mark === FORGOTTEN_COLUMN) return new NumericProfile(reference);
    if (mark !== fingerprint(reference)) {
      throw new Error(`stored counts of ${reference.name} belong to another baseline`);
    }
    const profile = new NumericProfile(reference);
    profile.missing = reader.signed();
    profile.invalid = reader.signed();
    profile.infinite = reader.signed();
    const counts = profile.counted();
    reader.sparse(counts.equal);
    reader.sparse(counts.between);
    if (hasGapSums) decodeGapSums(reader, counts.betweenSums, counts.between);
    else decodeSums(reader, counts.betweenSums);
    decodeSums(reader, counts.squares);
    return profile;
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

/** A boolean that was written as 1 and 0. */
function isFlag({ grid, equal, exact, n }: NumericReference): boolean {
  if (!exact || n === 0 || grid.length > 2) return false;
  return grid.every((value, at) => value === 0 || value === 1 || equal[at] === 0);
}
