import type { FlatLayout } from '../../core/events/flat-row.ts';
import type { RowFieldUse } from '../../core/events/row-fields.ts';
import type { KeyTable } from './key-table.ts';
import type { TextColumn, TextRoom } from './text-column.ts';

/** What the text of a slot is for. */
export const SLOT_VALUE = 0;
/** A class: its texts are canonical, blank is none. */
export const SLOT_CLASS = 1;
/** Only where it lies matters: ids, times, fields nobody reads. */
export const SLOT_RANGE = 2;

export const SLOT_OF_USE: Readonly<Record<RowFieldUse, number>> = {
  class: SLOT_CLASS,
  text: SLOT_VALUE,
  plain: SLOT_RANGE,
};

/** How messages are read whose keys come and go, in any order. */
export interface ShapeKeys {
  readonly root: KeyTable;
  readonly features: KeyTable;
  readonly tags: KeyTable;
  readonly probabilities: KeyTable;
  readonly batch: KeyTable;
  /** How they may be written, with their quotes. */
  readonly types: KeyTable;
  readonly models: KeyTable;
  readonly versions: KeyTable;
  /** MAY_LACK_TYPE, MAY_LACK_VERSION. */
  readonly mayLack: number;
  /** The first slots are those of `ROW_FIELDS`. */
  readonly envelopeSlots: number;
  /** Of the texts of its columns. */
  readonly textRoom: TextRoom;
}

/**
 * What a message looked like: the bytes that stand between its values, and what each value is. Another message of
 * this shape has the same bytes there, and any scalars in the slots.
 */
export interface MessageShape {
  readonly literals: Uint8Array;
  /** `literals[0..ends[0])` comes before slot 0; the last entry ends what follows the last slot. */
  readonly literalEnds: Int32Array;
  readonly slots: number;
  /** By slot: SLOT_VALUE, SLOT_CLASS or SLOT_RANGE. */
  readonly uses: Uint8Array;
  /** By slot; null for ranges. */
  readonly texts: readonly (TextColumn | null)[];
  readonly layout: FlatLayout;
  /** The message has an object of features, even an empty one. */
  readonly hasFeatures: boolean;
  /** Its messages are read by their keys, and the literals are none. Null: the literals tell. */
  readonly keys: ShapeKeys | null;
}
