import { keptWith } from '../../core/memory/remember.ts';
import type { EstimatedLabels, EstimatedMetric } from '../../core/findings.ts';
import type { CategoricalColumn, Table } from '../../core/table.ts';
import { sum } from '../../stats/elementary.ts';
import { estimateBbse } from '../../stats/estimation/bbse.ts';
import { expectedPerformance } from '../../stats/estimation/expected-performance.ts';
import { estimateByEm } from '../../stats/estimation/label-em.ts';
import type { LabelShares } from '../../stats/estimation/label-shift.ts';
import { mixtureFit } from '../../stats/estimation/mixture-fit.ts';
import { fitClassProbabilities } from '../../stats/estimation/class-probabilities.ts';
import type { ClassProbabilities } from '../../stats/estimation/class-probabilities.ts';
import { classificationFigures } from '../../stats/performance/classification-figures.ts';
import { logitFigure, NOT_NEGATIVE, normalFigure } from '../../stats/performance/make-figure.ts';
import { isMeasured } from '../../stats/performance/measured.ts';
import type { Figure, Measured } from '../../stats/performance/measured.ts';
import { classificationSample } from '../../stats/performance/sample-of-table.ts';
import { countedFigures, countedPredictions } from './counted-scores.ts';
import { finiteFigure } from './finite-figure.ts';
import type { CountedScores } from './counted-scores.ts';
import type { EstimateOptions, Estimates } from './estimates.ts';
import { REFUTED_AT, refuteShares } from './refute-estimates.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

/** More classes than this have too few rows each to calibrate. */
const MAX_CLASSES = 20;
/** More of the scores than this lie outside the baseline's: calibration has nothing to say there. */
const MAX_BEYOND = 0.01;

/** Classification: expected figures, and the labels' shares. */
export function estimateClasses(reference: Table, current: Table, options: EstimateOptions): Estimates {
  const { label, prediction } = reference;
  const none: Estimates = { metrics: {}, labels: [] };
  if (label === null || label.kind === 'numeric') return none;
  const classes = presentLevels(label);
  if (classes.length < 2 || classes.length > MAX_CLASSES) return none;
  const fitted = learnedFrom(reference, classes, options.positiveClass);
  const said = prediction !== null && prediction.kind !== 'numeric' ? prediction : null;
  const now =
    current.prediction !== null && current.prediction.kind !== 'numeric' ? current.prediction : null;
  const metrics = fitted === null || now === null ? {} : cbpe(reference, current, now, fitted, options);
  const labels: EstimatedLabels[] = [];
  if (said !== null && now !== null)
    labels.push(bbse(reference, current, { classes, label, said, now }, fitted, options.counted));
  if (fitted !== null) labels.push(em(reference, current, { classes, label }, fitted));
  return { metrics, labels: labels.map((shares) => refuteByLabels(shares, current, options.minLabelled)) };
}

const learned = new WeakMap<Table, Map<string | null, ClassProbabilities | null>>();

/** Learning from one baseline is worth keeping while many windows are measured against it. */
function learnedFrom(
  reference: Table,
  classes: readonly string[],
  positiveClass: string | null,
): ClassProbabilities | null {
  const known = learned.get(reference) ?? new Map<string | null, ClassProbabilities | null>();
  learned.set(reference, known);
  let fitted = known.get(positiveClass);
  if (fitted === undefined) {
    fitted = fitClassProbabilities(reference, classes, positiveClass);
    known.set(positiveClass, fitted);
  }
  return fitted;
}

type Figures = ReturnType<typeof classificationFigures>;

const realised = keptWith((_reference: Table) => new Map<string | null, Figures | null>());

/** A few numbers, the same for every window. */
function realisedBy(reference: Table, positiveClass: string | null): Figures | null {
  const known = realised(reference);
  let figures = known.get(positiveClass);
  if (figures === undefined) {
    const before = classificationSample(reference, positiveClass);
    known.set(positiveClass, (figures = before && classificationFigures(before)));
  }
  return figures;
}

