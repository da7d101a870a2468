import { normalQuantile } from '../distributions.ts';

/**
 * Two directions in which ordered cells can move, for windows whose cells are all that is known of them: along their order (a
 * shift of the middle) and away from it (a wider or narrower spread).
 *
 * Formula: a cell's score is the mean of a standard normal over the cell's part of the probability, (φ(z₁) − φ(z₂))/π; the
 * second direction is the squared score less what the first explains. Both have mean 0 and variance 1 under `shares`. Null where there
 * are too few cells to move that way. O(cells).
 *
 * @example directionScores([0.5, 0.5]).shift // [-1, 1]
 */
export function directionScores(shares: readonly number[]): {
  shift: number[] | null;
  spread: number[] | null;
} {
  const scores: number[] = [];
  let below = 0;
  for (const share of shares) {
    const above = Math.min(1, below + share);
    scores.push(share > 0 ? (densityAt(below) - densityAt(above)) / share : 0);
    below = above;
  }
  const shift = standardised(scores, shares);
  if (shift === null) return { shift: null, spread: null };
  const squares = shift.map((score) => score * score);
  const slope = meanUnder(
    shares,
    squares.map((square, i) => square * shift[i]!),
  );
  const rest = squares.map((square, i) => square - slope * shift[i]!);
  return { shift, spread: standardised(rest, shares) };
}

/** Of the standard normal where it has this much below. */
function densityAt(probability: number): number {
  if (probability <= 0 || probability >= 1) return 0;
  const z = normalQuantile(probability);
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/** Null where it does not vary. */
function standardised(values: readonly number[], shares: readonly number[]): number[] | null {
  const mean = meanUnder(shares, values);
  const centred = values.map((value) => value - mean);
  const variance = meanUnder(
    shares,
    centred.map((value) => value * value),
  );
  // What is left of two cells after rounding is no direction.
  return variance > 1e-9 ? centred.map((value) => value / Math.sqrt(variance)) : null;
}

export function meanUnder(shares: readonly number[], values: readonly number[]): number {
  return shares.reduce((sum, share, i) => sum + share * values[i]!, 0);
}
