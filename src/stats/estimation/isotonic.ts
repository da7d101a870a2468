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
  const size = cells.low.length;
  // A stack of blocks, each with the first and last of its cells.
  const from = new Int32Array(size);
  const to = new Int32Array(size);
  const rows = new Float64Array(size);
  const positives = new Float64Array(size);
  let blocks = 0;
  for (let cell = 0; cell < size; cell++) {
    const p = cells.positives[cell] ?? 0;
    const n = p + (cells.negatives[cell] ?? 0);
    if (n === 0) continue;
    from[blocks] = cell;
    to[blocks] = cell;
    rows[blocks] = n;
    positives[blocks] = p;
    while (blocks > 0 && falls(rows, positives, blocks)) {
      to[blocks - 1] = to[blocks] ?? cell;
      rows[blocks - 1]! += rows[blocks] ?? 0;
      positives[blocks - 1]! += positives[blocks] ?? 0;
      blocks--;
    }
    blocks++;
  }
  const scores: number[] = [];
  const probabilities: number[] = [];
  for (let block = 0; block < blocks; block++) {
    const first = from[block] ?? 0;
    const last = to[block] ?? 0;
    for (const cell of first === last ? [first] : [first, last]) {
      scores.push(((cells.low[cell] ?? 0) + (cells.high[cell] ?? 0)) / 2);
      probabilities.push((positives[block] ?? 0) / (rows[block] ?? 1));
    }
  }
  return { scores: Float64Array.from(scores), probabilities: Float64Array.from(probabilities) };
}

/** Whether a block's share of positives does not rise above that of the block before. */
function falls(rows: Float64Array, positives: Float64Array, block: number): boolean {
  return (positives[block - 1] ?? 0) * (rows[block] ?? 0) >= (positives[block] ?? 0) * (rows[block - 1] ?? 0);
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
