/**
 * Sums that keep about 106 bits (a high and a low double each), so that adding in another order, or adding and
 * taking away again, gives the same sum to 1e-30 of the largest intermediate one. Values that span less than
 * 2^20 in size add exactly up to 2^32 rows. `elementary.ts` keeps half of it, and cannot take away. Source: Dekker 1971, Knuth's two-sum.
 */
export class CompensatedSums {
  readonly high: Float64Array;
  readonly low: Float64Array;

  /** `memory`: zeros, where they lie somewhere already. */
  constructor(size: number, memory?: { readonly high: Float64Array; readonly low: Float64Array }) {
    this.high = memory?.high ?? new Float64Array(size);
    this.low = memory?.low ?? new Float64Array(size);
  }

  add(at: number, value: number): void {
    TERM[0] = value;
    addTo(this.high, this.low, at, TERM);
  }

  /** Adds `sign` times each of the other's sums. */
  merge(other: CompensatedSums, sign: 1 | -1): void {
    for (let i = 0; i < this.high.length; i++) {
      const high = other.high[i] ?? 0;
      const low = other.low[i] ?? 0;
      if (high !== 0 || low !== 0) this.addPair(i, sign * high, sign * low);
    }
  }

  get(at: number): number {
    return (this.high[at] ?? 0) + (this.low[at] ?? 0);
  }

  /** The sum of entries `from` to `to` (exclusive). */
  total(from = 0, to: number = this.high.length): number {
    const sum = new CompensatedSums(1);
    for (let i = from; i < to; i++) sum.addPair(0, this.high[i] ?? 0, this.low[i] ?? 0);
    return sum.get(0);
  }

  private addPair(at: number, high: number, low: number): void {
    const h = this.high[at] ?? 0;
    const l = this.low[at] ?? 0;
    const s = h + high;
    const part = s - h;
    const error = h - (s - part) + (high - part);
    const t = l + low;
    const lowPart = t - l;
    const lowError = l - (t - lowPart) + (low - lowPart);
    const c = error + t;
    const top = s + c;
    const rest = c - (top - s) + lowError;
    const sum = top + rest;
    this.high[at] = sum + 0;
    this.low[at] = rest - (sum - top) + 0;
  }
}

/** A larger contribution is cut to this: two values near 1.8e308 would otherwise turn a sum into Infinity for good. */
export const LARGEST_CONTRIBUTION = 1e300;

export function boundedContribution(value: number): number {
  return Math.max(-LARGEST_CONTRIBUTION, Math.min(LARGEST_CONTRIBUTION, value));
}

const UNITS = 2 ** 50;

/**
 * A contribution rounded to a whole number of 2^-50 (9e-16). Sums of such numbers are exact below 2^55, so adding and
 * taking away in any order ends in the same bits.
 */
export function wholeUnits(value: number): number {
  // From 8 on every double is a whole number of them.
  return Math.abs(value) < 8 ? Math.round(value * UNITS) / UNITS : boundedContribution(value);
}

const TERM = new Float64Array(1);

/**
 * Adds `term[0]` to the sum whose two parts are `high[at]` and `low[at]`. Cheaper than adding a pair, since it is done for
 * every value: off by at most 2^-105 of the sum (Joldes, Muller, Popescu 2017, algorithm 4). The value comes in an array,
 * because a number handed on as an argument may be put on the heap each time.
 */
export function addTo(high: Float64Array, low: Float64Array, at: number, term: Float64Array): void {
  const value = term[0] ?? 0;
  const h = high[at] ?? 0;
  const s = h + value;
  const part = s - h;
  const rest = (low[at] ?? 0) + (h - (s - part) + (value - part));
  const sum = s + rest;
  // `+ 0` turns −0 into 0: an empty sum has one spelling.
  high[at] = sum + 0;
  low[at] = rest - (sum - s) + 0;
}
