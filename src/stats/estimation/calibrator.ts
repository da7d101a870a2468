import { calibrationError } from '../performance/calibration-error.ts';
import { isMeasured } from '../performance/measured.ts';
import { scoreCells } from '../performance/score-cells.ts';
import type { ScoreCells } from '../performance/score-cells.ts';
import { shuffle } from '../multivariate/pick-rows.ts';
import { createRandom } from '../random.ts';
import { fitIsotonic, isotonicAt } from './isotonic.ts';
import type { IsotonicCurve } from './isotonic.ts';

/** What turns a score into a probability, and whether that was worth doing. */
export interface Calibrator {
  /** Null: the score is taken as it is. */
  readonly curve: IsotonicCurve | null;
  /** Calibration error of held-out rows as scored, and after calibration on the other folds. Null: not tried. */
  readonly error: { readonly before: number; readonly after: number } | null;
  /** Smallest and largest score it was fitted on. */
  readonly range: readonly [number, number];
}

const FOLDS = 10;
const SEED = 42;

/**
 * Isotonic calibration, kept only where it lowers the calibration error of rows it was not fitted on: ten folds, each
 * label dealt out evenly, the error over ten equal bins of all held-out rows together (as NannyML decides; its folds
 * are other random ones). A score outside [0, 1] is no probability at all and always calibrated.
 *
 * Rows without a finite score are left out. One class, or fewer than 100 rows: nothing is fitted. The order of the rows
 * changes nothing. Cost: twelve sorts.
 */
export function fitCalibrator(scores: Float64Array, isPositive: ArrayLike<number>): Calibrator {
  const rows = Int32Array.from(scores.keys()).filter((row) => Number.isFinite(scores[row]));
  let low = Infinity;
  let high = -Infinity;
  let positives = 0;
  for (const row of rows) {
    low = Math.min(low, scores[row] ?? low);
    high = Math.max(high, scores[row] ?? high);
    positives += isPositive[row] === 1 ? 1 : 0;
  }
  const range = [low, high] as const;
  if (rows.length < 10 * FOLDS || positives === 0 || positives === rows.length) {
    return { curve: null, error: null, range };
  }
  const error = heldOutErrors(scores, isPositive, inOrderOfValue(scores, isPositive, rows));
  const useful = low < 0 || high > 1 || error.after < error.before;
  return { curve: useful ? fitIsotonic(cellsOf(scores, isPositive, rows)) : null, error, range };
}

/** So that which rows are in a fold follows from what they hold, and not from where they stand. */
function inOrderOfValue(scores: Float64Array, isPositive: ArrayLike<number>, rows: Int32Array): Int32Array {
  return rows.toSorted(
    (a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || (isPositive[a] ?? 0) - (isPositive[b] ?? 0),
  );
}

function cellsOf(scores: Float64Array, isPositive: ArrayLike<number>, rows: Int32Array): ScoreCells {
  const taken = new Float64Array(rows.length);
  const labels = new Uint8Array(rows.length);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    taken[at] = scores[row] ?? Number.NaN;
    labels[at] = isPositive[row] ?? 0;
  }
  return scoreCells(taken, labels);
}

function heldOutErrors(
  scores: Float64Array,
  isPositive: ArrayLike<number>,
  rows: Int32Array,
): { before: number; after: number } {
  const folds = dealFolds(isPositive, rows);
  const calibrated = new Float64Array(scores.length).fill(Number.NaN);
  for (let fold = 0; fold < FOLDS; fold++) {
    const curve = fitIsotonic(
      cellsOf(
        scores,
        isPositive,
        rows.filter((_, at) => folds[at] !== fold),
      ),
    );
    for (const [at, row] of rows.entries()) {
      if (folds[at] === fold) calibrated[row] = isotonicAt(curve, scores[row] ?? Number.NaN);
    }
  }
  const errorOf = (values: Float64Array): number => {
    const figure = calibrationError(cellsOf(values, isPositive, rows));
    return isMeasured(figure) ? figure.value : Number.NaN;
  };
  return { before: errorOf(scores), after: errorOf(calibrated) };
}

/** The fold of each row: shuffled, then dealt out label by label. */
function dealFolds(isPositive: ArrayLike<number>, rows: Int32Array): Uint8Array {
  const order = Int32Array.from(rows.keys());
  shuffle(order, createRandom(SEED));
  const folds = new Uint8Array(rows.length);
  const dealt = [0, 0];
  for (const at of order) {
    const label = isPositive[rows[at] ?? 0] === 1 ? 1 : 0;
    const next = dealt[label] ?? 0;
    folds[at] = next % FOLDS;
    dealt[label] = next + 1;
  }
  return folds;
}

/** Probabilities of scores. Values outside [0, 1] that were not calibrated are cut to it. O(rows · log points). */
export function calibrate({ curve }: Calibrator, scores: Float64Array): Float64Array {
  return scores.map((score) => (curve === null ? Math.min(1, Math.max(0, score)) : isotonicAt(curve, score)));
}
