/** Kept for others, at most: 64 MiB. */
const MOST_VALUES = 8 * 1024 * 1024;

/**
 * Arrays that were given back, by their length. Every few seconds a checkpoint needs thousands of them for its moment,
 * of the same lengths as the one before: made anew each time, they leave the memory of a process full of holes that
 * neither it nor anybody else can use.
 */
export class SpareArrays {
  readonly #ofLength = new Map<number, Float64Array[]>();
  readonly #mostValues: number;
  #values = 0;

  constructor(mostValues: number = MOST_VALUES) {
    this.#mostValues = mostValues;
  }

  /** Values held for others. */
  get values(): number {
    return this.#values;
  }

  /** An array of zeros, or of `value`. */
  take(length: number, value = 0): Float64Array {
    const spare = this.#ofLength.get(length)?.pop();
    if (spare === undefined)
      return value === 0 ? new Float64Array(length) : new Float64Array(length).fill(value);
    this.#values -= length;
    return spare.fill(value);
  }

  /** Whoever gives an array back does not use it any more. */
  give(array: Float64Array): void {
    if (this.#values + array.length > this.#mostValues) return;
    this.#values += array.length;
    const others = this.#ofLength.get(array.length);
    if (others === undefined) this.#ofLength.set(array.length, [array]);
    else others.push(array);
  }
}

/** Those of this thread. */
export const spareArrays = new SpareArrays();
