import { presentValues } from '../present-values.ts';
import type { PooledCategorical, PooledNumeric, PooledSample } from './pooled-sample.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

/** Bin 0 is missing, the rest are values; at most 64 in all, so that a row of twenty features is twenty bytes. */
export const MISSING_BIN = 0;
export const VALUE_BINS = 63;

/** Both samples in bins, row by row. */
export interface BinnedFeatures {
  readonly rows: number;
  readonly features: number;
  /** Row-major: the bin of feature f in row r is `bins[r · features + f]`. */
  readonly bins: Uint8Array;
  /** Per feature: whether its bins are in order (numbers) or only names (levels). */
  readonly ordered: readonly boolean[];
  /** Per feature: how many bins it has, the missing one included. */
  readonly binCounts: Int32Array;
}

/**
 * Bins for trees, of both samples together and blind to which row is of which: a bin says nothing about the sample,
 * so binning before cross-validation leaks nothing. Numbers: at most 63 quantile bins (lo, hi]; ±Infinity lies in the
 * outermost. Levels: the 62 most frequent one each, the rest together. Missing is a bin of its own.
 *
 * Cost O(features · rows · log rows).
 */
export function binFeatures(sample: PooledSample): BinnedFeatures {
  const rows = sample.referenceRows + sample.currentRows;
  const features = sample.features.length;
  const bins = new Uint8Array(rows * features);
  const binCounts = new Int32Array(features);
  for (const [f, feature] of sample.features.entries()) {
    const column = feature.kind === 'numeric' ? binNumbers(feature) : binLevels(feature);
    let most = MISSING_BIN;
    for (let row = 0; row < rows; row++) {
      const bin = column[row] ?? MISSING_BIN;
      bins[row * features + f] = bin;
      if (bin > most) most = bin;
    }
    binCounts[f] = most + 1;
  }
  const ordered = sample.features.map((feature) => feature.kind === 'numeric');
  return { rows, features, bins, ordered, binCounts };
}

function binNumbers({ values }: PooledNumeric): Uint8Array {
  const edges = quantileEdges(values);
  return Uint8Array.from(values, (value) =>
    Number.isNaN(value) ? MISSING_BIN : 1 + countBelow(edges, value),
  );
}

/** Upper edges of all bins but the last: distinct values that occur, near the 1/63, 2/63, … quantiles. */
export function quantileEdges(values: Float64Array): Float64Array {
  const sorted = presentValues(values).sort();
  const largest = sorted.at(-1) ?? Number.NaN;
  const edges = new Set<number>();
  for (let k = 1; k < VALUE_BINS; k++) {
    const edge = sorted[Math.ceil((k * sorted.length) / VALUE_BINS) - 1];
    if (edge !== undefined && edge < largest) edges.add(edge);
  }
  return Float64Array.from(edges);
}

/** How many of the ascending edges are below the value. */
export function countBelow(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function binLevels({ codes, levels }: PooledCategorical): Uint8Array {
  const counts = levelCounts(codes, levels);
  const byFrequency = Int32Array.from(counts.keys()).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
  const binOf = new Uint8Array(levels);
  for (const [rank, code] of byFrequency.entries()) binOf[code] = 1 + Math.min(rank, VALUE_BINS - 1);
  return Uint8Array.from(codes, (code) => (code < 0 ? MISSING_BIN : (binOf[code] ?? MISSING_BIN)));
}
