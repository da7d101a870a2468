/**
 * Reads the numbers of a saved state, which may have been written by anybody. Once something did not fit, every
 * further read answers 0 and `ok` stays false, so that a kernel checks once, at its end.
 */
export class StateReader {
  private readonly numbers: readonly unknown[];
  private at = 0;
  private failed = false;

  constructor(numbers: readonly unknown[]) {
    this.numbers = numbers;
  }

  /** A whole number from 0 to `most`. */
  count(most: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.next();
    return this.accept(value, Number.isInteger(value) && value >= 0 && value <= most);
  }

  /** A finite number in [min, max]. */
  real(min = -LARGEST_STATE, max = LARGEST_STATE): number {
    const value = this.next();
    return this.accept(value, value >= min && value <= max);
  }

  /** As `real`, and null for Infinity. */
  realOrInfinity(min = -LARGEST_STATE): number {
    if (this.at < this.numbers.length && this.numbers[this.at] === null) {
      this.at += 1;
      return Infinity;
    }
    return this.real(min);
  }

  /** True once everything was read, and all of it fitted. */
  finished(): boolean {
    return this.ok && this.at === this.numbers.length;
  }

  get ok(): boolean {
    return !this.failed;
  }

  private next(): number {
    const value = this.numbers[this.at++];
    return typeof value === 'number' ? value : Number.NaN;
  }

  private accept(value: number, fits: boolean): number {
    if (fits && !this.failed) return value;
    this.failed = true;
    return 0;
  }
}

/** Sums of squares of the largest values, over the longest streams. */
const LARGEST_STATE = 1e250;
