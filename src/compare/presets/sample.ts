import { moments } from '../../stats/profile/numeric-reference.ts';

/** The finite values of a numeric column, or of some of its rows. Sorting and moments are done when first asked for. */
export class Sample {
  /** As given: NaN and ±Infinity may be among them. */
  readonly raw: Float64Array;
  /** How many are finite. */
  readonly n: number;
  readonly infinite: number;
  /** Of the finite values; NaN when there are none. */
  readonly min: number;
  readonly max: number;
  /** All values are whole numbers and none is missing: pandas reads such a column as integers. */
  readonly whole: boolean;
  #sorted: Float64Array | null;
  #moments: { mean: number; m2: number } | null = null;

  constructor(raw: Float64Array, sorted: Float64Array | null = null) {
    let n = 0;
    let infinite = 0;
    let min = Number.NaN;
    let max = Number.NaN;
    let whole = true;
    for (const value of raw) {
      if (!Number.isFinite(value)) {
        if (!Number.isNaN(value)) infinite += 1;
        continue;
      }
      n += 1;
      if (!(value >= min)) min = value;
      if (!(value <= max)) max = value;
      whole &&= Number.isInteger(value);
    }
    this.raw = raw;
    this.n = n;
    this.infinite = infinite;
    this.min = min;
    this.max = max;
    this.whole = whole && n === raw.length;
    this.#sorted = sorted;
  }

  get sorted(): Float64Array {
    if (this.#sorted === null) {
      const finite = new Float64Array(this.n);
      let at = 0;
      for (const value of this.raw) if (Number.isFinite(value)) finite[at++] = value;
      this.#sorted = finite.sort();
    }
    return this.#sorted;
  }

  /** The finite values in any order. */
  get finite(): Float64Array {
    return this.n === this.raw.length ? this.raw : this.sorted;
  }

  get mean(): number {
    return this.#deviations().mean;
  }

  /** With ddof 0 or 1; NaN when too few values are left. */
  standardDeviation(ddof: 0 | 1): number {
    return this.n > ddof ? Math.sqrt(this.#deviations().m2 / (this.n - ddof)) : Number.NaN;
  }

  #deviations(): { mean: number; m2: number } {
    this.#moments ??= moments(this.finite);
    return this.#moments;
  }
}
