import type { CountingKernel } from '../../kernel/kernel.ts';
import { spareArrays } from './spare-arrays.ts';

/** What a place of the grid takes where the kernel counts, in values that are held. */
const VALUES_A_PLACE = 3;
/** Of a grid as long as it may be, two thirds of what counts take. */
const MOST_HELD = 8_192;
const FIRST_HELD = 32;
/** So many times more than may be held are counted from the first on. */
const FAR_TOO_MANY = 2;

/** Before the values, as `assembly/counts.as` has it: how many are held, how many there is room for, rows without a value. */
const HEAD_DOUBLES = 2;
const HEAD_WORDS = 2 * HEAD_DOUBLES;
const [COUNT, ROOM, MISSING] = [0, 1, 2];
/** Addresses of what the kernel counts are even. */
const HELD_MARK = 1;

/** Every value that is held, as rows of a column. */
export const EVERY_ROW = Uint16Array.from({ length: MOST_HELD }, (_, row) => row);

/** So many values take no more room than counts on so many points. */
export const mostHeld = (points: number): number => Math.min(MOST_HELD, VALUES_A_PLACE * points);

/** Whether it is not worth it to begin with holding so many. */
export const isManyFor = (points: number, values: number): boolean =>
  values > FAR_TOO_MANY * mostHeld(points);

/** The first values of a numeric feature as they came: in the kernel's memory, where it adds to them, or the thread's. */
export class HeldValues {
  readonly #most: number;
  #room = FIRST_HELD;
  /** Null: the memory is the thread's. */
  #kernel: CountingKernel | null = null;
  #memory: Float64Array | null = null;
  #head: Int32Array = NO_HEAD;

  /** `points`: of the grid. `expected`: about so many come. */
  constructor(points: number, expected: number) {
    this.#most = mostHeld(points);
    this.#roomFor(expected);
  }

  get count(): number {
    return this.#head[COUNT] ?? 0;
  }

  /** Rows without a value. */
  get missing(): number {
    return this.#head[MISSING] ?? 0;
  }

  get cells(): number {
    return this.#memory?.length ?? 0;
  }

  get values(): Float64Array {
    return this.#memory?.subarray(HEAD_DOUBLES, HEAD_DOUBLES + this.count) ?? NO_VALUES;
  }

  /** Where the kernel adds to them; 0: nowhere. */
  get address(): number {
    return this.#kernel === null || this.#memory === null ? 0 : this.#memory.byteOffset + HELD_MARK;
  }

  /** Holds the finite values of the first `count` of `rows` and counts what is missing (NaN). False, and nothing is: they are too many. */
  take(values: Float64Array, rows: Uint16Array, count: number, kernel: CountingKernel | null): boolean {
    const needed = this.count + count;
    if (needed > this.#most) return false;
    const memory = this.#withRoom(needed, kernel);
    let at = this.count + HEAD_DOUBLES;
    let missing = this.missing;
    for (let i = 0; i < count; i++) {
      const x = values[rows[i] ?? 0] ?? 0;
      if (x - x === 0) memory[at++] = x;
      else if (Number.isNaN(x)) missing += 1;
    }
    this.#head[COUNT] = at - HEAD_DOUBLES;
    this.#head[MISSING] = missing;
    return true;
  }

  letGo(): void {
    if (this.#memory !== null) giveTo(this.#kernel, this.#memory);
    this.#memory = null;
    this.#head = NO_HEAD;
  }

  #withRoom(needed: number, kernel: CountingKernel | null): Float64Array {
    const held = this.#memory;
    const isElsewhere = kernel !== null && this.#kernel === null;
    if (held !== null && needed <= (this.#head[ROOM] ?? 0) && !isElsewhere) return held;
    const room = this.#roomFor(needed);
    const inKernel = kernel ?? this.#kernel;
    const length = HEAD_DOUBLES + room;
    const owner = inKernel !== null && inKernel.hasRoom(8 * length) ? inKernel : null;
    const memory = owner === null ? spareArrays.take(length) : owner.float64(length);
    const head = new Int32Array(memory.buffer, memory.byteOffset, HEAD_WORDS);
    if (held !== null) {
      memory.set(held.subarray(0, HEAD_DOUBLES + this.count));
      giveTo(this.#kernel, held);
    }
    head[ROOM] = room;
    this.#memory = memory;
    this.#head = head;
    this.#kernel = owner;
    return memory;
  }

  /** Of few sizes: what is given back is of use to the next one. */
  #roomFor(values: number): number {
    while (this.#room < values) this.#room *= 2;
    return Math.min(this.#room, this.#most);
  }
}

function giveTo(kernel: CountingKernel | null, memory: Float64Array): void {
  if (kernel === null) spareArrays.give(memory);
  else kernel.giveArray(memory);
}

const NO_HEAD = new Int32Array(HEAD_WORDS);
const NO_VALUES = new Float64Array();
