import { DEFAULT_BIN_COUNT, MAX_VALUE_BINS, SMALLEST_STRETCH } from '../profile/bins.ts';
import { nextBelow } from '../profile/numeric-reference.ts';

/**
 * The inclusive upper edges of a sorted reference's bins, without the open one: those of `numericReference`, which
 * looks at every distinct value. Here a quantile is looked up where it must lie. O(bins · log n), no memory.
 *
 * @example sortedBinEdges(Float64Array.of(1, 1, 2, 3)) // [1, 2]
 */
export function sortedBinEdges(sorted: Float64Array, binCount: number = DEFAULT_BIN_COUNT): number[] {
  const few = fewValues(sorted);
  if (few !== null) {
    const [only] = few;
    return few.length === 1 && only !== undefined ? [nextBelow(only), only] : few.slice(0, -1);
  }
  const edges: number[] = [];
  let from = 0;
  for (const atom of atoms(sorted, binCount)) {
    edges.push(...stretchEdges(sorted, from, atom.from, binCount), value(sorted, atom.from));
    from = atom.to;
  }
  edges.push(...stretchEdges(sorted, from, sorted.length, binCount));
  return edges.slice(0, -1);
}

/** The distinct values when there are no more than get a bin each. */
function fewValues(sorted: Float64Array): number[] | null {
  const values: number[] = [];
  for (let at = 0; at < sorted.length; at = after(sorted, value(sorted, at))) {
    if (values.length === MAX_VALUE_BINS) return null;
    values.push(value(sorted, at));
  }
  return values;
}

interface Run {
  readonly from: number;
  readonly to: number;
}

/** Values that hold at least one in `binCount` rows: each covers one of these places. */
function atoms(sorted: Float64Array, binCount: number): Run[] {
  const smallest = Math.ceil(sorted.length / binCount);
  const found: Run[] = [];
  for (let at = smallest - 1; at < sorted.length; at += smallest) {
    const x = value(sorted, at);
    const run = { from: before(sorted, x), to: after(sorted, x) };
    if (run.to - run.from >= smallest && found.at(-1)?.from !== run.from) found.push(run);
  }
  return found;
}

function stretchEdges(sorted: Float64Array, from: number, to: number, binCount: number): number[] {
  const rows = to - from;
  if (rows === 0 || rows < SMALLEST_STRETCH * sorted.length) return [];
  const bins = Math.round((binCount * rows) / sorted.length);
  const last = value(sorted, to - 1);
  const edges: number[] = [];
  for (let j = 1; j < bins; j++) {
    const edge = value(sorted, from + Math.ceil((j * rows) / bins) - 1);
    // A frequent value may pass several quantiles at once: they are one edge.
    if (edge !== edges.at(-1) && edge !== last) edges.push(edge);
  }
  return [...edges, last];
}

/** −0 is 0. */
const value = (sorted: Float64Array, at: number): number => sorted[at]! + 0;

function before(sorted: Float64Array, x: number): number {
  return place(sorted, (y) => y < x);
}

function after(sorted: Float64Array, x: number): number {
  return place(sorted, (y) => y <= x);
}

/** How many leading values are so. */
function place(sorted: Float64Array, isSo: (x: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isSo(sorted[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
