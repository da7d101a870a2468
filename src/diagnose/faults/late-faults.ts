import { levelCounts, selectCells } from '../row-samples.ts';
import type { ColumnCells, RowSamples } from '../row-samples.ts';
import { exchangedMarginals } from './exchanged-columns.ts';
import { clearestStep, rowsInTime } from './fault-since.ts';
import { confirmedByCorrelations, hiddenSuspects, restoredSuspects } from './hidden-suspects.ts';
import { sortColumns } from './sorted-pair.ts';
import type { Suspicion } from './suspicion.ts';
import { fitsUndone } from './undone-fit.ts';
import { constantLevel, constantNumber } from './value-shares.ts';

/** Last parts of the window that are looked at by themselves, larger ones first. */
const TAILS = [1 / 2, 1 / 4, 1 / 8];
/** Fewer rows decide nothing at the strictness an exchange is held to. */
const MIN_TAIL_ROWS = 250;

/**
 * Columns that got stuck, were exchanged or negated within the window: all its rows together show neither, its last ones
 * do. The beginning is where rows, in order of their times, turn from fitting as they are to fitting with the fault
 * undone; `share` is that of the rows from there on. Nothing without times.
 */
export function lateFaults(
  samples: RowSamples,
  columns: readonly ColumnCells[],
  features: number,
): Suspicion[] {
  const { currentMs } = samples;
  const rows = rowsInTime(currentMs);
  for (const tail of TAILS) {
    const late = rows.slice(Math.round(rows.length * (1 - tail)));
    if (late.length < MIN_TAIL_ROWS) return [];
    const found = faultsIn(
      columns.map((pair) => ofRows(pair, late)),
      features,
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

function faultsIn(columns: readonly ColumnCells[], features: number): Suspicion[] {
  const stuck = columns.flatMap((pair) => constantIn(pair, features) ?? []);
  const moving = without(columns, stuck);
  const exchanged = exchangedMarginals(moving, sortColumns(moving));
  const left = without(moving, exchanged);
  const hidden = restoredSuspects(hiddenSuspects(left, sortColumns(left)));
  const confirmed = hidden.flatMap(([best]) => (best === undefined ? [] : confirmedByCorrelations(best)));
  return [...stuck, ...exchanged, ...confirmed];
}

function constantIn(pair: ColumnCells, features: number): Suspicion | null {
  if (pair.kind === 'numeric') return constantNumber(pair, features);
  const { name, levels, reference, current } = pair;
  const counts = (codes: Int32Array): Float64Array => levelCounts(codes, levels.length);
  return constantLevel(name, levels, counts(reference), counts(current), features);
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
  const marks =
    pair === undefined
      ? null
      : found.finding.fault === 'constant_value'
        ? Array.from(rows, (row) => pair.current[row] === pair.current[rows.at(-1) ?? 0])
        : undoneMarks(pair, partner, columns, rows);
  const turn = marks === null ? 0 : clearestStep(marks);
  const first = turn === 0 ? atLatest : Math.min(turn, atLatest);
  const sinceMs = currentMs?.[rows[first] ?? 0] ?? null;
  const share = (rows.length - first) / rows.length;
  const since = sinceMs === null ? {} : { since: new Date(sinceMs).toISOString() };
  return { ...found, finding: { ...found.finding, share, ...since } };
}

function undoneMarks(
  pair: ColumnCells,
  partner: ColumnCells | null,
  columns: readonly ColumnCells[],
  rows: Int32Array,
): boolean[] | null {
  const fits = fitsUndone(pair, partner, columns);
  return fits && Array.from(rows, (row) => (fits[row] ?? 0) > 0);
}