function cbpe(
  reference: Table,
  current: Table,
  prediction: CategoricalColumn,
  fitted: ClassProbabilities,
  { positiveClass, minLabelled, counted }: EstimateOptions,
): Record<string, EstimatedMetric> {
  const known = realisedBy(reference, positiveClass);
  if (known === null) return {};
  const { classes } = fitted;
  const codes = codesIn(prediction, classes);
  const expected = expectedPerformance(
    { classes, predictions: codes, probabilities: fitted.of(current), scores: fitted.scoresOf(current) },
    positiveClass,
  );
  const trouble =
    fitted.labelled < minLabelled
      ? 'too_few_baseline_labels'
      : fitted.shareBeyond(current) > MAX_BEYOND
        ? 'scores_beyond_baseline'
        : (fitted.refutedBy(current, minLabelled) ?? 1) < REFUTED_AT
          ? 'refuted_by_labels'
          : null;
  const all = counted === undefined ? null : countedFigures(counted, current, fitted, positiveClass);
  const entries = [...expected].flatMap(([name, figure]): [string, EstimatedMetric][] => {
    // The error of calibration is 0 in expectation by construction: it says nothing.
    if (name === 'ece' || !isMeasured(figure)) return [];
    const metricOf = (of: Measured, rows: number): EstimatedMetric =>
      estimatedMetric(of, known.get(name), rows, trouble);
    const sampled = metricOf(figure, current.rows);
    const whole = all?.figures.get(name);
    return [
      [name, all === null || whole === undefined ? sampled : surer(metricOf(whole, all.rows), sampled)],
    ];
  });
  return Object.fromEntries(entries);
}

/** More rows are worth more than what counts blur, or less, by the width of the interval. */
function surer(counted: EstimatedMetric, sampled: EstimatedMetric): EstimatedMetric {
  const width = ({ interval }: EstimatedMetric): number =>
    interval === null ? Infinity : interval[1] - interval[0];
  return width(counted) < width(sampled) ? counted : sampled;
}

/** Uncertain by the labels to come, and by the baseline's that taught the probabilities. */
function estimatedMetric(
  figure: Measured,
  realised: Figure | undefined,
  rows: number,
  trouble: string | null,
): EstimatedMetric {
  const known = isMeasured(realised) ? realised : null;
  const error = Math.hypot(figure.standardError, known?.standardError ?? 0);
  const isShare = figure.value <= 1 && figure.basis.kind !== 'mean';
  const { interval } = isShare
    ? logitFigure(figure.value, error, rows, figure.bound)
    : normalFigure(figure.value, error, NOT_NEGATIVE, figure.bound);
  return {
    reference: known?.value ?? null,
    ...finiteFigure(figure.value, interval),
    method: 'cbpe',
    rows,
    ...(figure.bound > 0 && { bound: figure.bound }),
    valid: trouble === null,
    reason: trouble ?? 'if_concept_stands',
  };
}

interface LabelInput {
  readonly classes: readonly string[];
  readonly label: CategoricalColumn;
}

function bbse(
  reference: Table,
  current: Table,
  { classes, label, said, now }: LabelInput & { said: CategoricalColumn; now: CategoricalColumn },
  fitted: ClassProbabilities | null,
  counted: CountedScores | undefined,
): EstimatedLabels {
  const labels = codesIn(label, classes);
  const predictions = codesIn(said, classes);
  const confusion = classes.map(() => classes.map(() => 0));
  for (const [row, j] of labels.entries()) {
    const line = confusion[predictions[row] ?? -1];
    if (line !== undefined && j >= 0) line[j] = (line[j] ?? 0) + 1;
  }
  const all = counted === undefined ? null : countedPredictions(counted, classes);
  const present = all ?? classes.map(() => 0);
  if (all === null) {
    for (const code of codesIn(now, classes)) if (code >= 0) present[code] = (present[code] ?? 0) + 1;
  }
  const shares = estimateBbse({ classes, confusion, predictions: present });
  return { ...labelFinding(shares, reference, current, labels, fitted), rows: sum(present) };
}

