import type { CycleKind } from '../core/columns/cycle-figures.ts';
import type { Confusion, Performance, PerformanceMetric } from '../core/findings.ts';
import type { Task } from '../core/model.ts';
import type { Table } from '../core/table.ts';
import { normalQuantile } from '../stats/distributions.ts';
import { classificationFigures, figuresOfClass } from '../stats/performance/classification-figures.ts';
import type { ClassificationSample } from '../stats/performance/classification-figures.ts';
import type { ConfusionTable } from '../stats/performance/confusion-table.ts';
import { marginsOf } from '../stats/performance/confusion-table.ts';
import { isMeasured } from '../stats/performance/measured.ts';
import type { Figure, Figures } from '../stats/performance/measured.ts';
import { regressionFigures } from '../stats/performance/regression-figures.ts';
import type { RegressionSample } from '../stats/performance/regression-sums.ts';
import { classificationSample, regressionSample } from '../stats/performance/sample-of-table.ts';
import { sampleOfCounts } from '../stats/performance/sample-of-counts.ts';
import { differenceInterval, testFigures } from '../stats/performance/test-figures.ts';
import { studentTwoSided } from '../stats/pooled/student-tail.ts';
import { spreadIfShown } from '../stats/significance/overdispersion.ts';
import type { WindowSpread } from '../stats/significance/overdispersion.ts';
import type { PerformanceCounts } from '../stats/profile/feature-reference.ts';

export interface LabelledRows {
  readonly reference: number;
  readonly current: number;
}

/**
 * Figures of the model's success beside the baseline's, each with the current window's 95 % interval and a two-sided
 * test of the difference with both sample sizes. Null without labelled rows. docs/performance-metrics.md says which
 * figures, intervals and tests; from counts ROC AUC, PR AUC and ECE carry a bound.
 */
export function comparePerformance(
  reference: PerformanceCounts | null,
  current: PerformanceCounts | null,
  labelled: LabelledRows,
  rows: number,
  mature: boolean,
  positiveClass: string | null = null,
  usual: UsualOutcomes | null = null,
): Performance | null {
  if (current === null) return null;
  const before = reference === null ? null : sampleOfCounts(reference, positiveClass);
  return {
    labelled: { ...labelled, share: rows > 0 ? Math.min(1, labelled.current / rows) : 0 },
    mature,
    ...besideUsual(before, sampleOfCounts(current, positiveClass), usual),
  };
}

/** The same from rows: every figure exact. */
export function compareTablePerformance(
  reference: Table,
  current: Table,
  {
    task,
    positiveClass,
    mature,
    usual = null,
  }: { task: Task; positiveClass: string | null; mature: boolean; usual?: UsualOutcomes | null },
): Performance | null {
  const now = labelledSample(current, task, positiveClass);
  if (now === null || sizeOf(now) === 0) return null;
  const before = labelledSample(reference, task, positiveClass);
  const labelled = { reference: countLabelled(reference), current: countLabelled(current) };
  return {
    labelled: { ...labelled, share: current.rows > 0 ? labelled.current / current.rows : 0 },
    mature,
    ...besideUsual(before !== null && sizeOf(before) > 0 ? before : null, now, usual),
  };
}

function besideUsual(
  before: LabelledSample | null,
  now: LabelledSample,
  usual: UsualOutcomes | null,
): Pick<Performance, 'metrics' | 'classes' | 'confusion' | 'cycle' | 'overdispersion'> {
  const hours = usual?.hours ?? null;
  const beside = hours?.sample ?? before;
  const spread = beside === null ? null : spreadOf(usual?.spread ?? null, sizeOf(beside), sizeOf(now));
  return {
    ...compareSamples(beside, now, spread),
    ...(hours !== null && { cycle: { by: hours.by, labelled: hours.labelled } }),
    ...(spread !== null && { overdispersion: { factor: spread.factor, windows: spread.windows } }),
  };
}

/** Of windows of this one's size; null where they are no further apart than independent rows would be. */
function spreadOf(known: UsualOutcomes['spread'], before: number, now: number): WindowSpread | null {
  if (known === null) return null;
  const spread = spreadIfShown(known.of, now / known.parts, before);
  return spread.mean > spread.df ? spread : null;
}

/** What came of predictions in the baseline's own windows. */
export interface UsualOutcomes {
  readonly hours: OutcomesOfHours | null;
  /** How far they are from each other, in how often the model was right; `parts` of their length are in the window. */
  readonly spread: { readonly of: WindowSpread; readonly parts: number } | null;
}

/** Labelled rows of the baseline from the hours that a window is of. */
export interface OutcomesOfHours {
  readonly by: CycleKind;
  readonly labelled: number;
  readonly sample: LabelledSample;
}

/** Labelled rows of one task, from rows or from counts. */
export type LabelledSample =
  | { readonly task: 'classification'; readonly sample: ClassificationSample }
  | { readonly task: 'regression'; readonly sample: RegressionSample };

/** The labelled rows of a table; null where they are none, or not of this task. */
export function labelledSample(
  table: Table,
  task: Task,
  positiveClass: string | null,
): LabelledSample | null {
  return task === 'regression'
    ? asSample('regression', regressionSample(table))
    : asSample('classification', classificationSample(table, positiveClass));
}

function asSample(task: 'classification', sample: ClassificationSample | null): LabelledSample | null;
function asSample(task: 'regression', sample: RegressionSample | null): LabelledSample | null;
function asSample(task: Task, sample: ClassificationSample | RegressionSample | null): LabelledSample | null {
  return sample === null ? null : ({ task, sample } as LabelledSample);
}

