import type { FlatLayout } from '../../core/events/flat-row.ts';
import type { KeyTable } from './key-table.ts';
import type { TextColumn, TextRoom } from './text-column.ts';

/** What the text of a slot is for. */
export const SLOT_VALUE = 0;
/** A class: its texts are canonical, blank is none. */
export const SLOT_CLASS = 1;
/** Only where it lies matters: ids, times, fields nobody reads. */
export const SLOT_RANGE = 2;

/** Where the fields of the envelope lie; −1 when the message has none or its type does not read it. */
export interface EnvelopeSlots {
  readonly predictionId: number;
  readonly timestamp: number;
  readonly prediction: number;
  readonly score: number;
  readonly latencyMs: number;
  readonly cost: number;
  readonly energyJ: number;
  readonly holdout: number;
  readonly error: number;
}

/** How messages are read whose keys come and go, in any order. */
export interface ShapeKeys {
  readonly root: KeyTable;
  readonly features: KeyTable;
  readonly tags: KeyTable;
  readonly probabilities: KeyTable;
  /** How they may be written, with their quotes. */
  readonly types: KeyTable;
  readonly models: KeyTable;
  readonly versions: KeyTable;
  /** MAY_LACK_TYPE, MAY_LACK_VERSION. */
  readonly mayLack: number;
  /** The first slots are those of the envelope. */
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
  readonly envelope: EnvelopeSlots;
  /** The message has an object of features, even an empty one. */
  readonly hasFeatures: boolean;
  /** Its messages are read by their keys, and the literals are none. Null: the literals tell. */
  readonly keys: ShapeKeys | null;
}
