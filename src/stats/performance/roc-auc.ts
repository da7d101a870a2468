import type { Figure } from './measured.ts';
import { logitFigure } from './make-figure.ts';
import { isStretch, labelTotals } from './score-cells.ts';
import type { ScoreCells } from './score-cells.ts';

/**
 * Area under the ROC curve: the chance that a positive row scores above a negative one, ties counting half.
 *
 * Formula: AUC = (1/P) Σ p_i·V_i, V_i = (negatives below cell i + n_i/2)/N. Its variance is DeLong's: the variance of
 * V over positives by P plus that of the mirrored placement over negatives by N. The interval is taken on the log-odds
 * scale. Range [0, 1]; 0.5 for a constant score.
 * Bound: rows of a stretch are taken as tied; any order inside moves AUC by at most Σ n_i·p_i/(2·N·P) over stretches.
 * One class: `one_class`. No rows: `no_rows`. Cost O(cells).
 * Source: DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988).
 *
 * @example rocAuc({ low: [0.1, 0.35, 0.4, 0.8], high: [0.1, 0.35, 0.4, 0.8], negatives: [1, 0, 1, 0], positives: [0, 1, 0, 1], sums: [0.1, 0.35, 0.4, 0.8] }).value // 0.75
 */
export function rocAuc(cells: ScoreCells): Figure {
  const { negatives: N, positives: P } = labelTotals(cells);
  if (!(N + P > 0)) return 'no_rows';
  if (!(N > 0 && P > 0)) return 'one_class';
  const { value, standardError } = areaWithError(cells, N, P);
  let unordered = 0;
  for (let cell = 0; cell < cells.low.length; cell++) {
    if (isStretch(cells, cell)) unordered += (cells.negatives[cell] ?? 0) * (cells.positives[cell] ?? 0);
  }
  return logitFigure(value, standardError, Math.min(N, P), unordered / (2 * N * P));
}

function areaWithError(
  { negatives, positives }: ScoreCells,
  N: number,
  P: number,
): { value: number; standardError: number } {
  let below = 0;
  let sum = 0;
  let squares = 0;
  for (const [cell, n] of negatives.entries()) {
    const placement = (below + n / 2) / N;
    const p = positives[cell] ?? 0;
    sum += p * placement;
    squares += p * placement ** 2;
    below += n;
  }
  const value = Math.min(1, sum / P);
  const ofPositives = Math.max(0, squares / P - value ** 2);
  let positivesBelow = 0;
  let otherSquares = 0;
  for (const [cell, n] of negatives.entries()) {
    const p = positives[cell] ?? 0;
    const placement = (P - positivesBelow - p / 2) / P;
    otherSquares += n * placement ** 2;
    positivesBelow += p;
  }
  const ofNegatives = Math.max(0, otherSquares / N - value ** 2);
  return {
    value,
    // The sums divide by the counts less one; a single row of a class has no variance to show.
    standardError: Math.sqrt(ofPositives / Math.max(1, P - 1) + ofNegatives / Math.max(1, N - 1)),
  };
}
