import type { CategoricalColumn, Column, NumericColumn, Table } from '../../core/table.ts';
import type { ClassificationSample } from './classification-figures.ts';
import { tabulate } from './confusion-table.ts';
import { sumErrors } from './regression-figures.ts';
import type { RegressionSample } from './regression-sums.ts';
import { scoreCells } from './score-cells.ts';
import type { ScoreCells } from './score-cells.ts';
import { logLoss, sumLosses } from './score-losses.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

/** Probabilities by class, for models of several classes. */
export type ProbabilityColumns = ReadonlyMap<string, NumericColumn>;

/**
 * The labelled rows of a table, exactly. Null without labels, without predictions, or when they are numbers.
 * Cost: one sort of the scores per class.
 */
export function classificationSample(
  table: Table,
  positiveClass: string | null,
  probabilities: ProbabilityColumns | null = table.probabilities ?? null,
): ClassificationSample | null {
  const { label, prediction, score } = table;
  if (label === null || label.kind === 'numeric') return null;
  if (prediction === null || prediction.kind === 'numeric') return null;
  const { classes, at } = placesOf(label, prediction);
  const codesOf = ({ codes, levels }: CategoricalColumn): Int32Array => {
    const places = levels.map((level) => at.get(level) ?? classes.length);
    return codes.map((code) => places[code] ?? -1);
  };
  const truth = codesOf(label);
  const said = codesOf(prediction);
  const confusion = tabulate(classes, truth, said);
  const correct = rowsThatAgree(label, prediction);
  const several = probabilities !== null && probabilities.size > 2 ? probabilities : null;
  const positive = positiveClass === null ? -1 : (at.get(positiveClass) ?? -1);
  const scored = several === null && score !== null && positiveClass !== null ? score.values : null;
  return {
    confusion,
    correct,
    positiveClass,
    ...(scored === null ? NO_LOSSES : scoreLosses(scored, truth, positive)),
    ...(several !== null && probabilityLosses(several, truth, classes)),
    cells: scored === null ? null : cellsOf(scored, truth, positive),
    cellsByClass:
      several === null
        ? null
        : new Map(
            [...several].map(([name, { values }]) => [name, cellsOf(values, truth, at.get(name) ?? -1)]),
          ),
  };
}

/** Beyond this many classes the rarest share one place: a matrix of all would be larger than the rows. */
const MAX_CLASSES = 100;

/** Classes with a place, the most frequent labels first, whichever came first. */
function placesOf(
  label: CategoricalColumn,
  prediction: CategoricalColumn,
): { classes: string[]; at: ReadonlyMap<string, number> } {
  const rowsOf = new Map<string, number>([...label.levels, ...prediction.levels].map((name) => [name, 0]));
  for (const { codes, levels } of [label, prediction]) {
    const counts = levelCounts(codes, levels.length);
    for (const [code, name] of levels.entries())
      rowsOf.set(name, (rowsOf.get(name) ?? 0) + (counts[code] ?? 0));
  }
  const classes = [...rowsOf]
    .toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, MAX_CLASSES)
    .map(([name]) => name);
  return { classes, at: new Map(classes.map((name, i) => [name, i])) };
}

function rowsThatAgree(label: CategoricalColumn, prediction: CategoricalColumn): number {
  const known = new Map(label.levels.map((name, code) => [name, code]));
  const asLabel = prediction.levels.map((name) => known.get(name) ?? -1);
  let correct = 0;
  for (const [row, code] of label.codes.entries()) {
    if (code >= 0 && asLabel[prediction.codes[row] ?? -1] === code) correct++;
  }
  return correct;
}

const NO_LOSSES = { brier: null, logLoss: null };

/** Rows without a label take no part. */
function cellsOf(scores: Float64Array, truth: Int32Array, positive: number): ScoreCells {
  const labelled = scores.map((score, row) => ((truth[row] ?? -1) < 0 ? Number.NaN : score));
  return scoreCells(
    labelled,
    Uint8Array.from(truth, (code) => (code === positive ? 1 : 0)),
  );
}

function scoreLosses(
  scores: Float64Array,
  truth: Int32Array,
  positive: number,
): Pick<ClassificationSample, 'brier' | 'logLoss'> {
  const loss = (of: (score: number, happened: boolean) => number) =>
    sumLosses(
      truth.length === 0
        ? []
        : Array.from(truth, (code, row) => {
            const score = scores[row] ?? Number.NaN;
            return code < 0 || !Number.isFinite(score) ? Number.NaN : of(score, code === positive);
          }),
    );
  return {
    brier: loss((score, happened) => (score - (happened ? 1 : 0)) ** 2),
    logLoss: loss((score, happened) => logLoss(happened ? score : 1 - score)),
  };
}

/**
 * Several classes: −ln of the probability of the true class; Brier is Σ over classes of (probability − truth)², a missing
 * probability counting 0.
 */
function probabilityLosses(
  probabilities: ProbabilityColumns,
  truth: Int32Array,
  classes: readonly string[],
): Pick<ClassificationSample, 'brier' | 'logLoss'> {
  const losses = (of: (row: number, name: string, given: Float64Array) => number) =>
    sumLosses(
      Array.from(truth, (code, row) => {
        const name = classes[code];
        const given = name === undefined ? undefined : probabilities.get(name)?.values;
        return name === undefined || !Number.isFinite(given?.[row])
          ? Number.NaN
          : of(row, name, given ?? NOTHING);
      }),
    );
  return {
    logLoss: losses((row, _, given) => logLoss(given[row] ?? 0)),
    brier: losses((row, truthName) => {
      let sum = 0;
      for (const [name, { values }] of probabilities) {
        const p = values[row] ?? 0;
        sum += ((Number.isFinite(p) ? p : 0) - (name === truthName ? 1 : 0)) ** 2;
      }
      return sum;
    }),
  };
}

const NOTHING = new Float64Array(0);

/** The labelled rows of a regression; null without numeric labels and predictions. O(rows). */
export function regressionSample(table: Table): RegressionSample | null {
  const numbers = (column: Column | null): Float64Array | null =>
    column !== null && column.kind === 'numeric' ? column.values : null;
  const labels = numbers(table.label);
  const predictions = numbers(table.prediction);
  return labels === null || predictions === null ? null : sumErrors(labels, predictions);
}
