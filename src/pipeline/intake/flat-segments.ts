import { INVALID_VALUE } from '../../core/events/events.ts';
import {
  CELL_TEXT,
  cellCode,
  cellKind,
  cellValue,
  type FlatColumn,
  type FlatRow,
  STRAY_TEXT,
} from '../../core/events/flat-row.ts';
import { groupName } from '../../window/part-names.ts';
import { type SegmentRegistry, segmentText } from '../../window/segments.ts';
import type { FlatTarget, SegmentColumn } from './flat-target.ts';

const NO_SEGMENTS: readonly string[] = [];

/** Segments and groups of a row. Null: one of them has still to be named, which the ordinary way does. */
export function segmentsOfRow(
  row: FlatRow,
  { segments, modelVersionId }: FlatTarget,
  registry: SegmentRegistry,
): readonly string[] | null {
  let all = NO_SEGMENTS;
  for (let i = 0; i < segments.length; i++) {
    const column = segments[i];
    const names = column === undefined ? NO_SEGMENTS : segmentOf(row, column, modelVersionId, registry);
    if (names === null) return null;
    // Mostly there is one column: its list serves all rows of the value.
    if (names.length > 0) all = all.length === 0 ? names : [...all, ...names];
  }
  return all;
}

/** None or one. Null: it has still to be named. */
function segmentOf(
  row: FlatRow,
  { feature, columns, isGroup, names }: SegmentColumn,
  modelVersionId: number,
  registry: SegmentRegistry,
): readonly string[] | null {
  const column = firstWithValue(row, columns);
  if (column === null || column.cell < 0) return NO_SEGMENTS;
  const code = cellKind(row, column) === CELL_TEXT ? cellCode(row, column) : STRAY_TEXT;
  // Codes are a column's own.
  const cached = column === columns[0] && code !== STRAY_TEXT;
  const known = cached ? names[code] : undefined;
  if (known !== undefined) return known;
  const value = cellValue(row, column);
  const text = value === null || value === INVALID_VALUE ? '' : segmentText(value);
  const of = { modelVersionId, feature, value: text };
  if (text !== '' && !registry.isSettled(of)) return null;
  const segment = text === '' ? '' : registry.name(of);
  const name = isGroup && segment !== '' ? groupName(segment) : segment;
  const list = name === '' ? NO_SEGMENTS : [name];
  if (cached) names[code] = list;
  return list;
}

/** Without a function made for each row, as `find` would take. */
function firstWithValue(row: FlatRow, columns: readonly FlatColumn[]): FlatColumn | null {
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i];
    if (column !== undefined && (column.cell < 0 || cellValue(row, column) !== null)) return column;
  }
  return null;
}
