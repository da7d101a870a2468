/**
 * Events as flat columns that are filled again for every block of messages: what the kernel hands on instead of a map
 * per event. `decode` fills them, profiles count them; nobody may keep them.
 */

import { type FeatureValue, INVALID_VALUE, type LogEventType } from './events.ts';
import type { EpochUnit } from './log-mapping.ts';
import type { RowFieldName } from './row-fields.ts';

/** What a cell holds. A number stands in `numbers`, a text's code in `codes`. */
export const CELL_NULL = 0;
export const CELL_NUMBER = 1;
export const CELL_TEXT = 2;
export const CELL_TRUE = 3;
export const CELL_FALSE = 4;
/** An object or array: `INVALID_VALUE`. */
const CELL_INVALID = 5;
/** The row does not name the column: only in rows that were read by their keys. */
export const CELL_ABSENT = 6;

/** A text too rare to be given a code. */
export const STRAY_TEXT = -1;

export interface FlatColumn {
  readonly name: string;
  /** Which cell of a row it is; −1 for a column that always holds `CELL_INVALID`. */
  readonly cell: number;
  /** Text by code. Only grows: a code keeps its meaning as long as the layout lives. */
  readonly texts: readonly string[];
}

/** Where the elements of an array of numbers are: a feature that is `INVALID_VALUE` as a whole. */
export interface FlatVector {
  readonly name: string;
  readonly cells: readonly number[];
}

type RowColumns = Readonly<Record<RowFieldName, FlatColumn | null>>;

/**
 * What all rows of one shape share. The same object for every row of it, so it may key caches. Of the fields (`ROW_FIELDS`)
 * those are null that its messages have not. Cells: `score` a number or null, `holdout` and `final` a boolean or null, `error` a
 * text, false or null (an empty text is none), `label` never null; of the others any kind, and what is no finite number is none.
 */
export interface FlatLayout extends RowColumns {
  /** Its messages are read by their keys: a row may lack any of its features, tags and probabilities. */
  readonly byKeys: boolean;
  readonly type: LogEventType;
  readonly model: string;
  /** Of labels, which have none, ''. */
  readonly modelVersion: string;
  /** In the order an ordinary event would name them, unless they are read by their keys. */
  readonly features: readonly FlatColumn[];
  /** Arrays of so many numbers among the features; not where messages are read by their keys. */
  readonly vectors: readonly FlatVector[];
  readonly tags: readonly FlatColumn[];
  /** By canonical class; their cells are finite numbers or null. */
  readonly probabilities: readonly Pick<FlatColumn, 'name' | 'cell'>[];
}

/**
 * A row of a block: rows of one layout that were read together, column by column. Cell `c` of the row stands at
 * `c · stride + at` of the arrays, which are valid until the next block is read.
 */
export interface FlatRow {
  readonly layout: FlatLayout;
  /** Which of the block's rows it is. */
  readonly at: number;
  readonly stride: number;
  /** CELL kinds. */
  readonly kinds: Uint8Array;
  /** NaN where there is null or nothing, ∞ where there is a text, a boolean, or an infinite number. */
  readonly numbers: Float64Array;
  readonly codes: Int32Array;
  /** By cell: some row of the block holds neither a plain number nor null nor nothing. */
  readonly odd: Uint8Array;
  readonly timestampMs: number;
  /** The unit its timestamp was taken to be in; null when it is no number, or absent. */
  readonly epochUnit: EpochUnit | null;
  /** It has an id; these are the halves of its hash. */
  readonly hasId: boolean;
  readonly idLow: number;
  readonly idHigh: number;
  /** Rows of the block, and their `idLow`. */
  readonly count: number;
  readonly idLows: Int32Array;
  /** The text of a cell whose code is `STRAY_TEXT`. */
  strayText(cell: number): string;
  /** The id itself, for who needs more than its hash. */
  idText(): string;
  /** Goes to another row of the block. */
  moveTo(at: number): void;
}

export function cellKind({ kinds, stride, at }: FlatRow, { cell }: Pick<FlatColumn, 'cell'>): number {
  return cell < 0 ? CELL_INVALID : (kinds[cell * stride + at] ?? CELL_NULL);
}

/** The number of a cell whose kind is `CELL_NUMBER`. */
export function cellNumber({ numbers, stride, at }: FlatRow, { cell }: Pick<FlatColumn, 'cell'>): number {
  return numbers[cell * stride + at] ?? 0;
}

export function cellCode({ codes, stride, at }: FlatRow, { cell }: Pick<FlatColumn, 'cell'>): number {
  return codes[cell * stride + at] ?? STRAY_TEXT;
}

/** The text of a cell whose kind is `CELL_TEXT`. */
export function cellText(row: FlatRow, column: FlatColumn): string {
  const code = cellCode(row, column);
  return code === STRAY_TEXT ? row.strayText(column.cell) : (column.texts[code] ?? '');
}

/** A value as an ordinary event holds it. */
export function cellValue(
  row: FlatRow,
  column: FlatColumn,
  kind: number = cellKind(row, column),
): FeatureValue {
  switch (kind) {
    case CELL_NUMBER:
      return cellNumber(row, column);
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
