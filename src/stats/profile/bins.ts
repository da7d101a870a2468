/** Bins aimed at for a numeric feature. */
export const DEFAULT_BIN_COUNT = 10;
/** Up to this many distinct values each is its own bin. */
export const MAX_VALUE_BINS = 20;
/** A stretch between atoms with less than this share of the reference gets no bin of its own. */
export const SMALLEST_STRETCH = 0.01;

/** Consecutive distinct values, by index, that are binned together: one atom, or what lies between two. */
interface Stretch {
  readonly first: number;
  readonly last: number;
  readonly rows: number;
  readonly atom: boolean;
}

/**
 * The reference's bins, as indices (into its distinct values) of their inclusive upper edges; an open bin follows
 * the last edge. Bins are (lo, hi], the outer two open, none empty in the reference.
 *
 * Up to 20 distinct values: one bin each. Otherwise a value holding at least 1/B of the rows (an atom) has its own
 * bin, and each stretch between atoms round(B · share) bins of equal frequency: at least one when it holds 1 %, else
 * it joins the atom above it (at the top, the one below). Never equal width: one outlier would blind them.
 *
 * `values` ascending and distinct, `counts` their rows. O(distinct).
 *
 * @example binEdges(Float64Array.of(1, 2, 3), Float64Array.of(5, 5, 5)) // Int32Array.of(0, 1)
 */
export function binEdges(
  values: Float64Array,
  counts: Float64Array,
  binCount: number = DEFAULT_BIN_COUNT,
): Int32Array {
  if (values.length === 0) return new Int32Array(0);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const edges =
    values.length <= MAX_VALUE_BINS
      ? [...values.keys()]
      : stretches(counts, total, binCount)
          .filter((stretch) => stretch.atom || stretch.rows >= SMALLEST_STRETCH * total)
          .flatMap((stretch) => upperEdges(stretch, counts, Math.round((binCount * stretch.rows) / total)));
  // The last bin is open, whatever its largest value.
  return Int32Array.from(edges.slice(0, -1));
}

function stretches(counts: Float64Array, total: number, binCount: number): Stretch[] {
  const result: Stretch[] = [];
  let first = 0;
  let rows = 0;
  for (const [i, count] of counts.entries()) {
    if (count * binCount < total) {
      rows += count;
      continue;
    }
    if (i > first) result.push({ first, last: i - 1, rows, atom: false });
    result.push({ first: i, last: i, rows: count, atom: true });
    first = i + 1;
    rows = 0;
  }
  if (first < counts.length) result.push({ first, last: counts.length - 1, rows, atom: false });
  return result;
}

/** The j-th of k edges is the smallest value with at least j/k of the stretch at or below it. */
function upperEdges(stretch: Stretch, counts: Float64Array, bins: number): number[] {
  const edges: number[] = [];
  if (!stretch.atom) {
    let below = 0;
    for (let i = stretch.first; i < stretch.last; i++) {
      below += counts[i] ?? 0;
      // A frequent value may pass several quantiles at once: they are one edge.
      const passed = Math.floor((below * bins) / stretch.rows);
      const before = Math.floor(((below - (counts[i] ?? 0)) * bins) / stretch.rows);
      if (passed > before) edges.push(i);
    }
  }
  edges.push(stretch.last);
  return edges;
}
