import { wassersteinSorted } from '../../../stats/distances/wasserstein.ts';
import { ksStatisticSorted } from '../../../stats/significance/ks.ts';
import type { ColumnPair } from '../column-pair.ts';
import { countInBins, evenEdges, outerEdges } from '../equal-width-bins.ts';
import type { Sample } from '../sample.ts';
import { chunkedMethod } from './chunked-method.ts';

/** From this many reference values on NannyML keeps a histogram of the reference instead of its values. */
const ESTIMATED_FROM_ROWS = 10_000;
const ESTIMATE_BINS = 10_000;

/** D at the upper edges of 10,000 bins of equal width. */
function estimatedKs(reference: Sample): ((rows: Sample) => number) | null {
  const { min, max } = reference;
  // All edges of a constant are one value: two bins keep what is below it apart from what equals it.
  const edges = min === max ? Float64Array.of(min, min, min) : evenEdges(min, max, ESTIMATE_BINS);
  if (edges === null) return null;
  const before = countInBins(reference.raw, edges).counts;
  return (rows) => {
    const { counts, below } = countInBins(rows.raw, edges);
    let a = 0;
    let b = below;
    let largest = 0;
    for (const [i, count] of counts.entries()) {
      a += before[i] ?? 0;
      b += count;
      largest = Math.max(largest, Math.abs(a / reference.n - b / rows.n));
    }
    return largest;
  };
}

/**
 * ∫|F − G| with both functions constant inside 10,000 bins, and exact beyond them.
 *
 * As NannyML has it, rows beyond an end count together with one more row at that end: with m rows the function inside
 * is up to 1/m too high as soon as a single row lies below.
 */
function estimatedWasserstein(reference: Sample): ((rows: Sample) => number) | null {
  const [first, last] = outerEdges(reference.min, reference.max);
  const edges = evenEdges(first, last, ESTIMATE_BINS);
  if (edges === null) return null;
  const width = (edges[1] ?? 0) - first;
  const before = countInBins(reference.raw, edges).counts;
  return (rows) => {
    const { counts, below } = countInBins(rows.raw, edges);
    let outside = 0;
    for (const value of rows.finite) {
      if (value < first) outside += first - value;
      else if (value > last) outside += value - last;
    }
    let a = 0;
    let b = below > 0 ? below + 1 : 0;
    let inside = 0;
    for (const [i, count] of counts.entries()) {
      a += before[i] ?? 0;
      b += count;
      inside += Math.abs(a / reference.n - b / rows.n) * width;
    }
    return inside + outside / rows.n;
  };
}

function exactBelow(
  exact: (a: Float64Array, b: Float64Array) => number,
  estimated: (reference: Sample) => ((rows: Sample) => number) | null,
) {
  return (reference: Sample): ((rows: Sample) => number) | null =>
    reference.n < ESTIMATED_FROM_ROWS ? (rows) => exact(reference.sorted, rows.sorted) : estimated(reference);
}

function estimateNote(pair: ColumnPair): string | null {
  return pair.kind === 'numeric' && pair.reference.n >= ESTIMATED_FROM_ROWS
    ? 'estimated from 10,000 bins of equal width over the reference, as the tool does; one outlier makes them coarse'
    : null;
}

export const KOLMOGOROV_SMIRNOV = chunkedMethod({
  name: 'kolmogorov_smirnov',
  aliases: ['ks'],
  numeric: exactBelow(ksStatisticSorted, estimatedKs),
  largest: 1,
  note: estimateNote,
});

export const WASSERSTEIN = chunkedMethod({
  name: 'wasserstein',
  numeric: exactBelow(wassersteinSorted, estimatedWasserstein),
  largest: null,
  note: estimateNote,
});
