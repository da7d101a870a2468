import type { Figure } from './measured.ts';
import { Z_95 } from './make-figure.ts';
import { isStretch, labelTotals } from './score-cells.ts';
import type { ScoreCells } from './score-cells.ts';

const BINS = 10;

/** Rows of a score bin: how many, Σ score − Σ label, and the variance of score − label. */
export interface CalibrationBin {
  readonly rows: number;
  readonly excess: number;
  readonly variance: number;
}

/**
 * Expected calibration error: over ten bins of equally many rows, the mean of |mean score − share of positives|.
 *
 * A cell goes whole into the bin its middle row lies in, so equal scores are never parted. Noise alone gives about
 * √(2/π)·Σ w·s (s the standard error of a bin): a calibrated score in a small window does not have 0. The lower limit
 * therefore allows for that noise: [value − noise − 1.96·se, value + 1.96·se], not below 0.
 * The test against another sample is of the curves, on the reference's bins (`binsLike`).
 * Range [0, 1]. No rows: `no_rows`; one class is fine. Bound: a stretch that lies across a bin's edge may belong on the
 * other side: 2·(p·(1 − low) + n·high)/rows for each. Where such a stretch is open to ±∞ (scores outside [0, 1] beyond
 * the baseline's): `unbounded_scores`. Cost O(cells).
 * Source: Naeini et al., AAAI 2015; equal-frequency bins as in Nguyen & O'Connor, EMNLP 2015.
 *
 * @example calibrationError({ low: [0.2], high: [0.2], negatives: [3], positives: [2], sums: [1] }).value // 0.2
 */
export function calibrationError(cells: ScoreCells, like: ScoreCells = cells): Figure {
  const rows = rowsOf(cells);
  if (!(rows > 0)) return 'no_rows';
  const edges = binEdges(cells);
  const bins = binCells(cells, edges);
  let value = 0;
  let variance = 0;
  let noise = 0;
  for (const { rows: n, excess, variance: perRow } of bins) {
    value += Math.abs(excess) / rows;
    variance += (n * perRow) / rows ** 2;
    noise += (Math.sqrt(n * perRow) / rows) * Math.sqrt(2 / Math.PI);
  }
  const standardError = Math.sqrt(variance);
  const bound = misplaced(cells, rows);
  if (bound === Infinity) return 'unbounded_scores';
  const compared = like === cells ? bins : binCells(cells, binEdges(like));
  return {
    value,
    interval: [
      Math.max(0, value - noise - Z_95 * standardError - bound),
      Math.min(1, value + Z_95 * standardError + bound),
    ],
    standardError,
    bound,
    basis: {
      kind: 'bins',
      errors: compared.map(({ rows: n, excess }) => (n > 0 ? excess / n : 0)),
      // A bin of fewer than two rows of either sample says nothing: no variance, no part in the test.
      variances: compared.map(({ rows: n, variance: v }) => (n > 1 ? v / n : Infinity)),
    },
  };
}

function rowsOf(cells: ScoreCells): number {
  const { negatives, positives } = labelTotals(cells);
  return negatives + positives;
}

/** Largest score of each bin but the last. */
function binEdges(cells: ScoreCells): number[] {
  const total = rowsOf(cells);
  const edges: number[] = [];
  let below = 0;
  let bin = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (let cell = 0; cell < cells.low.length; cell++) {
    const rows = (cells.negatives[cell] ?? 0) + (cells.positives[cell] ?? 0);
    const own = Math.min(BINS - 1, Math.floor((BINS * (below + rows / 2)) / total));
    if (own !== bin && cell > 0) edges.push(last);
    bin = own;
    last = cells.high[cell] ?? last;
    below += rows;
  }
  return edges;
}

function binCells(cells: ScoreCells, edges: readonly number[]): CalibrationBin[] {
  const bins = Array.from({ length: edges.length + 1 }, () => ({ n: 0, excess: 0, spread: 0 }));
  let at = 0;
  for (let cell = 0; cell < cells.low.length; cell++) {
    const n = cells.negatives[cell] ?? 0;
    const p = cells.positives[cell] ?? 0;
    if (n + p === 0) continue;
    // Rounding must not carry the mean of equal scores across an edge.
    const mean = (cells.sums[cell] ?? 0) / (n + p);
    const score = Math.min(cells.high[cell] ?? mean, Math.max(cells.low[cell] ?? mean, mean));
    while (at < edges.length && score > (edges[at] ?? Infinity)) at++;
    const bin = bins[at];
    if (bin === undefined) continue;
    bin.n += n + p;
    bin.excess += (cells.sums[cell] ?? 0) - p;
    bin.spread += n * score ** 2 + p * (1 - score) ** 2;
  }
  return bins.map(({ n, excess, spread }) => ({
    rows: n,
    excess,
    variance: n > 1 ? Math.max(0, (spread - excess ** 2 / n) / (n - 1)) : 0,
  }));
}

/** What the stretches across the edges of the exact bins can add. */
function misplaced(cells: ScoreCells, total: number): number {
  let below = 0;
  let sum = 0;
  for (let cell = 0; cell < cells.low.length; cell++) {
    const n = cells.negatives[cell] ?? 0;
    const p = cells.positives[cell] ?? 0;
    const first = Math.floor((BINS * below) / total);
    below += n + p;
    const last = Math.ceil((BINS * below) / total) - 1;
    if (last <= first || !isStretch(cells, cell)) continue;
    // 0 · ∞ would be NaN: a label that no row of the cell has moves nothing.
    if (p > 0) sum += 2 * p * (1 - (cells.low[cell] ?? 0));
    if (n > 0) sum += 2 * n * (cells.high[cell] ?? 0);
  }
  return sum / total;
}
