import { cellOf, marginsOf } from './confusion-table.ts';
import type { ConfusionTable } from './confusion-table.ts';
import { normalFigure, SHARE } from './make-figure.ts';
import type { Figure } from './measured.ts';

export type Averaged = 'precision' | 'recall' | 'f1';
export type Weighting = 'macro' | 'weighted';

/**
 * Precision, recall or F1 of every class, averaged: `macro` counts each class alike, `weighted` by its labelled rows.
 * Classes are those that some row has or was predicted to have; a class whose own figure has no denominator counts 0,
 * as in scikit-learn. Rows of classes without a place of their own form one class together.
 *
 * Standard error by the delta method on the multinomial counts; normal interval cut to [0, 1]. Weighted recall is
 * accuracy. No rows: `no_rows`. Cost O(classes²).
 *
 * @example averaged({ classes: ['a', 'b'], counts: [[3, 1], [2, 4]] }, 'recall', 'macro').value // 0.7083333333333333
 */
export function averaged({ counts }: ConfusionTable, of: Averaged, weighting: Weighting): Figure {
  const { labels, predictions, total } = marginsOf(counts);
  if (!(total > 0)) return 'no_rows';
  const present = counts.map((_, k) => (labels[k] ?? 0) + (predictions[k] ?? 0) > 0);
  const size = present.filter(Boolean).length;
  const weights = counts.map((_, k) =>
    weighting === 'weighted' ? (labels[k] ?? 0) / total : present[k] === true ? 1 / size : 0,
  );
  const parts = counts.map((_, k) =>
    classPart(of, cellOf(counts, k, k), labels[k] ?? 0, predictions[k] ?? 0),
  );
  const value = parts.reduce((sum, part, k) => sum + (weights[k] ?? 0) * part.value, 0);
  let first = 0;
  let second = 0;
  for (const [i, row] of counts.entries()) {
    for (const [j, count] of row.entries()) {
      if (count === 0) continue;
      const byLabel = (weights[i] ?? 0) * (parts[i]?.perLabel ?? 0);
      const byPrediction = (weights[j] ?? 0) * (parts[j]?.perPrediction ?? 0);
      const hit = i === j ? (weights[i] ?? 0) * (parts[i]?.perHit ?? 0) : 0;
      // One more row of a label also weighs its class heavier.
      const heavier = weighting === 'weighted' ? ((parts[i]?.value ?? 0) - value) / total : 0;
      const slope = byLabel + byPrediction + hit + heavier;
      first += count * slope;
      second += count * slope ** 2;
    }
  }
  return normalFigure(value, Math.sqrt(Math.max(0, second - first ** 2 / total)), SHARE);
}

/** A class's figure and its slopes in: rows of its label, rows of its prediction, rows that are both. */
interface ClassPart {
  readonly value: number;
  readonly perLabel: number;
  readonly perPrediction: number;
  readonly perHit: number;
}

function classPart(of: Averaged, hits: number, labelled: number, predicted: number): ClassPart {
  const scale = of === 'f1' ? 2 : 1;
  const denominator = (of === 'precision' ? 0 : labelled) + (of === 'recall' ? 0 : predicted);
  if (!(denominator > 0)) return { value: 0, perLabel: 0, perPrediction: 0, perHit: 0 };
  const value = (scale * hits) / denominator;
  return {
    value,
    perLabel: of === 'precision' ? 0 : -value / denominator,
    perPrediction: of === 'recall' ? 0 : -value / denominator,
    perHit: scale / denominator,
  };
}
