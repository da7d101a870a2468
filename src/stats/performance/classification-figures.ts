import { mean } from '../elementary.ts';
import { averaged } from './averaged-figures.ts';
import { calibrationError } from './calibration-error.ts';
import { f1Of, precisionOf, recallOf, specificityOf } from './class-figures.ts';
import { classCounts, marginsOf } from './confusion-table.ts';
import type { ConfusionTable } from './confusion-table.ts';
import { meanFigure, NOT_NEGATIVE, SHARE, shareFigure } from './make-figure.ts';
import { isMeasured } from './measured.ts';
import type { Figure, Figures, Measured } from './measured.ts';
import { prAuc } from './pr-auc.ts';
import { rocAuc } from './roc-auc.ts';
import type { ScoreCells } from './score-cells.ts';
import type { LossSums } from './score-losses.ts';

/** What is known of labelled and classified rows. From rows or from a window's counts: the figures do not ask. */
export interface ClassificationSample {
  readonly confusion: ConfusionTable;
  /** Exact also where classes share a place. */
  readonly correct: number;
  /** The class that precision, recall and score are about; null gives averages over the classes. */
  readonly positiveClass: string | null;
  readonly brier: LossSums | null;
  readonly logLoss: LossSums | null;
  /** Score against "is the positive class"; with several classes, per class the probability against "is that class". */
  readonly cells: ScoreCells | null;
  readonly cellsByClass: ReadonlyMap<string, ScoreCells> | null;
}

/**
 * Every figure of a classifier, by name, in the order people read them: `accuracy`; with a positive class `precision`,
 * `recall`, `f1`, `specificity`, `roc_auc`, `pr_auc`; else each averaged `_macro` and `_weighted`, and `roc_auc` the
 * mean of one class against the rest; `log_loss`, `brier`, `ece` where there is a score. Figures that need a score are
 * absent without one. `like` gives the reference's score bins, on which calibration is tested.
 */
export function classificationFigures(
  sample: ClassificationSample,
  like: ClassificationSample = sample,
): Figures {
  const { confusion, correct, positiveClass, cells, cellsByClass } = sample;
  const figures = new Map<string, Figure>();
  figures.set('accuracy', shareFigure(correct, marginsOf(confusion.counts).total, 'no_rows'));
  if (positiveClass !== null && classesOf(confusion) <= 2) {
    for (const [name, figure] of figuresOfClass(confusion, positiveClass)) figures.set(name, figure);
  } else {
    for (const figure of ['precision', 'recall', 'f1'] as const) {
      for (const weighting of ['macro', 'weighted'] as const) {
        figures.set(`${figure}_${weighting}`, averaged(confusion, figure, weighting));
      }
    }
  }
  if (cellsByClass !== null) {
    figures.set('roc_auc', meanOverClasses([...cellsByClass.values()].map(rocAuc)));
  } else if (cells !== null) {
    figures.set('roc_auc', rocAuc(cells));
    figures.set('pr_auc', prAuc(cells));
  }
  setMean(figures, 'log_loss', sample.logLoss);
  setMean(figures, 'brier', sample.brier);
  if (cells !== null) figures.set('ece', calibrationError(cells, like.cells ?? cells));
  return figures;
}

/** Precision, recall, F1 and specificity of one class against all others. */
export function figuresOfClass(confusion: ConfusionTable, name: string): Figures {
  const counts = classCounts(confusion, name);
  return new Map([
    ['precision', precisionOf(counts)],
    ['recall', recallOf(counts)],
    ['f1', f1Of(counts)],
    ['specificity', specificityOf(counts)],
  ]);
}

/** Classes that some row has or was predicted to have. */
function classesOf({ counts }: ConfusionTable): number {
  const { labels, predictions } = marginsOf(counts);
  return labels.filter((count, k) => count + (predictions[k] ?? 0) > 0).length;
}

function setMean(figures: Map<string, Figure>, name: string, sums: LossSums | null): void {
  if (sums === null) return;
  figures.set(name, meanFigure(sums.n, sums.sum, sums.sumOfSquares, NOT_NEGATIVE, 'no_rows'));
}

/**
 * The classes' areas share their rows, in a way that only rows could tell: the mean of their standard errors is the
 * largest that of the mean can be. A class that no row has, or all rows have, takes no part.
 */
function meanOverClasses(figures: readonly Figure[]): Figure {
  const measured = figures.filter(isMeasured);
  if (measured.length === 0) return figures[0] ?? 'no_rows';
  const averaged = (pick: (figure: Measured) => number): number => mean(measured.map(pick));
  return {
    value: averaged(({ value }) => value),
    interval: [
      Math.max(
        SHARE.low,
        averaged(({ interval }) => interval[0]),
      ),
      Math.min(
        SHARE.high,
        averaged(({ interval }) => interval[1]),
      ),
    ],
    standardError: averaged(({ standardError }) => standardError),
    bound: averaged(({ bound }) => bound),
    basis: { kind: 'normal' },
  };
}
