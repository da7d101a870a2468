import type { FlatColumn, FlatLayout, FlatRow } from '../../core/events/flat-row.ts';
import {
  CELL_ABSENT,
  CELL_FALSE,
  CELL_NULL,
  CELL_NUMBER,
  CELL_TEXT,
  CELL_TRUE,
} from '../../core/events/flat-row.ts';
import { classLabel } from '../../core/columns/class-label.ts';
import type { EpochUnit } from '../../core/events/log-mapping.ts';
import type { CountingKernel, Piece } from '../../kernel/kernel.ts';
import {
  ASKS_CLASS,
  ASKS_NUMBER,
  ASKS_TIME,
  HAS_FEATURES,
  HAS_ID,
  KEYS,
  SHAPE,
  sizeOf,
  WORD_BYTES,
} from '../../kernel/structs.ts';
import type { DecodeLimits } from '../limits.ts';
import { storableUpTo } from '../text.ts';
import { epochUnit, isPlausibleTime, isRoundedOver, parseTimestamp } from '../timestamp.ts';
import type { KeyTable } from './key-table.ts';
import type { MessageShape, ShapeKeys } from './shape.ts';
import { SLOT_CLASS } from './shape.ts';
import { spelledText } from './spelled-text.ts';

/** The kernel may look at so many bytes behind what it compares. */
const PADDING = 16;
/** A number, a code, where a text lies, a kind, and whether it is spelled with escapes. */
const CELL_BYTES = 8 + 4 + 4 + 4 + 1 + 1;
/** A time, two halves of an id's hash, its message, flags. */
const ROW_BYTES = 8 + 4 + 4 + 4 + 1;
const ALIGNED = 16;
const NO_BYTES = new Uint8Array();
const NO_WORDS = new Int32Array();
const NO_DOUBLES = new Float64Array();

/** The messages of the block that rows were read from. */
export interface BlockMessages {
  bytesOf(message: number): Uint8Array;
}

const NO_MESSAGES: BlockMessages = { bytesOf: () => NO_BYTES };

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNED) * ALIGNED;

/** What columns of so many rows take. */
export function bytesOfRows(slots: number, rows: number): number {
  const stride = strideOf(rows);
  return (
    aligned(CELL_BYTES * slots * stride + 6 * ALIGNED) + aligned(ROW_BYTES * stride + slots + 6 * ALIGNED)
  );
}

/** Rows of a column; many are never a power of two, whose columns would share the places of a cache. */
function strideOf(rows: number): number {
  return rows <= ALIGNED ? rows : aligned(rows) + 8;
}

/**
 * A shape as the kernel knows it, and the rows of this shape in the block that is read: the kernel fills their columns,
 * here stands what it leaves to be settled (other spellings of times, long numbers, texts that have no code).
 */
export class ShapeRows implements FlatRow {
  readonly shape: MessageShape;
  readonly layout: FlatLayout;
  /** In this reader. */
  readonly id: number;
  readonly struct: Piece;
  readonly #kernel: CountingKernel;
  readonly #limits: DecodeLimits;
  readonly #parts: Piece;
  /** Messages that had this shape; whoever asks for rows counts. */
  hits = 0;
  at = 0;
  stride = 0;
  kinds: Uint8Array = NO_BYTES;
  numbers: Float64Array = NO_DOUBLES;
  codes: Int32Array = NO_WORDS;
  odd: Uint8Array = NO_BYTES;
  timestampMs = 0;
  epochUnit: EpochUnit | null = null;
  hasId = false;
  idLow = 0;
  idHigh = 0;
  idLows: Int32Array = NO_WORDS;
  #froms: Int32Array = NO_WORDS;
  #tos: Int32Array = NO_WORDS;
  #escapes: Uint8Array = NO_BYTES;
  #times: Float64Array = NO_DOUBLES;
  #idHighs: Int32Array = NO_WORDS;
  #flags: Uint8Array = NO_BYTES;
  /** By row: which of the block's messages it was read from. */
  #messages: Int32Array = NO_WORDS;
  #block: BlockMessages = NO_MESSAGES;
  /** Where the columns lie. */
  #from = 0;

