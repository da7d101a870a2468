import type { StateReader } from './state-reader.ts';

/** 2^48 values: no stream gets there, and no hostile state takes more memory. */
const MAX_ROWS = 48;

/**
 * The values since it was cleared, in buckets of 1, 2, 4, … values, the newest finest, at most `maxBuckets` of a
 * size. Knows number, sum and spread of every stretch that ends at a boundary. Memory O(maxBuckets · log n), allocated
 * once; a value costs O(1) amortised.
 * Source: Datar, Gionis, Indyk & Motwani, SIAM J. Comput. 31 (2002); spread as Babcock et al., PODS 2003.
 */
export class ExponentialHistogram {
  private readonly maxBuckets: number;
  /** Row r holds buckets of 2^r values, oldest first, `slots` places each. */
  private readonly slots: number;
  private readonly filled = new Int32Array(MAX_ROWS);
  private readonly sums: Float64Array;
  private readonly squares: Float64Array;
  private rows = 1;
  private total = 0;
  private squaredDistances = 0;
  /** The first value, taken off all: a large constant then leaves no rounding behind. */
  private origin = 0;
  width = 0;

  constructor(maxBuckets: number) {
    this.maxBuckets = maxBuckets;
    this.slots = maxBuckets + 1;
    this.sums = new Float64Array(MAX_ROWS * this.slots);
    this.squares = new Float64Array(MAX_ROWS * this.slots);
  }

  /** Of all values (ddof 0). */
  get variance(): number {
    return Math.max(0, this.squaredDistances) / this.width;
  }

  insert(raw: number): void {
    if (this.width === 0) this.origin = raw;
    const value = raw - this.origin;
    if (this.width > 0) {
      const away = value - this.total / this.width;
      this.squaredDistances += (this.width * away * away) / (this.width + 1);
    }
    this.width += 1;
    this.total += value;
    this.append(0, value, 0);
    for (let row = 0; row < this.rows && this.filled[row] === this.slots; row++) this.mergeOldestTwo(row);
  }

  private append(row: number, sum: number, square: number): void {
    const at = row * this.slots + (this.filled[row] ?? 0);
    this.sums[at] = sum;
    this.squares[at] = square;
    this.filled[row] = (this.filled[row] ?? 0) + 1;
    if (row >= this.rows) this.rows = row + 1;
  }

  private mergeOldestTwo(row: number): void {
    const at = row * this.slots;
    const first = this.sums[at] ?? 0;
    const second = this.sums[at + 1] ?? 0;
    const size = 2 ** row;
    const between = (first - second) / size;
    const square = (this.squares[at] ?? 0) + (this.squares[at + 1] ?? 0) + (between * between * size) / 2;
    this.removeOldest(row, 2);
    // No stream fills the last row.
    if (row + 1 < MAX_ROWS) this.append(row + 1, first + second, square);
  }

  private removeOldest(row: number, count: number): void {
    const at = row * this.slots;
    this.sums.copyWithin(at, at + count, at + this.slots);
    this.squares.copyWithin(at, at + count, at + this.slots);
    this.filled[row] = (this.filled[row] ?? 0) - count;
  }

  /**
   * Of all boundaries with at least `minSide` values on either side, the one where |mean before − mean after| is
   * largest in units of `scale(before, after)`, if that is above `least`: how many values lie after it. 0: none.
   */
  bestCut(minSide: number, least: number, scale: (older: number, newer: number) => number): number {
    let older = 0;
    let olderSum = 0;
    let largest = least;
    let cut = 0;
    for (let row = this.rows - 1; row >= 0; row--) {
      for (let k = 0; k < (this.filled[row] ?? 0); k++) {
        older += 2 ** row;
        olderSum += this.sums[row * this.slots + k] ?? 0;
        const newer = this.width - older;
        if (newer < minSide) return cut;
        if (older < minSide) continue;
        const gap = Math.abs(olderSum / older - (this.total - olderSum) / newer) / scale(older, newer);
        if (gap <= largest) continue;
        largest = gap;
        cut = newer;
      }
    }
    return cut;
  }

  /** Forgets the oldest bucket. */
  dropOldest(): void {
    const row = this.rows - 1;
    const size = 2 ** row;
    const sum = this.sums[row * this.slots] ?? 0;
    this.width -= size;
    this.total -= sum;
    const away = sum / size - this.total / this.width;
    const square = this.squares[row * this.slots] ?? 0;
    this.squaredDistances -= square + (size * this.width * away * away) / (size + this.width);
    this.removeOldest(row, 1);
    while (this.rows > 1 && this.filled[this.rows - 1] === 0) this.rows -= 1;
  }

  clear(): void {
    this.filled.fill(0);
    this.rows = 1;
    this.width = 0;
    this.total = 0;
    this.squaredDistances = 0;
    this.origin = 0;
  }

  save(into: number[]): void {
    into.push(this.width, this.total, this.squaredDistances, this.origin, this.rows);
    for (let row = 0; row < this.rows; row++) {
      into.push(this.filled[row] ?? 0);
      for (let k = 0; k < (this.filled[row] ?? 0); k++) {
        into.push(this.sums[row * this.slots + k] ?? 0, this.squares[row * this.slots + k] ?? 0);
      }
    }
  }

  load(from: StateReader): boolean {
    this.clear();
    const width = from.count();
    const total = from.real();
    const squaredDistances = from.real();
    const origin = from.real();
    const rows = from.count(MAX_ROWS);
    let values = 0;
    for (let row = 0; row < rows; row++) {
      const buckets = from.count(this.maxBuckets);
      values += buckets * 2 ** row;
      for (let k = 0; k < buckets; k++) this.append(row, from.real(), from.real(0));
    }
    this.width = width;
    this.total = total;
    // Dropping may have left it a little below nothing.
    this.squaredDistances = squaredDistances;
    this.origin = origin;
    // An empty last row would be dropped as if it held the oldest values.
    return from.ok && rows > 0 && values === width && (rows === 1 || (this.filled[rows - 1] ?? 0) > 0);
  }
}
