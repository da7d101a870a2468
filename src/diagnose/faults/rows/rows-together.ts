import { selectCells } from '../../samples/row-samples.ts';
import type { ColumnCells, RowSamples } from '../../samples/row-samples.ts';
import { listNames } from '../../wording.ts';
import { mostCommonShare } from '../company-of-run.ts';
import { ORDERED } from '../stuck-run.ts';
import type { Suspicion } from '../suspicion.ts';

/** Beside the column itself: a consignment has more than two things in common. */
const MIN_OTHERS = 2;
/** Rows of another kind may be among them. */
const HALF = 0.5;
const OFTENER = 2;

/**
 * Runs of an ordinary value in rows that have other columns in common, too: a lot, a visit, a batch of one customer. Three columns and more are
 * not stuck at the same time at what is common in each; such runs are readings then. A sensor that stands still holds a value of its own.
 */
export function rowsTogether(
  found: readonly Suspicion[],
  columns: readonly ColumnCells[],
  inTime: Int32Array | null,
): Suspicion[] {
  return found.map((one) => {
    if (one.run === undefined || one.isOrdinary !== true || one.otherwise !== undefined) return one;
    const rows = rowsOf(one.run, inTime);
    const common = columns.filter(
      (column) => column.name !== one.finding.feature && isCommonTo(column, rows),
    );
    if (common.length < MIN_OTHERS) return one;
    const names = listNames(common.map(({ name }) => name));
    return { ...one, otherwise: `so many rows of one kind came together: they have ${names} in common, too` };
  });
}

function rowsOf([from, to]: readonly [number, number], inTime: Int32Array | null): Int32Array {
  return inTime === null
    ? Int32Array.from({ length: to - from + 1 }, (_, i) => from + i)
    : inTime.subarray(from, to + 1);
}

/** Half of these rows have one value, at least twice as often as the rows of the window on the whole. What many lack is none. */
function isCommonTo({ kind, current }: ColumnCells, rows: Int32Array): boolean {
  const counts = new Map<number, number>();
  for (const row of rows) {
    const cell = current[row]!;
    const isMissing = kind === 'levels' ? cell < 0 : Number.isNaN(cell);
    if (!isMissing) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  const [value, count] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most), [0, 0]);
  let all = 0;
  for (const cell of current) if (cell === value) all += 1;
  const share = count / rows.length;
  return share >= HALF && share >= OFTENER * (all / current.length);
}

/** So nearly all rows hold the value that the column is taken to stand still. */
const STILL = 0.95;

/**
 * Without readings of columns that hold one value for long, in rows that are one stretch of something: in these rows two other columns that varied stand still as
 * well, or one that follows from the time. A training table in no order does not tell how long campaigns, weather or shifts last, and windows of
 * an hour or a day each lie within one of them; what moved is told all the same. One that stands still alone remains a reading, and
 * what other columns refute a claim.
 */
export function heldTogether(
  found: readonly Suspicion[],
  samples: RowSamples,
  inTime: Int32Array | null,
): Suspicion[] {
  return found.filter((one) => {
    const { finding, otherwise, run } = one;
    // Of rows with times the order is known, also of columns that have none.
    const isLearned =
      samples.referenceMs !== null || (samples.habits.get(finding.feature)?.persistence ?? 0) >= ORDERED;
    if (finding.fault !== 'constant_value' || otherwise === undefined || run === undefined || isLearned)
      return true;
    const rows = rowsOf(run, inTime);
    const still = samples.features.filter((pair) => pair.name !== finding.feature && standsStill(pair, rows));
    return still.length < MIN_OTHERS && !still.some(({ name }) => samples.aside.get(name) === 'calendar');
  });
}

/** Nearly one value in these rows, and not before. */
function standsStill({ reference, current }: ColumnCells, rows: Int32Array): boolean {
  return mostCommonShare(selectCells(current, rows)) >= STILL && mostCommonShare(reference) < STILL;
}