function em(
  reference: Table,
  current: Table,
  { classes, label }: LabelInput,
  fitted: ClassProbabilities,
): EstimatedLabels {
  const labels = codesIn(label, classes);
  const counts = classes.map(() => 0);
  for (const code of labels) if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
  const total = sum(counts);
  const shares = estimateByEm(
    classes,
    counts.map((count) => count / total),
    fitted.of(current),
  );
  return { ...labelFinding(shares, reference, current, labels, fitted), rows: current.rows };
}

function labelFinding(
  shares: LabelShares,
  reference: Table,
  current: Table,
  labels: Int32Array,
  fitted: ClassProbabilities | null,
): EstimatedLabels {
  const { classes, estimate, intervals, method, conditionNumber } = shares;
  const p =
    estimate === null || fitted === null
      ? null
      : mixtureOfScores(estimate, fitted.scoresOf(reference), fitted.scoresOf(current), labels);
  const trouble = shares.reason ?? (p !== null && p < REFUTED_AT ? 'mixture_does_not_fit' : null);
  return {
    method,
    classes: classes.map((name, k) => {
      const interval = intervals?.[k];
      return {
        class: name,
        reference: shares.reference[k] ?? 0,
        estimated: estimate?.[k] ?? null,
        interval: interval === undefined ? null : [interval[0], interval[1]],
      };
    }),
    ...(method === 'bbse' && { condition_number: conditionNumber }),
    ...(fitted !== null && { mixture_p_value: p }),
    valid: trouble === null,
    reason: trouble ?? 'if_only_labels_moved',
  };
}

/** Smallest p over the classes' scores, times their number. */
function mixtureOfScores(
  estimate: readonly number[],
  before: readonly (Float64Array | null)[],
  now: readonly (Float64Array | null)[],
  labels: Int32Array,
): number | null {
  const found: number[] = [];
  for (const [k, scores] of before.entries()) {
    const current = now[k] ?? null;
    // Of two classes one score tells all: the other's is its mirror image or absent.
    if (scores === null || current === null || (estimate.length === 2 && found.length > 0)) continue;
    const byClass = estimate.map((_, of) => scores.filter((_score, row) => labels[row] === of));
    const p = mixtureFit(byClass, estimate, current);
    if (p !== null) found.push(p);
  }
  return found.length === 0 ? null : Math.min(1, Math.min(...found) * found.length);
}

/** Labels that came later have the last word, if enough came. */
function refuteByLabels(shares: EstimatedLabels, { label }: Table, minLabelled: number): EstimatedLabels {
  if (label === null || label.kind === 'numeric') return shares;
  const codes = codesIn(
    label,
    shares.classes.map(({ class: name }) => name),
  );
  const counts = levelCounts(codes, shares.classes.length);
  const known = new Map(shares.classes.map(({ class: name }, k) => [name, counts[k] ?? 0]));
  const labelled = sum(counts);
  return refuteShares(shares, { labelled, rowsOf: (name) => known.get(name) ?? 0 }, minLabelled);
}

/** Classes that some row has, the most frequent first. */
function presentLevels({ codes, levels }: CategoricalColumn): string[] {
  const counts = levelCounts(codes, levels.length);
  return [...levels.entries()]
    .filter(([code]) => (counts[code] ?? 0) > 0)
    .toSorted(([a], [b]) => (counts[b] ?? 0) - (counts[a] ?? 0))
    .map(([, name]) => name);
}

function codesIn({ codes, levels }: CategoricalColumn, classes: readonly string[]): Int32Array {
  const places = levels.map((level) => classes.indexOf(level));
  return codes.map((code) => places[code] ?? -1);
}
