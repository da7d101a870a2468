import type { PooledCategorical, PooledFeature, PooledNumeric, PooledSample } from './pooled-sample.ts';
import { robustScale } from './robust-scale.ts';

/** One standardised column of numbers, as long as the sample has rows. */
type EncodedColumn = Float64Array;

/** Beyond eight robust standard deviations from the median a number is only far away. */
const FENCE = 8;

/**
 * Every feature as one number per row, standardised (ddof 0) on the rows given as reference: numbers as they are, cut
 * at the median ± 8 robust standard deviations so that one value of 1e12 does not make all others equal; levels as
 * their share of the reference's rows, 0 when it has none. Missing is the reference's mean or most frequent level.
 * A feature that is constant on the reference is left out. Cost O(features · rows · log rows).
 */
export function encodeRows(sample: PooledSample, reference: Int32Array): EncodedColumn[] {
  return sample.features
    .map((feature) => standardise(numbersOf(feature, reference), reference))
    .filter((column) => column !== null);
}

function numbersOf(feature: PooledFeature, reference: Int32Array): Float64Array {
  return feature.kind === 'numeric' ? fencedNumbers(feature, reference) : levelShares(feature, reference);
}

function fencedNumbers({ values }: PooledNumeric, reference: Int32Array): Float64Array {
  const { centre, scale } = robustScale(Float64Array.from(reference, (row) => values[row] ?? Number.NaN));
  const low = Math.max(-Number.MAX_VALUE, centre - FENCE * scale);
  const high = Math.min(Number.MAX_VALUE, centre + FENCE * scale);
  const fenced = values.map((value) => Math.max(low, Math.min(high, value)));
  let sum = 0;
  let count = 0;
  for (const row of reference) {
    const value = fenced[row] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    sum += (value - centre) / reference.length;
    count++;
  }
  const mean = count === 0 ? 0 : centre + (sum * reference.length) / count;
  return fenced.map((value) => (Number.isNaN(value) ? mean : value));
}

function levelShares({ codes, levels }: PooledCategorical, reference: Int32Array): Float64Array {
  const counts = new Float64Array(levels);
  let missing = 0;
  for (const row of reference) {
    const code = codes[row] ?? -1;
    if (code < 0) missing++;
    else counts[code] = (counts[code] ?? 0) + 1;
  }
  const mode = counts.indexOf(Math.max(...counts));
  if (mode >= 0) counts[mode] = (counts[mode] ?? 0) + missing;
  return Float64Array.from(codes, (code) => (counts[code < 0 ? mode : code] ?? 0) / reference.length);
}

function standardise(values: Float64Array, reference: Int32Array): EncodedColumn | null {
  // By the largest value first: squares of 1e200 are no numbers any more.
  const unit = reference.reduce((most, row) => Math.max(most, Math.abs(values[row] ?? 0)), 0);
  if (unit === 0) return null;
  const small = values.map((value) => value / unit);
  let mean = 0;
  for (const row of reference) mean += (small[row] ?? 0) / reference.length;
  let variance = 0;
  for (const row of reference) variance += ((small[row] ?? 0) - mean) ** 2 / reference.length;
  // A constant column has no variance but that of rounding its mean.
  if (!(variance > 1e-28)) return null;
  const deviation = Math.sqrt(variance);
  return small.map((value) => (value - mean) / deviation);
}
