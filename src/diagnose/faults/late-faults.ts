import { presentValues } from '../../stats/present-values.ts';
import { pause } from '../../core/memory/pauses.ts';
import { allRows } from '../samples/picks.ts';
import { selectCells, selectRows } from '../samples/row-samples.ts';
import type { ColumnCells, RowSamples } from '../samples/row-samples.ts';
import { exchangedMarginals } from './misplaced/exchanged-columns.ts';
import { clippedEnds } from './clipped-ends.ts';
import { companyOfEnd } from './company-of-run.ts';
import { clearestStep } from './fault-since.ts';
import { rowsInTime } from '../../stats/habits/column-habits.ts';
import { confirmedByCorrelations, hiddenSuspects, restoredSuspects } from './misplaced/hidden-suspects.ts';
import { misalignedJoin } from './rows/misaligned-join.ts';
import { hasDistinct, sortColumns } from './sorted-pair.ts';
import type { Suspicion } from './suspicion.ts';
import { fitsUndone, lastLinkedRow } from './units/undone-fit.ts';

/** Last parts of the window that are looked at by themselves, larger ones first. */
const TAILS = [1 / 2, 1 / 4, 1 / 8];
/** Fewer rows decide nothing at the strictness an exchange is held to. */
const MIN_TAIL_ROWS = 250;
const MIN_DISTINCT = 8;

/**
 * Columns that were exchanged, negated, cut off or joined to other rows within the window: all its rows together show neither, its last ones do. The beginning is where rows, in order of their times, turn from fitting as they are to fitting with the fault
 * undone; `share` is that of the rows from there on. Nothing without times.
 */
export function lateFaults(samples: RowSamples, columns: readonly ColumnCells[]): Suspicion[] {
  const { currentMs } = samples;
  const rows = rowsInTime(currentMs);
  for (const tail of TAILS) {
    const late = rows.slice(Math.round(rows.length * (1 - tail)));
    if (late.length < MIN_TAIL_ROWS) return [];
    pause();
    const found = faultsIn(
      selectRows(samples, allRows(samples.rows.reference), late),
      columns.map((pair) => ofRows(pair, late)),
    );
    if (found.length > 0) {
      const atLatest = rows.length - late.length;
      return found.map((each) => dated(each, columns, currentMs, { rows, atLatest }));
    }
  }
  return [];
}

function ofRows(pair: ColumnCells, rows: Int32Array): ColumnCells {
  return pair.kind === 'numeric'
    ? { ...pair, current: selectCells(pair.current, rows) }
    : { ...pair, current: selectCells(pair.current, rows) };
}

function faultsIn(samples: RowSamples, columns: readonly ColumnCells[]): Suspicion[] {
  const exchanged = exchangedMarginals(columns, sortColumns(columns));
  const left = without(columns, exchanged);
  const hidden = restoredSuspects(hiddenSuspects(left, sortColumns(left), samples));
  const confirmed = hidden.flatMap(([best]) => (best === undefined ? [] : confirmedByCorrelations(best)));
  const joined = misalignedJoin(samples, without(left, confirmed)).filter(
    ({ otherwise }) => otherwise === undefined,
  );
  const named = [...exchanged, ...confirmed, ...joined];
  return [...named, ...clippedIn(samples, without(left, named))];
}

/** Before values were cut off there were larger ones in the same window. */
function clippedIn({ habits, referenceMs }: RowSamples, columns: readonly ColumnCells[]): Suspicion[] {
  return columns.flatMap((pair) => {
    if (pair.kind !== 'numeric') return [];
    const [sorted] = sortColumns([pair]);
    // What stands still is not cut off.
    if (sorted === undefined || !hasDistinct(sorted.current, MIN_DISTINCT)) return [];
    const inTime = referenceMs === null ? presentValues(pair.current) : null;
    const company = companyOfEnd(pair, columns);
    const found = clippedEnds(sorted, habits.get(pair.name), TAILS.length * columns.length, company, inTime);
    return found === null ? [] : [found];
  });
}

function without(columns: readonly ColumnCells[], found: readonly Suspicion[]): ColumnCells[] {
  const taken = new Set(found.map(({ finding }) => finding.feature));
  return columns.filter(({ name }) => !taken.has(name));
}

interface RowOrder {
  readonly rows: Int32Array;
  /** Place of the first row that is broken for sure. */
  readonly atLatest: number;
}

function dated(
  found: Suspicion,
  columns: readonly ColumnCells[],
  currentMs: Float64Array | null,
  { rows, atLatest }: RowOrder,
): Suspicion {
  const pair = columns.find(({ name }) => name === found.finding.feature);
  const partner = columns.find(({ name }) => name === found.partner) ?? null;
  const isClipped = found.finding.fault === 'clipped' && pair?.kind === 'numeric';
  const turn =
    pair === undefined
      ? 0
      : isClipped
        ? lastBeyond(pair.current, { rows, atLatest }) + 1
        : turnOf(found, pair, partner, { columns, rows });
  const first = turn === 0 ? atLatest : Math.min(turn, atLatest);
  const sinceMs = currentMs?.[rows[first] ?? 0] ?? null;
  const after = (rows.length - first) / rows.length;
  const share = isClipped ? after * found.finding.share : after;
  const since = sinceMs === null ? {} : { since: new Date(sinceMs).toISOString() };
  return { ...found, finding: { ...found.finding, share, ...since } };
}

/** Place of the last row, in order of time, that lies beyond the ends of those that are cut off for sure; −1 for none. */
function lastBeyond(values: Float64Array, { rows, atLatest }: RowOrder): number {
  let [low, high] = [Infinity, -Infinity];
  for (const row of rows.subarray(atLatest)) {
    low = Math.min(low, Number.isNaN(values[row]!) ? low : values[row]!);
    high = Math.max(high, Number.isNaN(values[row]!) ? high : values[row]!);
  }
  let at = atLatest - 1;
  while (at >= 0 && !(values[rows[at]!]! < low || values[rows[at]!]! > high)) at--;
  return at;
}

/** Place of the first row, in order of time, that no longer fits as it is; 0 where none is clear. */
function turnOf(
  { finding }: Suspicion,
  pair: ColumnCells,
  partner: ColumnCells | null,
  { columns, rows }: { readonly columns: readonly ColumnCells[]; readonly rows: Int32Array },
): number {
  if (finding.fault === 'misaligned_join') return lastLinkedRow(pair, columns, rows);
  const fits = fitsUndone(pair, partner, columns);
  return fits === null ? 0 : clearestStep(Array.from(rows, (row) => (fits[row] ?? 0) > 0));
}
