import { wilsonInterval } from '../intervals.ts';
import type { ClassCounts } from './confusion-table.ts';
import { shareFigure } from './make-figure.ts';
import type { Figure, Unmeasured } from './measured.ts';

/**
 * Precision, recall, specificity and F1 of one class against all others.
 *
 * precision TP/(TP+FP), recall TP/(TP+FN), specificity TN/(TN+FP): Wilson, two proportions. F1 = 2J/(1 + J) with
 * J = TP/(TP+FP+FN), a plain share of the rows that are or were said to be of the class: its Wilson interval and its
 * test are J's, carried over. Range [0, 1].
 * No row predicted: precision `no_predicted_positive`. No row of the class: recall `no_positive`. Neither: F1
 * `no_positive`. All rows of the class: specificity `one_class`. Cost O(1).
 *
 * @example precisionOf({ truePositives: 8, falsePositives: 2, falseNegatives: 4, trueNegatives: 6 }).value // 0.8
 */
export function precisionOf({ truePositives, falsePositives }: ClassCounts): Figure {
  return shareFigure(truePositives, truePositives + falsePositives, 'no_predicted_positive');
}

/**
 * @example recallOf({ truePositives: 6, falsePositives: 2, falseNegatives: 2, trueNegatives: 6 }).value // 0.75
 */
export function recallOf({ truePositives, falseNegatives }: ClassCounts): Figure {
  return shareFigure(truePositives, truePositives + falseNegatives, 'no_positive');
}

/**
 * @example specificityOf({ truePositives: 6, falsePositives: 2, falseNegatives: 2, trueNegatives: 6 }).value // 0.75
 */
export function specificityOf({ trueNegatives, falsePositives }: ClassCounts): Figure {
  return shareFigure(trueNegatives, trueNegatives + falsePositives, 'one_class');
}

/**
 * @example f1Of({ truePositives: 6, falsePositives: 2, falseNegatives: 2, trueNegatives: 6 }).value // 0.75
 */
export function f1Of({ truePositives, falsePositives, falseNegatives }: ClassCounts): Figure {
  const n = truePositives + falsePositives + falseNegatives;
  const otherwise: Unmeasured = 'no_positive';
  if (!(n > 0)) return otherwise;
  const overlap = truePositives / n;
  const f1 = (share: number): number => (2 * share) / (1 + share);
  const [low, high] = wilsonInterval(truePositives, n);
  return {
    value: f1(overlap),
    interval: [f1(low), f1(high)],
    standardError: (2 / (1 + overlap) ** 2) * Math.sqrt((overlap * (1 - overlap)) / n),
    bound: 0,
    basis: { kind: 'share', x: truePositives, n },
  };
}
