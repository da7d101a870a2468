import type { RowProbabilities } from '../core/events/events.ts';

/**
 * Kept rows with like hashes, as the bytes that are stored. Big-endian, so that SQL can read them too (the view
 * `prediction`): 1 byte version, 3 bytes the number of rows; 40 bytes a row; where a row has probabilities of several
 * classes (version 2) 4 bytes, how many follow: of each row 2 bytes, which of the lists of classes `p` (65,535: none),
 * then of each row 8 bytes a class; last JSON of the texts the rows share.
 *
 * | at | bytes | of a row |
 * |---|---|---|
 * | 0 | 8 | hash of its id |
 * | 8 | 4 | milliseconds since midnight UTC (27 bits), then flags: hold-out, has a class, has a value, has a score |
 * | 12 | 2 | which of the versions `v` |
 * | 14 | 2 | which of the lists of segments `s` |
 * | 16 | 5 | chunk of its features |
 * | 21 | 3 | row in that chunk |
 * | 24 | 8 | score |
 * | 32 | 8 | value; or 4 bytes, which of the classes `c` |
 */
export const PLAIN = 1;
export const WITH_PROBABILITIES = 2;
export const HEAD_BYTES = 4;
export const ROW_BYTES = 40;
/** Of each class: a double. */
export const PROBABILITY_BYTES = 8;
export const NO_CLASSES = 0xffff;
const MS_MASK = 2 ** 27 - 1;
export const HOLDOUT = 1 << 27;
export const HAS_CLASS = 1 << 28;
export const HAS_VALUE = 1 << 29;
export const HAS_SCORE = 1 << 30;
/** A pack of so many bytes or fewer, on average, unless that would be fewer rows. */
const BYTES_A_PACK = 48 * ROW_BYTES;
const FEWEST_ROWS_A_PACK = 8;
const MAX_BITS = 24;

/** A prediction, or the features logged apart from one, as it was kept. */
export interface KeptRow {
  readonly high: number;
  readonly low: number;
  readonly eventMs: number;
  readonly modelVersionId: number;
  readonly prediction: string | number | null;
  readonly score: number | null;
  readonly holdout: boolean;
  readonly segments: readonly string[];
  /** Of several classes; of two the score says all. */
  readonly probabilities: RowProbabilities | null;
  readonly chunkId: number;
  readonly chunkRow: number;
}

/** What the rows of a pack share. */
export interface SharedTexts {
  readonly v: number[];
  readonly c: string[];
  readonly s: (readonly string[])[];
  /** Absent from version 1. */
  readonly p?: (readonly string[])[];
}

/** How many first bits of the hash deal rows to packs. `probabilities`: of all rows together. */
export function packBits(rows: number, probabilities = 0): number {
  const bytes = ROW_BYTES * rows + PROBABILITY_BYTES * probabilities;
  const packs = Math.min(bytes / BYTES_A_PACK, rows / FEWEST_ROWS_A_PACK);
  return Math.min(MAX_BITS, Math.max(0, Math.ceil(Math.log2(packs))));
}

/** Bits for the rows of some blocks together: a pack of them is as large as the smallest ones were. */
export function mergedBits(blocks: readonly { readonly rows: number; readonly bits: number }[]): number {
  const total = blocks.reduce((sum, { rows }) => sum + rows, 0);
  // A block of one pack does not say how small packs should be.
  const finest = blocks.map(({ rows, bits }) =>
    bits === 0 ? 0 : bits + Math.floor(Math.log2(total / rows)),
  );
  return Math.min(MAX_BITS, Math.max(packBits(total), ...finest));
}

/** The pack an id belongs to. Packs are in the order of signed hashes, as SQL orders them. */
export function bucketOf(high: number, bits: number): number {
  return bits === 0 ? 0 : (high ^ 0x8000_0000) >>> (32 - bits);
}

/** Reads the rows of a pack where they stand. */
export class PredictionPack {
  readonly rows: number;
  readonly #bytes: Buffer;
  readonly #dayMs: number;
  readonly #textsAt: number;
  #texts: SharedTexts | null = null;
  /** Where the probabilities of each row begin; null until asked for. */
  #places: Int32Array | null = null;

  /**
   * @param dayMs midnight UTC of its day
   * @throws RangeError when the bytes are no pack
   */
  constructor(bytes: Uint8Array, dayMs: number) {
    this.#bytes =
      bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#dayMs = dayMs;
    const version = bytes.length < HEAD_BYTES ? 0 : (bytes[0] ?? 0);
    if (version !== PLAIN && version !== WITH_PROBABILITIES)
      throw new RangeError('not a pack of predictions');
    this.rows = this.#bytes.readUIntBE(1, 3);
    const rowsEnd = HEAD_BYTES + ROW_BYTES * this.rows;
    const withMore = version === WITH_PROBABILITIES;
    if (bytes.length < rowsEnd + (withMore ? 4 : 0)) throw new RangeError('a pack ends before its rows');
    this.#textsAt = rowsEnd + (withMore ? 4 + this.#bytes.readUInt32BE(rowsEnd) : 0);
  }

