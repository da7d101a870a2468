import type { Table } from '../../core/table.ts';
import { calibrationError } from '../performance/calibration-error.ts';
import { isMeasured } from '../performance/measured.ts';
import { scoreCells } from '../performance/score-cells.ts';
import type { ScoreCells } from '../performance/score-cells.ts';
import { testFigures } from '../performance/test-figures.ts';
import { calibrate, fitCalibrator } from './calibrator.ts';
import type { Calibrator } from './calibrator.ts';

/** Calibrated probabilities of every class, learned on a labelled table and read from any other. */
export interface ClassProbabilities {
  readonly classes: readonly string[];
  /** Labelled rows with a score that taught it. */
  readonly labelled: number;
  /** Per class, as the model gave them; null where it gave none. */
  scoresOf(table: Table): readonly (Float64Array | null)[];
  /** Per class, calibrated, summing to 1 in each row. */
  of(table: Table): readonly Float64Array[];
  /** Share of the scores outside the range it was fitted on. */
  shareBeyond(table: Table): number;
  /** p-value of "the labels of this table agree with the probabilities", null with fewer than `minLabelled`. */
  refutedBy(table: Table, minLabelled: number): number | null;
}

/**
 * Two classes: the score of the positive class, calibrated, and one less it. Several: each class's probability column
 * calibrated against the rest and all divided by their sum, as NannyML does. Null without scores or labels.
 * Cost: eleven sorts per calibrated class, once.
 */
export function fitClassProbabilities(
  reference: Table,
  classes: readonly string[],
  positiveClass: string | null,
): ClassProbabilities | null {
  const positive = positiveClass === null ? -1 : classes.indexOf(positiveClass);
  const scoresOf = (table: Table): readonly (Float64Array | null)[] =>
    classes.map((name, k) => {
      if (classes.length === 2) return k === positive ? (table.score?.values ?? null) : null;
      return table.probabilities?.get(name)?.values ?? null;
    });
  const taught = scoresOf(reference);
  const scored = taught.filter((scores) => scores !== null).length;
  if (scored !== (classes.length === 2 ? 1 : classes.length)) return null;
  const truth = isClass(reference, classes);
  const calibrators = taught.map((scores, k) =>
    scores === null
      ? null
      : fitCalibrator(
          labelledOnly(scores, truth),
          truth.map((code) => (code === k ? 1 : 0)),
        ),
  );
  const probabilitiesOf = (table: Table): Float64Array[] =>
    classes.length === 2 ? ofTwo(calibrators, scoresOf(table)) : ofSeveral(calibrators, scoresOf(table));
  const cellsOf = (table: Table): ScoreCells[] => {
    const codes = isClass(table, classes);
    return probabilitiesOf(table).flatMap((values, k) =>
      taught[k] === null
        ? []
        : [
            scoreCells(
              labelledOnly(values, codes),
              codes.map((code) => (code === k ? 1 : 0)),
            ),
          ],
    );
  };
  return {
    classes,
    labelled: truth.reduce((sum, code) => sum + (code >= 0 ? 1 : 0), 0),
    scoresOf,
    of: probabilitiesOf,
    shareBeyond: (table) => shareBeyond(calibrators, scoresOf(table)),
    refutedBy: (table, minLabelled) => {
      const labelled = isClass(table, classes).reduce((sum, code) => sum + (code >= 0 ? 1 : 0), 0);
      return labelled < minLabelled ? null : sameCalibration(cellsOf(reference), cellsOf(table));
    },
  };
}

/** The place of each row's label among the classes; −1 without one. */
function isClass({ label, rows }: Table, classes: readonly string[]): Int32Array {
  if (label === null || label.kind === 'numeric') return new Int32Array(rows).fill(-1);
  const places = label.levels.map((level) => classes.indexOf(level));
  return label.codes.map((code) => places[code] ?? -1);
}

function labelledOnly(scores: Float64Array, truth: Int32Array): Float64Array {
  return scores.map((score, row) => ((truth[row] ?? -1) < 0 ? Number.NaN : score));
}

function ofTwo(
  calibrators: readonly (Calibrator | null)[],
  scores: readonly (Float64Array | null)[],
): Float64Array[] {
  const at = calibrators.findIndex((calibrator) => calibrator !== null);
  const calibrator = calibrators[at] ?? null;
  const given = scores[at] ?? null;
  if (calibrator === null || given === null) return [new Float64Array(0), new Float64Array(0)];
  const positive = calibrate(calibrator, given);
  const negative = positive.map((p) => 1 - p);
  return at === 0 ? [positive, negative] : [negative, positive];
}

function ofSeveral(
  calibrators: readonly (Calibrator | null)[],
  scores: readonly (Float64Array | null)[],
): Float64Array[] {
  const calibrated = calibrators.map((calibrator, k) => {
    const given = scores[k] ?? null;
    return calibrator === null || given === null ? new Float64Array(0) : calibrate(calibrator, given);
  });
  const rows = calibrated[0]?.length ?? 0;
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (const values of calibrated) sum += values[row] ?? Number.NaN;
    // A row that is of no class at all says nothing of any.
    for (const values of calibrated) values[row] = sum > 0 ? (values[row] ?? 0) / sum : Number.NaN;
  }
  return calibrated;
}

function shareBeyond(
  calibrators: readonly (Calibrator | null)[],
  scores: readonly (Float64Array | null)[],
): number {
  let most = 0;
  for (const [k, calibrator] of calibrators.entries()) {
    const given = scores[k] ?? null;
    if (calibrator === null || given === null || given.length === 0) continue;
    const [low, high] = calibrator.range;
    const beyond = given.reduce((sum, score) => sum + (score < low || score > high ? 1 : 0), 0);
    most = Math.max(most, beyond / given.length);
  }
  return most;
}

/** Smallest p over the classes, times their number: does each probability come true as often as it did? */
function sameCalibration(reference: readonly ScoreCells[], current: readonly ScoreCells[]): number | null {
  const found: number[] = [];
  for (const [k, before] of reference.entries()) {
    const now = current[k];
    if (now === undefined) continue;
    const known = calibrationError(before);
    const present = calibrationError(now, before);
    if (!isMeasured(known) || !isMeasured(present)) continue;
    const p = testFigures(known, present);
    if (p !== null) found.push(p);
  }
  return found.length === 0 ? null : Math.min(1, Math.min(...found) * found.length);
}
