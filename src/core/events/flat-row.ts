/**
 * An event as flat columns that are filled again for every message: what the fast path hands on instead of a map
 * per event. `decode` fills it, profiles count it; nobody may keep it.
 */

import { type FeatureValue, INVALID_VALUE } from './events.ts';
import type { EpochUnit } from './log-mapping.ts';

/** What a cell holds. A number stands in `numbers`, a text in `codes` (or, when the column is full, in `strays`). */
export const CELL_NULL = 0;
export const CELL_NUMBER = 1;
export const CELL_TEXT = 2;
export const CELL_TRUE = 3;
export const CELL_FALSE = 4;
/** An object or array: `INVALID_VALUE`. */
export const CELL_INVALID = 5;

/** A text too rare to be given a code. */
export const STRAY_TEXT = -1;

export interface FlatColumn {
  readonly name: string;
  /** Place of its cell in the row's arrays; −1 for a column that always holds `CELL_INVALID`. */
  readonly cell: number;
  /** Text by code. Only grows: a code keeps its meaning as long as the layout lives. */
  readonly texts: readonly string[];
}

/** What all rows of one shape share. The same object for every row of it, so it may key caches. */
export interface FlatLayout {
  readonly type: 'prediction' | 'features';
  readonly model: string;
  readonly modelVersion: string;
  /** In the order an ordinary event would name them. */
  readonly features: readonly FlatColumn[];
  readonly tags: readonly FlatColumn[];
  readonly prediction: FlatColumn | null;
  /** Its cell is a number or null. */
  readonly score: FlatColumn | null;
  /** By canonical class; their cells are finite numbers or null. */
  readonly probabilities: readonly Pick<FlatColumn, 'name' | 'cell'>[];
  /** Its cell is a boolean or null. */
  readonly holdout: FlatColumn | null;
  /** Cells of any kind: what is no finite number is none. */
  readonly latencyMs: FlatColumn | null;
  readonly cost: FlatColumn | null;
  readonly energyJ: FlatColumn | null;
  /** Its cell is a text, false or null; an empty text is none. */
  readonly error: FlatColumn | null;
}

/** Valid until the next message is read. */
export interface FlatRow {
  readonly layout: FlatLayout;
  /** By cell: one of the CELL kinds. */
  readonly kinds: Uint8Array;
  readonly numbers: Float64Array;
  readonly codes: Int32Array;
  readonly strays: readonly (string | null)[];
  readonly timestampMs: number;
  /** The unit its timestamp was taken to be in; null when it is no number, or absent. */
  readonly epochUnit: EpochUnit | null;
  /** The id's bytes, a view into the message; null where the event has none. */
  readonly predictionId: Uint8Array | null;
}

/** The text of a cell whose kind is `CELL_TEXT`. */
export function cellText(row: FlatRow, column: FlatColumn): string {
  const code = row.codes[column.cell] ?? STRAY_TEXT;
  return (code === STRAY_TEXT ? row.strays[column.cell] : column.texts[code]) ?? '';
}

/** A value as an ordinary event holds it. */
export function cellValue(
  row: FlatRow,
  column: FlatColumn,
  kind: number = column.cell < 0 ? CELL_INVALID : (row.kinds[column.cell] ?? CELL_NULL),
): FeatureValue {
  switch (kind) {
    case CELL_NUMBER:
      return row.numbers[column.cell] ?? 0;
    case CELL_TEXT:
      return cellText(row, column);
    case CELL_TRUE:
      return true;
    case CELL_FALSE:
      return false;
    case CELL_INVALID:
      return INVALID_VALUE;
    default:
      return null;
  }
}
