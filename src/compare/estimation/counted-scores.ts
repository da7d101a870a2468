import type { Table } from '../../core/table.ts';
import type { ClassProbabilities } from '../../stats/estimation/class-probabilities.ts';
import { expectedFromCounts } from '../../stats/estimation/expected-counts.ts';
import { scoreStretches } from '../../stats/estimation/score-stretches.ts';
import type { ScoreStretches } from '../../stats/estimation/score-stretches.ts';
import type { Measured } from '../../stats/performance/measured.ts';
import type { FeatureProfile } from '../../stats/profile/feature-profile.ts';

/** What a window counted of its scores and predictions, each for itself. */
export interface CountedScores {
  readonly rows: number;
  readonly score: FeatureProfile;
  readonly prediction: FeatureProfile;
}

export interface CountedFigures {
  readonly rows: number;
  readonly figures: ReadonlyMap<string, Measured>;
}

/**
 * Expected figures of all rows of a window, two classes. Scores and predictions are counted apart, so this needs a model
 * that predicts positive from some score on, as the sampled rows must show without exception; then the rows predicted
 * positive are those with the highest scores. Null where they show otherwise, or a row lacks score or prediction.
 */
export function countedFigures(
  { rows, score, prediction }: CountedScores,
  sample: Table,
  fitted: ClassProbabilities,
  positiveClass: string | null,
): CountedFigures | null {
  if (fitted.classes.length !== 2 || positiveClass === null) return null;
  if (score.kind !== 'numeric' || prediction.kind === 'numeric' || rows === 0) return null;
  const [first = '', second = ''] = fitted.classes;
  const negativeClass = first === positiveClass ? second : first;
  const selected = prediction.rowsOf(positiveClass);
  if (score.n !== rows || selected + prediction.rowsOf(negativeClass) !== rows) return null;
  const stretches = scoreStretches(score);
  if (!isSelectedByScore(sample, positiveClass, stretches, selected)) return null;
  const place = fitted.classes.indexOf(positiveClass);
  const probabilityAt = (values: Float64Array): Float64Array =>
    fitted.of({
      ...sample,
      rows: values.length,
      score: { name: 'score', kind: 'numeric', values, invalid: 0 },
    })[place] ?? new Float64Array(values.length);
  const figures = expectedFromCounts({ stretches, selected, positiveClass, negativeClass, probabilityAt });
  return { rows, figures };
}

/** How many rows of a window were predicted to be of each class; null where predictions are numbers. */
export function countedPredictions(
  { prediction }: CountedScores,
  classes: readonly string[],
): number[] | null {
  return prediction.kind === 'numeric' ? null : classes.map((name) => prediction.rowsOf(name));
}

/** Whether every sampled row predicted positive scores above every other, around where the counts part. */
function isSelectedByScore(
  { prediction, score }: Table,
  positiveClass: string,
  { low, high, rows }: ScoreStretches,
  selected: number,
): boolean {
  if (prediction === null || prediction.kind === 'numeric' || score === null) return false;
  const positive = prediction.levels.indexOf(positiveClass);
  let lowest = Infinity;
  let highest = -Infinity;
  for (const [row, code] of prediction.codes.entries()) {
    const given = score.values[row] ?? Number.NaN;
    if (code === positive) lowest = Math.min(lowest, given);
    else highest = Math.max(highest, given);
  }
  const [from, to] = partedBetween(rows, selected);
  return highest < lowest && (low[from] ?? -Infinity) <= lowest && highest <= (high[to] ?? Infinity);
}

/** The lowest stretch with a row among the `selected` highest, and the highest with one that is not. */
function partedBetween(rows: Float64Array, selected: number): [number, number] {
  let above = 0;
  let at = rows.length;
  while (at > 0 && above < selected) above += rows[--at] ?? 0;
  return [at, above > selected ? at : at - 1];
}
