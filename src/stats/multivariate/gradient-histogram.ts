import type { BinnedFeatures } from './binned-features.ts';

/** Where each feature's bins start when all bins of all features lie in one row; the last entry is their number. */
export function binOffsets({ binCounts, features }: BinnedFeatures): Int32Array {
  const offsets = new Int32Array(features + 1);
  for (let f = 0; f < features; f++) offsets[f + 1] = (offsets[f] ?? 0) + (binCounts[f] ?? 0);
  return offsets;
}

/**
 * Adds rows to a histogram: per bin the sum of gradients and, beside it, the number of rows. Both in one array, so
 * that a row touches one place in memory per feature. Cost O(rows · features).
 */
export function addToHistogram(
  histogram: Float64Array,
  offsets: Int32Array,
  { bins, features }: BinnedFeatures,
  rows: Int32Array,
  gradients: Float64Array,
): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const gradient = gradients[row]!;
    const at = row * features;
    for (let f = 0; f < features; f++) {
      const place = 2 * (offsets[f]! + bins[at + f]!);
      histogram[place]! += gradient;
      histogram[place + 1]! += 1;
    }
  }
}

/**
 * The histogram of a node less that of one child is that of the other: half of all rows need never be counted. It takes the node's
 * place, which is of no use any more.
 */
export function subtractHistogram(node: Float64Array, child: Float64Array): Float64Array {
  for (let i = 0; i < node.length; i++) node[i]! -= child[i]!;
  return node;
}
