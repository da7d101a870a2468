import { spareArrays } from './spare-arrays.ts';

/** So many values lie as they came, at most: half of what their counts would take at 4,096 points. */
const MOST_HELD = 1_024;
const FIRST_HELD = 32;

/** Every value that is held, as rows of a column. */
export const EVERY_ROW = Uint16Array.from({ length: MOST_HELD }, (_, row) => row);

/** Whether counts on so many points take less room than so many values as they came. */
export const isManyFor = (points: number, values: number): boolean => values > Math.min(MOST_HELD, points);

/** The first values of a numeric feature as they came, with their places on the grid. */
export class HeldValues {
  readonly #points: number;
  /** Values, and in the second half their places on the grid. */
  #memory: Float64Array | null = null;
  #count = 0;

  /** `points`: of the grid. */
  constructor(points: number) {
    this.#points = points;
  }

  get count(): number {
    return this.#count;
  }

  get cells(): number {
    return this.#memory?.length ?? 0;
  }

  get values(): Float64Array {
    return this.#memory ?? NO_VALUES;
  }

  /** Valid until the next ask for those of any. */
  get places(): Int32Array {
    const memory = this.values;
    const half = memory.length / 2;
    for (let i = 0; i < this.#count; i++) PLACES[i] = memory[half + i] ?? 0;
    return PLACES;
  }

  /** Whether so many more are still worth holding. */
  hasRoom(count: number): boolean {
    return !isManyFor(this.#points, this.#count + count);
  }

  /** Holds the finite values of the first `count` of `rows`; answers how many are missing (NaN). */
  take(values: Float64Array, places: Int32Array, rows: Uint16Array, count: number): number {
    const memory = this.#withRoom(this.#count + count);
    const half = memory.length / 2;
    let at = this.#count;
    let missing = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] ?? 0;
      const x = values[row] ?? 0;
      if (x - x === 0) {
        memory[at] = x;
        memory[half + at] = places[row] ?? 0;
        at += 1;
      } else if (Number.isNaN(x)) missing += 1;
    }
    this.#count = at;
    return missing;
  }

  letGo(): void {
    if (this.#memory !== null) spareArrays.give(this.#memory);
    this.#memory = null;
    this.#count = 0;
  }

  #withRoom(needed: number): Float64Array {
    const held = this.#memory;
    const had = held === null ? 0 : held.length / 2;
    if (held !== null && needed <= had) return held;
    let room = Math.max(FIRST_HELD, had);
    while (room < needed) room *= 2;
    const larger = spareArrays.take(2 * room);
    if (held !== null) {
      larger.set(held.subarray(0, this.#count));
      larger.set(held.subarray(had, had + this.#count), room);
      spareArrays.give(held);
    }
    this.#memory = larger;
    return larger;
  }
}

const NO_VALUES = new Float64Array();
const PLACES = new Int32Array(MOST_HELD);
