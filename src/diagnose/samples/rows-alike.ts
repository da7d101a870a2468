import { createRandom } from '../../stats/random.ts';

/** Rows of the reference that lie next to a value, one of which stands for it. */
const NEIGHBOURS = 20;
const MIN_ROWS = 50;
/** The same neighbours for the same rows, so that a verdict can be recomputed. */
const SEED = 20_261_129;

/** Values of two columns, row by row; NaN where one is missing. */
export interface TwoColumns {
  readonly driver: Float64Array;
  readonly other: Float64Array;
}

/**
 * What another column would be in the window's rows if only the first one had another mix: for each current row the value that a row
 * of the reference next to it (among the twenty nearest by the first column) had. NaN where the first is missing. Null with too few rows. O((n + m) log n).
 *
 * An hour of one wind holds wind and rotor speed of a narrow range: their correlation is another than that of all hours, though at each wind the rotor
 * turns as it always did.
 */
export function asItWas(reference: TwoColumns, driver: Float64Array): Float64Array | null {
  const rows = rowsAlike(reference, driver);
  return rows && Float64Array.from(rows, (row) => (row < 0 ? Number.NaN : reference.other[row]!));
}

/** For each current row a row of the reference that is next to it by the first column and has the second; −1 where it is missing. */
export function rowsAlike(reference: TwoColumns, driver: Float64Array): Int32Array | null {
  const rows = [...reference.driver.keys()].filter(
    (row) => !Number.isNaN(reference.driver[row]!) && !Number.isNaN(reference.other[row]!),
  );
  if (rows.length < MIN_ROWS) return null;
  // Equal rows are one and the same, in whatever order they come.
  const { driver: by, other } = reference;
  rows.sort((a, b) => by[a]! - by[b]! || other[a]! - other[b]!);
  const sorted = Float64Array.from(rows, (row) => reference.driver[row]!);
  const random = createRandom(SEED);
  return Int32Array.from(driver, (value) => {
    const drawn = random();
    if (Number.isNaN(value)) return -1;
    const [first, last] = [firstNotBelow(sorted, value), firstNotBelow(sorted, value, true)];
    // All that are equal, and their neighbours where these are few.
    const short = Math.max(0, NEIGHBOURS - (last - first));
    const from = Math.max(0, Math.min(first - (short >> 1), sorted.length - NEIGHBOURS));
    const to = Math.min(sorted.length, Math.max(from + NEIGHBOURS, last));
    const at = from + Math.floor(drawn * (to - from));
    return rows[Math.min(at, rows.length - 1)]!;
  });
}

/** Index of the first of the ascending values that is at least `value`, or above it. */
function firstNotBelow(sorted: Float64Array, value: number, above = false): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value || (above && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