  constructor(kernel: CountingKernel, shape: MessageShape, limits: DecodeLimits, id: number) {
    this.#kernel = kernel;
    this.shape = shape;
    this.layout = shape.layout;
    this.id = id;
    this.#limits = limits;
    const { literals, literalEnds, slots, uses, texts, layout, keys } = shape;
    const probabilities = layout.probabilities.map(({ cell }) => cell);
    const sizes = [
      literals.length + PADDING,
      literalEnds.length * WORD_BYTES,
      slots,
      slots * WORD_BYTES,
      probabilities.length * WORD_BYTES,
      ...(keys === null ? [] : [sizeOf(KEYS), ...tablesOf(keys).map(({ uses }) => uses.length * WORD_BYTES)]),
    ].map(aligned);
    this.struct = kernel.take(sizeOf(SHAPE));
    this.#parts = kernel.take(sizes.reduce((sum, size) => sum + size, 0));
    const places: number[] = [];
    for (let i = 0, at = this.#parts.at; i < sizes.length; at += sizes[i++] ?? 0) places.push(at);
    const [
      literalsAt = 0,
      endsAt = 0,
      usesAt = 0,
      tablesAt = 0,
      probabilitiesAt = 0,
      keysAt = 0,
      ...slotsAt
    ] = places;
    kernel.bytes.set(literals, literalsAt);
    kernel.words.set(literalEnds, endsAt / WORD_BYTES);
    kernel.bytes.set(uses, usesAt);
    kernel.words.set(
      texts.map((column) => column?.table.at ?? 0),
      tablesAt / WORD_BYTES,
    );
    kernel.words.set(probabilities, probabilitiesAt / WORD_BYTES);
    if (keys !== null) writeKeys(kernel, keys, keysAt, slotsAt);
    this.#set({
      slots,
      literals: literalsAt,
      ends: endsAt,
      uses: usesAt,
      tables: tablesAt,
      predictionId: cellOf(layout.predictionId),
      timestamp: cellOf(layout.timestamp),
      // Of a label its class and its flag, to which the kernel's rules are the same.
      prediction: cellOf(outcomeOf(layout)),
      score: cellOf(layout.score),
      holdout: cellOf(layout.holdout ?? layout.final),
      error: cellOf(layout.error),
      keys: keysAt,
      hasFeatures: shape.hasFeatures ? 1 : 0,
      probabilities: probabilitiesAt,
      probabilityCount: probabilities.length,
      id,
    });
  }

  #set(fields: Partial<Record<keyof typeof SHAPE, number>>): void {
    const { words } = this.#kernel;
    const at = this.struct.at / WORD_BYTES;
    for (const [name, value] of Object.entries(fields)) words[at + SHAPE[name as keyof typeof SHAPE]] = value;
  }

  /** Gives the rows of the next block their place, from an address on. */
  lay(from: number, rows: number): void {
    this.#from = from;
    this.stride = strideOf(rows);
    const { bytes } = this.#kernel;
    const places = this.#places();
    this.#set({ stride: this.stride, rows: 0, ...places });
    bytes.fill(0, places.odd, places.odd + this.shape.slots);
  }

  #places() {
    const { stride } = this;
    const { slots } = this.shape;
    const cells = slots * stride;
    let at = this.#from;
    const next = (size: number): number => {
      const place = at;
      at = aligned(at + size);
      return place;
    };
    return {
      numbers: next(cells * 8),
      codes: next(cells * 4),
      froms: next(cells * 4),
      tos: next(cells * 4),
      kinds: next(cells),
      escapes: next(cells),
      times: next(stride * 8),
      idLows: next(stride * 4),
      idHighs: next(stride * 4),
      messages: next(stride * 4),
      flags: next(stride),
      odd: next(slots),
    };
  }

  /** Rows of the block. */
  get count(): number {
    return this.#kernel.words[this.struct.at / WORD_BYTES + SHAPE.rows] ?? 0;
  }

  /** Looks at what the kernel has read of these messages. */
  look(block: BlockMessages): void {
    this.#block = block;
    const { stride } = this;
    const { slots } = this.shape;
    const cells = slots * stride;
    const places = this.#places();
    // Views of the block before show the same.
    if (this.numbers.byteOffset === places.numbers && this.numbers.length === cells) return;
    const { buffer } = this.#kernel.bytes;
    this.numbers = new Float64Array(buffer, places.numbers, cells);
    this.codes = new Int32Array(buffer, places.codes, cells);
    this.#froms = new Int32Array(buffer, places.froms, cells);
    this.#tos = new Int32Array(buffer, places.tos, cells);
    this.kinds = new Uint8Array(buffer, places.kinds, cells);
    this.#escapes = new Uint8Array(buffer, places.escapes, cells);
    this.#times = new Float64Array(buffer, places.times, stride);
    this.idLows = new Int32Array(buffer, places.idLows, stride);
    this.#idHighs = new Int32Array(buffer, places.idHighs, stride);
    this.#messages = new Int32Array(buffer, places.messages, stride);
    this.#flags = new Uint8Array(buffer, places.flags, stride);
    this.odd = new Uint8Array(buffer, places.odd, slots);
  }

  /** The number that a cell spells in a way that is left to `Number`. */
  fill(message: number, place: number): void {
    const bytes = this.#block.bytesOf(message);
    this.numbers[place] = Number(latin1(bytes, this.#froms[place] ?? 0, this.#tos[place] ?? 0));
  }

  moveTo(at: number): void {
    this.at = at;
    this.timestampMs = this.#times[at] ?? 0;
    const flags = this.#flags[at] ?? 0;
    this.hasId = (flags & HAS_ID) !== 0;
    this.idLow = this.idLows[at] ?? 0;
    this.idHigh = this.#idHighs[at] ?? 0;
    this.epochUnit = null;
  }

  /** Settles what the kernel left open of the row. False: the ordinary decoder might refuse it. */
  settle(recordTimestampMs: number): boolean {
    const flags = this.#flags[this.at] ?? 0;
    if ((flags & ~(HAS_ID | HAS_FEATURES)) === 0) return true;
    return (
      ((flags & ASKS_TIME) === 0 || this.#readTime(recordTimestampMs)) &&
      ((flags & ASKS_CLASS) === 0 || this.#readClass()) &&
      ((flags & ASKS_NUMBER) === 0 || this.#areProbabilities())
    );
  }

  #readTime(recordTimestampMs: number): boolean {
    const given = this.#scalar(cellOf(this.layout.timestamp));
    if (isRoundedOver(given)) return false;
    const parsed = parseTimestamp(given);
    if (!parsed.ok) return false;
    this.epochUnit = epochUnit(given);
    this.timestampMs = parsed.value;
    this.#times[this.at] = parsed.value;
    const recordHasTime = isPlausibleTime(recordTimestampMs);
    return !(recordHasTime && parsed.value > recordTimestampMs + this.#limits.maxFutureMs);
  }

  /** A blank class is none; a message without features needs one. */
  #readClass(): boolean {
    const cell = cellOf(outcomeOf(this.layout));
    if (this.strayText(cell) === '') {
      const place = this.#place(cell);
      this.kinds[place] = CELL_NULL;
      this.numbers[place] = Number.NaN;
      return ((this.#flags[this.at] ?? 0) & HAS_FEATURES) !== 0;
    }
    return true;
  }

  #areProbabilities(): boolean {
    return this.layout.probabilities.every(({ cell }) => {
      const place = this.#place(cell);
      const kind = this.kinds[place];
      return kind === CELL_NULL || kind === CELL_ABSENT || Number.isFinite(this.numbers[place]);
    });
  }

  #place(cell: number): number {
    return cell * this.stride + this.at;
  }

  strayText(cell: number): string {
    const { maxTextLength } = this.#limits;
    const storable = storableUpTo(this.#spelled(cell) ?? '', maxTextLength);
    return this.shape.uses[cell] === SLOT_CLASS ? classLabel(storable) : storable;
  }

  idText(): string {
    return this.#spelled(cellOf(this.layout.predictionId)) ?? '';
  }

  #spelled(cell: number): string | null {
    const place = this.#place(cell);
    const message = this.#block.bytesOf(this.#messages[this.at] ?? 0);
    const isSpecial = this.#escapes[place] === 1;
    return spelledText(message, this.#froms[place] ?? 0, this.#tos[place] ?? 0, isSpecial);
  }

  /** A number or range as `JSON.parse` would give it. */
  #scalar(cell: number): string | number | boolean | null {
    const place = this.#place(cell);
    switch (this.kinds[place]) {
      case CELL_NUMBER:
        return this.numbers[place] ?? 0;
      case CELL_TRUE:
        return true;
      case CELL_FALSE:
        return false;
      case CELL_TEXT:
        return this.#spelled(cell);
      default:
        return null;
    }
  }

  /** Bytes that a shape takes for good are few; its texts are given back by who has learned it. */
  release(): void {
    this.#kernel.give(this.struct);
    this.#kernel.give(this.#parts);
  }
}

const outcomeOf = ({ prediction, label }: FlatLayout): FlatColumn | null => prediction ?? label;

const cellOf = (column: FlatColumn | null): number => column?.cell ?? -1;

const tablesOf = ({ root, features, tags, probabilities, batch }: ShapeKeys): readonly KeyTable[] => [
  root,
  features,
  tags,
  probabilities,
  batch,
];

/** `slotsAt`: where the uses of keys lie, by `tablesOf`. */
function writeKeys(kernel: CountingKernel, keys: ShapeKeys, at: number, slotsAt: readonly number[]): void {
  const { words } = kernel;
  for (const [i, { uses }] of tablesOf(keys).entries()) words.set(uses, (slotsAt[i] ?? 0) / WORD_BYTES);
  const [root = 0, features = 0, tags = 0, probabilities = 0, batch = 0] = slotsAt;
  const fields: Record<keyof typeof KEYS, number> = {
    root: keys.root.spelled.table.at,
    rootSlots: root,
    features: keys.features.spelled.table.at,
    featureSlots: features,
    tags: keys.tags.spelled.table.at,
    tagSlots: tags,
    probabilities: keys.probabilities.spelled.table.at,
    probabilitySlots: probabilities,
    batch: keys.batch.spelled.table.at,
    batchSlots: batch,
    types: keys.types.spelled.table.at,
    models: keys.models.spelled.table.at,
    versions: keys.versions.spelled.table.at,
    mayLack: keys.mayLack,
    envelopeSlots: keys.envelopeSlots,
  };
  for (const [name, value] of Object.entries(fields))
    words[at / WORD_BYTES + KEYS[name as keyof typeof KEYS]] = value;
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
