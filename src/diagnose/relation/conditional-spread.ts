import { DEFAULT_MIN_EXPECTED, poolCells } from '../../stats/cells.ts';
import { sum } from '../../stats/elementary.ts';
import { gTest } from '../../stats/significance/g-test.ts';
import { overdispersedPValue, spreadIfShown, windowSpread } from '../../stats/significance/overdispersion.ts';
import { rowsInTime } from '../../stats/habits/column-habits.ts';
import { besideOwnSpread, ownSpread } from '../../stats/significance/own-spread.ts';
import type { OwnSpread } from '../../stats/significance/own-spread.ts';
import { clearSpread, MIN_STRETCHES } from '../../stats/significance/stretch-spread.ts';
import { decileEdges, isRare } from '../marginal-test.ts';
import { sortedPresent } from '../samples/row-samples.ts';
import type { ColumnCells, RowSamples } from '../samples/row-samples.ts';
import { SUSPICIOUS } from '../thresholds.ts';
import { referenceStretches } from './reference-stretches.ts';
import type { Stretches } from './reference-stretches.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

/** Rows of one label, and the stretches of time of the reference's. */
export interface RowsOfLabel {
  /** Of each reference row; −1 for none. */
  readonly stretch: Int32Array;
  readonly stretches: Pick<Stretches, 'count'>;
  /** Of the window, in one stretch of it. */
  readonly currentRows: number;
}

/**
 * A marginal test among rows of one label, beside how far the reference's own stretches are from each other in just that: rows of one
 * visitor or one lot are alike whatever their label. Never below `p`. Cost O(rows), so ask only where `p` says something.
 *
 * @param p of independent rows
 */
export function besideConditionalSpread(
  pair: ColumnCells,
  p: number,
  { stretch, stretches, currentRows }: RowsOfLabel,
): number {
  const { of, cells, ordered } = cellsOf(pair);
  const windows = Array.from({ length: stretches.count }, () => Array.from({ length: cells }, () => 0));
  const [reference, current] = [new Float64Array(cells), new Float64Array(cells)];
  for (const [row, cell] of of.reference.entries()) {
    if (cell < 0) continue;
    reference[cell]! += 1;
    const own = windows[stretch[row] ?? -1];
    if (own !== undefined) own[cell]! += 1;
  }
  for (const cell of of.current) if (cell >= 0) current[cell]! += 1;
  const known = windowSpread(windows, [], MIN_STRETCHES);
  const spread = known && clearSpread(known);
  if (spread === null) return p;
  const tested = poolCells(reference, current, { ordered, minExpected: DEFAULT_MIN_EXPECTED });
  const g = gTest(tested.reference, tested.current);
  const beside = spreadIfShown(spread, currentRows, sum(reference));
  return Math.max(p, overdispersedPValue(g, beside));
}

interface CellsOfPair {
  /** −1 without a value. */
  readonly of: { readonly reference: Int32Array; readonly current: Int32Array };
  readonly cells: number;
  readonly ordered: boolean;
}

/** One value after the other: most columns are asked of the window's rows alone. */
interface Cells {
  readonly cellOf: (cell: number) => number;
  readonly cells: number;
  readonly ordered: boolean;
}

function cellsOf(pair: ColumnCells): CellsOfPair {
  const { cellOf, ...cells } = cellsFor(pair);
  return { of: { reference: each(pair.reference, cellOf), current: each(pair.current, cellOf) }, ...cells };
}

function each(values: Float64Array | Int32Array, cellOf: Cells['cellOf']): Int32Array {
  const of = new Int32Array(values.length);
  for (let row = 0; row < of.length; row++) of[row] = cellOf(values[row]!);
  return of;
}

function cellsFor(pair: ColumnCells): Cells {
  if (pair.kind === 'numeric') {
    const edges = decileEdges(sortedPresent(pair.reference));
    const cellOf = (value: number): number => {
      if (Number.isNaN(value)) return -1;
      let at = 0;
      while (at < edges.length && !(value <= edges[at]!)) at += 1;
      return at;
    };
    return { cellOf, cells: edges.length + 1, ordered: true };
  }
  const [before, now] = [pair.reference, pair.current].map((codes) => levelCounts(codes, pair.levels.length));
  const all = sum(before!) + sum(now!);
  let cells = 1;
  const cellOfLevel = pair.levels.map((_, code) => (isRare(before![code]! + now![code]!, all) ? 0 : cells++));
  return { cellOf: (code) => cellOfLevel[code] ?? -1, cells, ordered: false };
}

/** Of a window beside a reference without times, or of one class in it. */
const MIN_OWN_ROWS = 96;

/** The same where only the rows themselves, in order of time, say how far such rows spread (`ownSpread`). */
export function besideOwnOrder(pair: ColumnCells, p: number, currentMs: Float64Array | null): number {
  const { of, cells, ordered } = cellsOf(pair);
  const spread = spreadInTime(of.current, cells, currentMs);
  if (spread === null) return p;
  const [reference, current] = [new Float64Array(cells), new Float64Array(cells)];
  for (const cell of of.reference) if (cell >= 0) reference[cell]! += 1;
  for (const cell of of.current) if (cell >= 0) current[cell]! += 1;
  const tested = poolCells(reference, current, { ordered, minExpected: DEFAULT_MIN_EXPECTED });
  return besideOwnSpread(gTest(tested.reference, tested.current), p, spread);
}

/** Whether rows that follow each other in the window are more alike in this column than independent ones would be. */
export function goesWithItself(pair: ColumnCells, currentMs: Float64Array | null): boolean {
  const { cellOf, cells } = cellsFor(pair);
  return spreadInTime(each(pair.current, cellOf), cells, currentMs) !== null;
}

/** @param of cell of each row of the window */
function spreadInTime(of: Int32Array, cells: number, currentMs: Float64Array | null): OwnSpread | null {
  const inTime = rowsInTime(currentMs);
  if (inTime.length < MIN_OWN_ROWS) return null;
  const inOrder = Int32Array.from(inTime, (row) => of[row]!).filter((cell) => cell >= 0);
  return ownSpread(inOrder, cells);
}

/** The same of all rows: beside the reference's own stretches, where there are some. */
export function besideOwnStretches(pair: ColumnCells, p: number, samples: RowSamples): number {
  if (p < SUSPICIOUS && samples.referenceMs === null) return besideOwnOrder(pair, p, samples.currentMs);
  const stretches = p < SUSPICIOUS ? referenceStretches(samples) : null;
  if (stretches === null) return p;
  return besideConditionalSpread(pair, p, {
    stretch: stretches.of,
    stretches,
    currentRows: stretches.currentRows,
  });
}