function sizeOf(sample: LabelledSample): number {
  return sample.task === 'regression' ? sample.sample.n : marginsOf(sample.sample.confusion.counts).total;
}

/** Rows with a label. O(rows). */
export function countLabelled({ label, rows }: Table): number {
  if (label === null) return 0;
  if (label.kind !== 'numeric') return label.codes.reduce((sum, code) => sum + (code >= 0 ? 1 : 0), 0);
  let labelled = 0;
  for (let row = 0; row < rows; row++) if (!Number.isNaN(label.values[row])) labelled++;
  return labelled;
}

function compareSamples(
  reference: LabelledSample | null,
  current: LabelledSample,
  spread: WindowSpread | null,
): Pick<Performance, 'metrics' | 'classes' | 'confusion'> {
  if (current.task === 'regression') {
    const before = reference?.task === 'regression' ? regressionFigures(reference.sample) : null;
    return { metrics: compareFigures(before, regressionFigures(current.sample), spread) };
  }
  const before = reference?.task === 'classification' ? alikeScored(reference.sample, current.sample) : null;
  const metrics = compareFigures(
    before === null ? null : classificationFigures(before),
    classificationFigures(current.sample, before ?? current.sample),
    spread,
  );
  const confusion = confusionOf(before?.confusion ?? null, current.sample.confusion);
  const several = confusion.classes.length > 2 && confusion.classes.length <= MAX_SHOWN_CLASSES;
  return {
    metrics,
    ...(several && {
      classes: classesOf(before?.confusion ?? null, current.sample.confusion, confusion.classes, spread),
    }),
    ...(confusion.classes.length <= MAX_SHOWN_CLASSES && { confusion }),
  };
}

/** One side with probabilities of several classes, the other with a score: figures of scores have no counterpart. */
function alikeScored(before: ClassificationSample, now: ClassificationSample): ClassificationSample {
  return (before.cellsByClass === null) === (now.cellsByClass === null)
    ? before
    : { ...before, brier: null, logLoss: null, cells: null, cellsByClass: null };
}

/** A matrix of more classes than this nobody reads; the figures over all of them stay. */
const MAX_SHOWN_CLASSES = 20;

function classesOf(
  before: ConfusionTable | null,
  now: ConfusionTable,
  classes: readonly string[],
  spread: WindowSpread | null,
): NonNullable<Performance['classes']> {
  return classes.map((name) => ({
    class: name,
    metrics: compareFigures(
      before === null ? null : figuresOfClass(before, name),
      figuresOfClass(now, name),
      spread,
    ),
  }));
}

/** Both matrices over the classes of either, the reference's first. */
function confusionOf(before: ConfusionTable | null, now: ConfusionTable): Confusion {
  const classes = [...new Set([...(before?.classes ?? []), ...now.classes])];
  const spread = (table: ConfusionTable): number[][] => {
    const places = [...table.classes.map((name) => classes.indexOf(name)), classes.length];
    const counts = Array.from({ length: classes.length + 1 }, () =>
      Array.from({ length: classes.length + 1 }, () => 0),
    );
    for (const [i, row] of table.counts.entries()) {
      for (const [j, count] of row.entries()) {
        const line = counts[places[i] ?? classes.length];
        const place = places[j] ?? classes.length;
        if (line !== undefined) line[place] = (line[place] ?? 0) + count;
      }
    }
    return counts;
  };
  return { classes, reference: before === null ? null : spread(before), current: spread(now) };
}

/** Names of figures are this project's own words, so they may be keys. */
function compareFigures(
  reference: Figures | null,
  current: Figures,
  spread: WindowSpread | null,
): Record<string, PerformanceMetric> {
  return Object.fromEntries(
    [...current].map(([name, figure]) => [name, compareFigure(reference?.get(name), figure, spread)]),
  );
}

function compareFigure(
  before: Figure | undefined,
  now: Figure,
  spread: WindowSpread | null,
): PerformanceMetric {
  const reference = isMeasured(before) ? before : null;
  if (!isMeasured(now)) {
    return { reference: finite(reference?.value), current: null, interval: null, p_value: null, reason: now };
  }
  const difference =
    reference === null
      ? null
      : finiteInterval(widened(differenceInterval(reference, now), now.value - reference.value, spread));
  const bound = now.bound + (reference?.bound ?? 0);
  return {
    reference: finite(reference?.value),
    current: finite(now.value),
    interval: finiteInterval(now.interval),
    p_value: reference === null ? null : finite(besideWindows(testFigures(reference, now), spread)),
    ...(difference !== null && { difference_interval: difference }),
    ...(bound > 0 && { bound }),
  };
}

/** Errors as large as the baseline's own windows show them, by Student's law with one degree of freedom less than windows. */
function besideWindows(p: number | null, spread: WindowSpread | null): number | null {
  if (p === null || spread === null) return p;
  const z = normalQuantile(Math.max(p, 1e-300) / 2);
  return Math.max(p, studentTwoSided(z / Math.sqrt(spread.factor), spread.windows - 1));
}

function widened(
  [low, high]: readonly [number, number],
  middle: number,
  spread: WindowSpread | null,
): [number, number] {
  const times = spread === null ? 1 : Math.sqrt(spread.factor);
  return [middle - times * (middle - low), middle + times * (high - middle)];
}

function finite(value: number | null | undefined): number | null {
  return value !== undefined && value !== null && Number.isFinite(value) ? value : null;
}

function finiteInterval(interval: readonly [number, number]): [number, number] | null {
  return interval.every((end) => Number.isFinite(end)) ? [interval[0], interval[1]] : null;
}
