import { CompensatedSums } from '../compensated.ts';
import { classificationFigures } from '../performance/classification-figures.ts';
import type { ClassificationSample } from '../performance/classification-figures.ts';
import type { Figures } from '../performance/measured.ts';
import { expectedCells } from '../performance/score-cells.ts';
import type { LossSums } from '../performance/score-losses.ts';
import { logLoss } from '../performance/score-losses.ts';

/** What a classifier said of rows without labels, and how likely each class is. */
export interface UnlabelledRows {
  readonly classes: readonly string[];
  /** Index into `classes`; −1 is no prediction. */
  readonly predictions: ArrayLike<number>;
  /** Per class, the calibrated probability of each row. */
  readonly probabilities: readonly Float64Array[];
  /** Per class, what the model itself gave; null where it only gave classes. */
  readonly scores: readonly (Float64Array | null)[];
}

/**
 * Confidence-based performance estimation (CBPE): if p is the probability of a label, the labels that will come can be
 * counted before they do. Σ p over the rows predicted to be of a class are its expected true positives, and so on; the
 * expected confusion matrix and expected labels per score then go through the very formulas of real labels.
 *
 * Right as long as P(label | score) is what it was where p was learned: through covariate shift that the score sees,
 * not through concept drift or label shift. Rows without a prediction or probability are left out.
 * `positiveClass` null, or more than two classes: averages over classes, and ROC AUC one against the rest.
 * Cost: one sort per class. Source: the method of NannyML's CBPE, described in its documentation.
 */
export function expectedPerformance(rows: UnlabelledRows, positiveClass: string | null): Figures {
  return classificationFigures(expectedSample(rows, positiveClass));
}

/** Counts and cells in expectation; their standard errors are those that the labels will have. */
function expectedSample(
  { classes, predictions, probabilities, scores }: UnlabelledRows,
  positiveClass: string | null,
): ClassificationSample {
  // Compensated, so that the order of rows does not show. The last is of rows that are right.
  const sums = new CompensatedSums(classes.length ** 2 + 1);
  const right = classes.length ** 2;
  for (let row = 0; row < predictions.length; row++) {
    const said = predictions[row] ?? -1;
    if (said < 0 || !probabilities.every((of) => Number.isFinite(of[row]))) continue;
    for (const [k, of] of probabilities.entries()) {
      const p = of[row] ?? 0;
      if (k < classes.length && said < classes.length) sums.add(k * classes.length + said, p);
      if (k === said) sums.add(right, p);
    }
  }
  const counts = classes.map((_, k) => classes.map((__, said) => sums.get(k * classes.length + said)));
  const correct = sums.get(right);
  const at = positiveClass === null ? -1 : classes.indexOf(positiveClass);
  const score = scores[at] ?? null;
  const probability = probabilities[at];
  const binary = classes.length <= 2 && score !== null && probability !== undefined;
  const cellsByClass = new Map(
    classes.flatMap((name, k) => {
      const given = scores[k] ?? null;
      const p = probabilities[k];
      return given === null || p === undefined ? [] : [[name, expectedCells(given, p)] as const];
    }),
  );
  return {
    confusion: { classes, counts },
    correct,
    positiveClass,
    brier: binary ? expectedLoss(score, probability, (s, y) => (s - y) ** 2) : null,
    logLoss: binary ? expectedLoss(score, probability, (s, y) => logLoss(y === 1 ? s : 1 - s)) : null,
    cells: binary ? (cellsByClass.get(classes[at] ?? '') ?? null) : null,
    cellsByClass: classes.length > 2 && cellsByClass.size > 0 ? cellsByClass : null,
  };
}

/** A row's loss is one of two, by its label: sums of the mean and of the mean square. */
function expectedLoss(
  scores: Float64Array,
  probability: Float64Array,
  loss: (score: number, label: 0 | 1) => number,
): LossSums {
  let n = 0;
  const sums = new CompensatedSums(2);
  for (const [row, score] of scores.entries()) {
    const p = probability[row] ?? Number.NaN;
    if (!Number.isFinite(score) || !Number.isFinite(p)) continue;
    const ifPositive = loss(score, 1);
    const ifNegative = loss(score, 0);
    n++;
    sums.add(0, p * ifPositive + (1 - p) * ifNegative);
    sums.add(1, p * ifPositive ** 2 + (1 - p) * ifNegative ** 2);
  }
  return { n, sum: sums.get(0), sumOfSquares: sums.get(1) };
}
