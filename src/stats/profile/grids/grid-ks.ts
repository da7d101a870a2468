import type { GridCounts } from './grid-counts.ts';

/**
 * Kolmogorov–Smirnov D of two samples counted on one grid.
 *
 * D is the largest gap of the two distribution functions at a grid point or just below one. Where no reference row
 * lies between grid points that is the exact D; else D is a lower bound and the exact one is at most `bound` above.
 * Range [0, 1]. A side without rows: 0 and 0. Whole numbers decide, so an exact D equals `ksStatisticSorted` to the bit.
 * Cost O(grid).
 */
export function gridKs(reference: GridCounts, current: GridCounts): { statistic: number; bound: number } {
  const n = gridRows(reference);
  const m = gridRows(current);
  if (n === 0 || m === 0) return { statistic: 0, bound: 0 };
  let largest = 0;
  let possible = 0;
  let i = 0;
  let j = 0;
  for (let g = 0; g < reference.between.length; g++) {
    const nextI = i + (reference.between[g] ?? 0);
    const nextJ = j + (current.between[g] ?? 0);
    // Between the points either sample may have risen first.
    possible = Math.max(possible, nextI * m - j * n, nextJ * n - i * m);
    largest = Math.max(largest, Math.abs(nextI * m - nextJ * n));
    i = nextI + (reference.equal[g] ?? 0);
    j = nextJ + (current.equal[g] ?? 0);
    largest = Math.max(largest, Math.abs(i * m - j * n));
  }
  return { statistic: largest / (n * m), bound: Math.max(0, possible - largest) / (n * m) };
}

export function gridRows(counts: GridCounts): number {
  let rows = 0;
  for (const count of counts.equal) rows += count;
  for (const count of counts.between) rows += count;
  return rows;
}