  high(row: number): number {
    return this.#bytes.readInt32BE(HEAD_BYTES + ROW_BYTES * row);
  }

  low(row: number): number {
    return this.#bytes.readInt32BE(HEAD_BYTES + ROW_BYTES * row + 4);
  }

  eventMs(row: number): number {
    return this.#dayMs + (this.#bytes.readInt32BE(HEAD_BYTES + ROW_BYTES * row + 8) & MS_MASK);
  }

  /** The first row of an id, or -1. */
  find(high: number, low: number): number {
    for (let row = 0; row < this.rows; row++)
      if (this.low(row) === low && this.high(row) === high) return row;
    return -1;
  }

  modelVersionId(row: number): number {
    return this.#shared().v[this.#bytes.readUInt16BE(HEAD_BYTES + ROW_BYTES * row + 12)] ?? 0;
  }

  prediction(row: number): string | number | null {
    const at = HEAD_BYTES + ROW_BYTES * row;
    const word = this.#bytes.readInt32BE(at + 8);
    if ((word & HAS_CLASS) !== 0) return this.#shared().c[this.#bytes.readUInt32BE(at + 32)] ?? null;
    return (word & HAS_VALUE) === 0 ? null : this.#bytes.readDoubleBE(at + 32);
  }

  score(row: number): number | null {
    const at = HEAD_BYTES + ROW_BYTES * row;
    return (this.#bytes.readInt32BE(at + 8) & HAS_SCORE) === 0 ? null : this.#bytes.readDoubleBE(at + 24);
  }

  isHoldout(row: number): boolean {
    return (this.#bytes.readInt32BE(HEAD_BYTES + ROW_BYTES * row + 8) & HOLDOUT) !== 0;
  }

  segments(row: number): readonly string[] {
    return this.#shared().s[this.#bytes.readUInt16BE(HEAD_BYTES + ROW_BYTES * row + 14)] ?? [];
  }

  row(row: number): KeptRow {
    const bytes = this.#bytes;
    const at = HEAD_BYTES + ROW_BYTES * row;
    return {
      high: this.high(row),
      low: this.low(row),
      eventMs: this.eventMs(row),
      modelVersionId: this.modelVersionId(row),
      prediction: this.prediction(row),
      score: this.score(row),
      holdout: this.isHoldout(row),
      segments: this.segments(row),
      probabilities: this.probabilities(row),
      chunkId: bytes.readUIntBE(at + 16, 5),
      chunkRow: bytes.readUIntBE(at + 21, 3),
    };
  }

  probabilities(row: number): RowProbabilities | null {
    const { p: lists } = this.#shared();
    if (lists === undefined) return null;
    const classes = lists[this.#list(row)];
    if (classes === undefined) return null;
    this.#places ??= this.#placesOf(lists);
    const from = this.#places[row] ?? 0;
    return {
      classes,
      values: classes.map((_, k) => this.#bytes.readDoubleBE(from + PROBABILITY_BYTES * k)),
    };
  }

  #list(row: number): number {
    return this.#bytes.readUInt16BE(HEAD_BYTES + ROW_BYTES * this.rows + 4 + 2 * row);
  }

  #placesOf(lists: readonly (readonly string[])[]): Int32Array {
    const places = new Int32Array(this.rows);
    let at = HEAD_BYTES + ROW_BYTES * this.rows + 4 + 2 * this.rows;
    for (let row = 0; row < this.rows; row++) {
      places[row] = at;
      at += PROBABILITY_BYTES * (lists[this.#list(row)]?.length ?? 0);
    }
    return places;
  }

  #shared(): SharedTexts {
    this.#texts ??= sharedTexts(this.#bytes.subarray(this.#textsAt));
    return this.#texts;
  }
}

/** So many sets of texts are remembered: packs of one block share the same, and many are read for one row each. */
const TEXTS_REMEMBERED = 8;
const remembered: { readonly bytes: Buffer; readonly texts: SharedTexts }[] = [];

function sharedTexts(bytes: Buffer): SharedTexts {
  for (const known of remembered) if (known.bytes.equals(bytes)) return known.texts;
  if (bytes.length > MAX_REMEMBERED_BYTES) return JSON.parse(bytes.toString('utf8')) as SharedTexts;
  // Copied: what a pack came with is let go of.
  const fresh = { bytes: Buffer.from(bytes), texts: JSON.parse(bytes.toString('utf8')) as SharedTexts };
  remembered.unshift(fresh);
  if (remembered.length > TEXTS_REMEMBERED) remembered.pop();
  return fresh.texts;
}

/** Longer ones are hardly ever the same twice. */
const MAX_REMEMBERED_BYTES = 4_096;
