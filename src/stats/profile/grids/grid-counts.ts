import type { NumericReference } from '../feature-reference.ts';

/** A sample counted on a reference's grid: a window's profile, or the reference itself. */
export interface GridCounts {
  readonly equal: Float64Array;
  readonly between: Float64Array;
}

/** Rows per bin of the reference, (lo, hi] with both ends open: exact, since every edge is a grid point. O(grid). */
export function binGridCounts(reference: NumericReference, counts: GridCounts): number[] {
  const bins: number[] = [];
  let rows = 0;
  let edge = 0;
  for (let i = 0; i < reference.grid.length; i++) {
    rows += (counts.between[i] ?? 0) + (counts.equal[i] ?? 0);
    if (reference.edges[edge] === i) {
      bins.push(rows);
      rows = 0;
      edge += 1;
    }
  }
  bins.push(rows + (counts.between[reference.grid.length] ?? 0));
  return bins;
}

/** The same bins from a sorted sample. O(bins · log n). */
export function binSorted(edges: readonly number[], sorted: Float64Array): number[] {
  const below = [...edges.map((edge) => countAtMost(sorted, edge)), sorted.length];
  return below.map((count, i) => count - (below[i - 1] ?? 0));
}

/** Upper edges of the reference's bins, without the open one. */
export function edgeValues(reference: NumericReference): number[] {
  return Array.from(reference.edges, (at) => reference.grid[at] ?? 0);
}

function countAtMost(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}
