import type { Sample } from './sample.ts';

/**
 * Edges of equal width as numpy draws them: `bins` + 1 points from first to last, each start + i · step, the last one
 * exact. Null where doubles are too coarse to keep them apart, or the range overflows. O(bins).
 *
 * @example evenEdges(0, 1, 4) // Float64Array.of(0, 0.25, 0.5, 0.75, 1)
 */
export function evenEdges(first: number, last: number, bins: number): Float64Array | null {
  const step = (last - first) / bins;
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? last : i * step + first));
  if (!Number.isFinite(step)) return null;
  for (let i = 0; i < bins; i++) if (!((edges[i] ?? 0) < (edges[i + 1] ?? 0))) return null;
  return edges;
}

/** The range to cut: half a unit around a constant. */
export function outerEdges(min: number, max: number): [number, number] {
  return min === max ? [min - 0.5, max + 0.5] : [min, max];
}

/**
 * numpy's `sturges` edges for n values between min and max: ⌈range / (range / (log2 n + 1))⌉ bins, one for a constant.
 * With whole numbers a bin is at least 1 wide. The division is left as numpy has it: it rounds up at powers of two.
 */
export function sturgesEdges(n: number, min: number, max: number, whole: boolean): Float64Array | null {
  const range = max - min;
  return cut(min, max, range / (Math.log2(n) + 1), whole);
}

/**
 * numpy's `doane` edges of a sample: Sturges widened by log2(1 + |skewness| / its standard error).
 *
 * Fewer than three values, or a constant: one bin. O(n). Source: Doane, The American Statistician 30 (1976).
 */
export function doaneEdges(sample: Sample): Float64Array | null {
  const { n, min, max } = sample;
  const sigma = sample.standardDeviation(0);
  if (n <= 2 || !(sigma > 0)) return cut(min, max, 0, false);
  const error = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)));
  const mean = sample.mean;
  let cubes = 0;
  for (const value of sample.finite) cubes += ((value - mean) / sigma) ** 3;
  const skewness = cubes / n;
  return cut(min, max, (max - min) / (1 + Math.log2(n) + Math.log2(1 + Math.abs(skewness) / error)), false);
}

function cut(min: number, max: number, width: number, whole: boolean): Float64Array | null {
  const [first, last] = outerEdges(min, max);
  if (!(width > 0)) return evenEdges(first, last, 1);
  const bins = Math.ceil((last - first) / (whole ? Math.max(1, width) : width));
  return Number.isFinite(bins) ? evenEdges(first, last, bins) : null;
}

export interface BinCounts {
  readonly counts: Float64Array;
  readonly below: number;
  readonly above: number;
}

/** Counts into [edge, next edge), the last bin closed. Values that are not finite are passed over. O(n). */
export function countInBins(raw: Float64Array, edges: Float64Array): BinCounts {
  const bins = edges.length - 1;
  const first = edges[0] ?? 0;
  const last = edges[bins] ?? 0;
  const perUnit = last > first ? bins / (last - first) : 0;
  const counts = new Float64Array(bins);
  let below = 0;
  let above = 0;
  for (const value of raw) {
    if (!Number.isFinite(value)) continue;
    if (value < first) below += 1;
    else if (value > last) above += 1;
    else {
      // The guess may be one off at an edge: the edges decide.
      let bin = Math.min(bins - 1, Math.floor((value - first) * perUnit));
      while (bin > 0 && value < (edges[bin] ?? 0)) bin -= 1;
      while (bin < bins - 1 && value >= (edges[bin + 1] ?? Infinity)) bin += 1;
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
  }
  return { counts, below, above };
}
