import type { RunTail } from '../../core/table.ts';

/** The longest of this many runs, or of the root of all, say how long runs grow. */
const FEWEST = 10;
const MOST = 100;
/** Of the standard error of the shape, about one over the root of the runs: how much heavier the tail may well be than it looks. */
const DOUBT = 1.5;

/**
 * How long the longest runs of a column are: the generalised Pareto distribution of what they are longer than `from`, by
 * L-moments (Hosking & Wallis, Technometrics 29, 1987): a = Σ y₍ᵢ₎·(k − i)/(k − 1)/k, shape = 2 − ȳ/(ȳ − 2a), scale = 2·ȳ·a/(ȳ − 2a).
 *
 * @param lengths of all runs, in rows; of fewer than ten longer ones nothing is known: null
 * @example runTail([1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 8, 20])?.shape.toFixed(2) // '0.43'
 */
export function runTail(lengths: readonly number[]): RunTail | null {
  const sorted = lengths.toSorted((a, b) => b - a);
  const wanted = Math.min(MOST, Math.max(FEWEST, Math.round(Math.sqrt(sorted.length))));
  // Of many that are equally long none is longer than they are.
  const from = sorted.find((length, i) => i >= wanted && length < sorted[FEWEST - 1]!);
  if (from === undefined) return null;
  const beyond = sorted.filter((length) => length > from);
  const runs = beyond.length;
  // Whole rows: half of one is what a run is longer by than it must be, on average.
  const excess = beyond.map((length) => length - from - 0.5);
  const mean = excess.reduce((sum, one) => sum + one, 0) / runs;
  // From the longest to the shortest: the i-th has i longer ones.
  const weighted = excess.reduce((sum, one, i) => sum + (one * i) / (runs - 1), 0) / runs;
  const spread = mean - 2 * weighted;
  if (!(spread > 0)) return { from, runs, scale: mean, shape: 0 };
  return { from, runs, scale: (2 * mean * weighted) / spread, shape: 2 - mean / spread };
}

/**
 * How many runs of at least so many rows are to be expected in `share` times as many rows as the tail is known from, were the tail as
 * heavy as it may well be: runs·share·(1 + ξ·(rows − from)/scale)^(−1/ξ), ξ = max(0, shape) + 1.5/√runs.
 *
 * @example expectedRuns({ from: 10, runs: 100, scale: 5, shape: 0 }, 110, 1).toFixed(3) // '0.010'
 */
export function expectedRuns({ from, runs, scale, shape }: RunTail, rows: number, share: number): number {
  if (rows <= from) return runs * share;
  const heavy = Math.max(0, shape) + DOUBT / Math.sqrt(runs);
  return runs * share * (1 + (heavy * (rows - from)) / Math.max(scale, 0.5)) ** (-1 / heavy);
}
