import type { ReferenceChunks } from './preset.ts';

/** NannyML's number of chunks when nobody says otherwise. */
const DEFAULT_CHUNKS = 10;

/**
 * About `count` chunks of equally many rows: rows / count each, rounded down, and what remains is a chunk of its own.
 * With timestamps the rows are taken in order of time, those without one last. Fewer rows than chunks: none.
 *
 * @example chunksByNumber(23, null, 10).ends // [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 23]
 */
export function chunksByNumber(
  rows: number,
  timestampMs: Float64Array | null,
  count: number = DEFAULT_CHUNKS,
): ReferenceChunks {
  const size = Math.floor(rows / count);
  const ends: number[] = [];
  if (size > 0) {
    for (let end = size; end <= rows; end += size) ends.push(end);
    if (rows % size !== 0) ends.push(rows);
  }
  return { order: timestampMs === null ? null : timeOrder(timestampMs), ends };
}

/**
 * One chunk for every period that has rows; `periodOf` names a moment's period (a calendar month, a UTC day) by a
 * number that grows with time. Rows without a timestamp belong to none.
 *
 * @example chunksByPeriod(Float64Array.of(0, 5, 12), (ms) => Math.floor(ms / 10)).ends // [2, 3]
 */
export function chunksByPeriod(
  timestampMs: Float64Array,
  periodOf: (timestampMs: number) => number,
): ReferenceChunks {
  const order = timeOrder(timestampMs);
  const ends: number[] = [];
  let previous: number | null = null;
  let dated = 0;
  for (const row of order) {
    const moment = timestampMs[row] ?? Number.NaN;
    if (Number.isNaN(moment)) break;
    const period = periodOf(moment);
    if (previous !== null && period !== previous) ends.push(dated);
    previous = period;
    dated += 1;
  }
  if (dated > 0) ends.push(dated);
  return { order, ends };
}

function timeOrder(timestampMs: Float64Array): Uint32Array {
  const at = (row: number): number => {
    const moment = timestampMs[row] ?? Number.NaN;
    return Number.isNaN(moment) ? Infinity : moment;
  };
  const order = Uint32Array.from(timestampMs, (_, row) => row);
  // Two undated rows: Infinity − Infinity is NaN, which sort takes as equal.
  return order.sort((a, b) => (at(a) === at(b) ? a - b : at(a) - at(b)));
}

/** The rows of each chunk, as a part of `cells` (a view where the order is the column's own). */
export function cutIntoChunks<Cells extends Float64Array | Int32Array>(
  cells: Cells,
  chunks: ReferenceChunks,
): Cells[] {
  const { order, ends } = chunks;
  const ordered = order === null ? cells : reorder(cells, order);
  // `subarray` keeps the kind of array, which its type does not say.
  return ends.map((end, i) => ordered.subarray(i === 0 ? 0 : ends[i - 1], end) as Cells);
}

function reorder<Cells extends Float64Array | Int32Array>(cells: Cells, order: Uint32Array): Cells {
  const ordered = cells.slice() as Cells;
  for (const [i, row] of order.entries()) ordered[i] = cells[row] ?? 0;
  return ordered;
}
