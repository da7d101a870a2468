import type { CountingKernel } from '../../kernel/kernel.ts';
import { remember } from '../../core/memory/remember.ts';
import type { NumericReference } from './feature-reference.ts';
import { EVERY_ROW, type HeldValues, mostHeld } from './held-values.ts';
import { emptyCounts, type NumericCounts } from './numeric-counts.ts';

/** What a place of the grid takes, in doubles: the order is that of `assembly/counts.as`. */
const PLACE_DOUBLES = 3;
/** Squares in two doubles, and how many are missing. */
const BEHIND_DOUBLES = 3;
/** `encodeNumbers` writes so much of a place at most, and so much beside. */
const PLACE_BYTES_ENCODED = 42;
const ENCODED_BESIDE = 64;

/** Grids are of few lengths: as many points as the configuration says, or as a column has values. */
const MOST_DESKS = 64;

const grids = new WeakMap<Float64Array, Float64Array>();

/** A grid in the kernel's memory, once for all profiles on it. */
export function gridIn(kernel: CountingKernel, grid: Float64Array): Float64Array {
  let inKernel = grids.get(grid);
  if (inKernel === undefined) {
    inKernel = kernel.float64(grid.length);
    inKernel.set(grid);
    grids.set(grid, inKernel);
  }
  return inKernel;
}

const rooms = new WeakMap<CountingKernel, Float64Array>();

/** Where counts of so many points are encoded: one room for all of a thread. */
function roomIn(kernel: CountingKernel, points: number): Float64Array {
  const doubles = Math.ceil((ENCODED_BESIDE + PLACE_BYTES_ENCODED * (points + 1)) / 8);
  let room = rooms.get(kernel);
  if (room === undefined || room.length < doubles) {
    if (room !== undefined) kernel.giveArray(room);
    rooms.set(kernel, (room = kernel.float64(doubles)));
  }
  return room;
}

/** Where values that are held are laid to be counted, and counted for a moment. */
interface Desk {
  readonly counts: KernelCounts;
  readonly values: Float64Array;
  readonly places: Int32Array;
  readonly rows: Uint16Array;
}

const desks = new WeakMap<CountingKernel, Map<number, Desk>>();

/** One for all counts of so many points of a thread; null: there is no room. */
function deskIn(kernel: CountingKernel, points: number): Desk | null {
  let ofKernel = desks.get(kernel);
  if (ofKernel === undefined) desks.set(kernel, (ofKernel = new Map()));
  let desk = ofKernel.get(points);
  if (desk === undefined) {
    const counts = KernelCounts.empty(kernel, points);
    if (counts === null) return null;
    const rows = kernel.uint16(mostHeld(points));
    rows.set(EVERY_ROW.subarray(0, rows.length));
    desk = { counts, values: kernel.float64(rows.length), places: kernel.int32(rows.length), rows };
    remember(ofKernel, points, desk, MOST_DESKS);
  }
  return desk;
}

/**
 * A window's counts of one numeric feature in the kernel's memory, where it adds to them: three quarters of what
 * `NumericCounts` take, and what one value changes lies side by side. Rows are whole numbers of 32 bits: those of one
 * checkpoint.
 */
export class KernelCounts {
  readonly kernel: CountingKernel;
  readonly #points: number;
  readonly #memory: Float64Array;

  private constructor(kernel: CountingKernel, points: number) {
    this.kernel = kernel;
    this.#points = points;
    this.#memory = kernel.float64(KernelCounts.cellsOf(points));
  }

  static cellsOf(points: number): number {
    return PLACE_DOUBLES * (points + 1) + BEHIND_DOUBLES;
  }

