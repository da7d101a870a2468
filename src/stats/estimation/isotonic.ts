import type { ScoreCells } from '../performance/score-cells.ts';

/** A rising step-and-slope curve from score to probability. */
export interface IsotonicCurve {
  /** Ascending. */
  readonly scores: Float64Array;
  /** Non-decreasing. */
  readonly probabilities: Float64Array;
}

/**
 * The rising curve closest to the labels in least squares (pool adjacent violators), one point per distinct score that
 * matters: points inside a plateau are dropped, since the line between its ends says the same.
 *
 * Range: within [0, 1]. No cells give an empty curve, which calibrates nothing. A constant score gives one point.
 * Cost O(cells). Source: Barlow et al., Statistical Inference under Order Restrictions, 1972.
 *
 * @example [...fitIsotonic({ low: [1, 2, 3], high: [1, 2, 3], negatives: [1, 0, 1], positives: [0, 1, 1], sums: [1, 2, 6] }).probabilities] // [0, 0.6666666666666666, 0.6666666666666666]
 */
export function fitIsotonic(cells: ScoreCells): IsotonicCurve {
  const blockOf: { from: number; to: number; rows: number; positives: number }[] = [];
  for (let cell = 0; cell < cells.low.length; cell++) {
    const positives = cells.positives[cell] ?? 0;
    const rows = positives + (cells.negatives[cell] ?? 0);
    if (rows === 0) continue;
    let block = { from: cell, to: cell, rows, positives };
    for (;;) {
      const before = blockOf.at(-1);
      if (before === undefined || before.positives * block.rows < block.positives * before.rows) break;
      blockOf.pop();
      block = {
        from: before.from,
        to: block.to,
        rows: before.rows + block.rows,
        positives: before.positives + block.positives,
      };
    }
    blockOf.push(block);
  }
  const scores: number[] = [];
  const probabilities: number[] = [];
  for (const { from, to, rows, positives } of blockOf) {
    for (const cell of from === to ? [from] : [from, to]) {
      scores.push(((cells.low[cell] ?? 0) + (cells.high[cell] ?? 0)) / 2);
      probabilities.push(positives / rows);
    }
  }
  return { scores: Float64Array.from(scores), probabilities: Float64Array.from(probabilities) };
}

/**
 * The curve at a score: straight between points, level beyond both ends. NaN for a score that is no number, and for
 * an empty curve. O(log points).
 */
export function isotonicAt({ scores, probabilities }: IsotonicCurve, score: number): number {
  const last = scores.length - 1;
  if (last < 0 || Number.isNaN(score)) return Number.NaN;
  if (score <= (scores[0] ?? 0)) return probabilities[0] ?? Number.NaN;
  if (score >= (scores[last] ?? 0)) return probabilities[last] ?? Number.NaN;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((scores[middle] ?? 0) <= score) low = middle;
    else high = middle;
  }
  const x0 = scores[low] ?? 0;
  const y0 = probabilities[low] ?? 0;
  const width = (scores[high] ?? 0) - x0;
  return y0 + (((probabilities[high] ?? 0) - y0) * (score - x0)) / width;
}