  /** What was counted so far goes on here. Null: there is no room, or it is more than words hold. */
  static from(kernel: CountingKernel, points: number, counts: NumericCounts): KernelCounts | null {
    if (!kernel.hasRoom(8 * KernelCounts.cellsOf(points))) return null;
    const made = new KernelCounts(kernel, points);
    if (made.#take(counts)) return made;
    made.release();
    return null;
  }

  /** None so far. Null: there is no room. */
  static empty(kernel: CountingKernel, points: number): KernelCounts | null {
    return kernel.hasRoom(8 * KernelCounts.cellsOf(points)) ? new KernelCounts(kernel, points) : null;
  }

  /** Those of values as they came. Null: there is no room. */
  static ofValues(
    kernel: CountingKernel,
    reference: Pick<NumericReference, 'grid' | 'mean'>,
    held: HeldValues | null,
  ): KernelCounts | null {
    const made = KernelCounts.empty(kernel, reference.grid.length);
    if (made === null || held === null) return made;
    const desk = deskIn(kernel, reference.grid.length);
    if (desk === null) {
      made.release();
      return null;
    }
    made.#count(reference, held, desk);
    return made;
  }

  get address(): number {
    return this.#memory.byteOffset;
  }

  get cells(): number {
    return this.#memory.length;
  }

  /** Rows without a value that the kernel met. */
  get missing(): number {
    return this.kernel.words[2 * (this.#double(this.#points + 1) + 2)] ?? 0;
  }

  /** The same counts, in the thread's memory. */
  toCounts(): NumericCounts {
    const points = this.#points;
    const { words, doubles } = this.kernel;
    const counts = emptyCounts(points);
    const { equal, between, betweenSums, squares } = counts;
    for (let place = 0; place <= points; place++) {
      const double = this.#double(place);
      if (place < points) equal[place] = words[2 * double] ?? 0;
      between[place] = words[2 * double + 1] ?? 0;
      betweenSums.high[place] = doubles[double + 1] ?? 0;
      betweenSums.low[place] = doubles[double + 2] ?? 0;
    }
    const behind = this.#double(points + 1);
    squares.high[0] = doubles[behind] ?? 0;
    squares.low[0] = doubles[behind + 1] ?? 0;
    return counts;
  }

  /** As `NumericProfile.encode` writes them: valid until the next ones are encoded. */
  encode(grid: Float64Array): Uint8Array {
    const { kernel } = this;
    const gridAt = gridIn(kernel, grid).byteOffset;
    const from = roomIn(kernel, this.#points).byteOffset;
    return kernel.bytes.subarray(from, kernel.encodeNumbers(this.address, this.#points, gridAt, from));
  }

  /** Counts of values as they came, encoded without keeping them: valid until the next ones are encoded. */
  static encodeValues(
    kernel: CountingKernel,
    reference: Pick<NumericReference, 'grid' | 'mean'>,
    held: HeldValues,
  ): Uint8Array | null {
    const { grid } = reference;
    const desk = deskIn(kernel, grid.length);
    if (desk === null) return null;
    desk.counts.#memory.fill(0);
    desk.counts.#count(reference, held, desk);
    return desk.counts.encode(grid);
  }

  #count({ grid, mean }: Pick<NumericReference, 'grid' | 'mean'>, held: HeldValues, desk: Desk): void {
    const { kernel } = this;
    const gridAt = gridIn(kernel, grid).byteOffset;
    const [values, places] = [desk.values.byteOffset, desk.places.byteOffset];
    desk.values.set(held.values);
    kernel.locate(gridAt, grid.length, values, places, held.count);
    const rows = desk.rows.byteOffset;
    kernel.countNumbers(values, places, rows, held.count, gridAt, grid.length, mean, this.address, 1);
  }

  /** Gives the memory to others. They must not be used any more. */
  release(): void {
    this.kernel.giveArray(this.#memory);
  }

  /** Place of its first double in all of the memory. */
  #double(place: number): number {
    return this.address / 8 + PLACE_DOUBLES * place;
  }

  #take({ equal, between, betweenSums, squares }: NumericCounts): boolean {
    const points = this.#points;
    const { words, doubles } = this.kernel;
    for (let place = 0; place <= points; place++) {
      const double = this.#double(place);
      const [at = 0, gap = 0] = [equal[place], between[place]];
      if ((at | 0) !== at || (gap | 0) !== gap) return false;
      words[2 * double] = at;
      words[2 * double + 1] = gap;
      doubles[double + 1] = betweenSums.high[place] ?? 0;
      doubles[double + 2] = betweenSums.low[place] ?? 0;
    }
    const behind = this.#double(points + 1);
    doubles[behind] = squares.high[0] ?? 0;
    doubles[behind + 1] = squares.low[0] ?? 0;
    return true;
  }
}
