import type { IdList } from './id-list.ts';

/**
 * Kept rows with like hashes, as the bytes that are stored. Big-endian, so that SQL can read them too (the view
 * `prediction`): 1 byte version, 3 bytes the number of rows; 40 bytes a row; then JSON of the texts the rows share.
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
const VERSION = 1;
const HEAD_BYTES = 4;
const ROW_BYTES = 40;
const MS_MASK = 2 ** 27 - 1;
const HOLDOUT = 1 << 27;
const HAS_CLASS = 1 << 28;
const HAS_VALUE = 1 << 29;
const HAS_SCORE = 1 << 30;
/** A pack of so many rows or fewer, on average. */
const ROWS_A_PACK = 48;
const MAX_BITS = 24;
export const DAY_MS = 86_400_000;

/** Rows of one UTC day as columns of one length. */
export interface PredictionColumns {
  readonly ids: IdList;
  readonly eventMs: readonly number[];
  readonly versionIds: readonly number[];
  readonly chunkIds: readonly number[];
  readonly chunkRows: readonly number[];
  readonly classes: readonly (string | null)[];
  /** NaN is null, here and in `scores`. */
  readonly values: readonly number[];
  readonly scores: readonly number[];
  readonly holdouts: readonly boolean[];
  readonly segments: readonly (readonly string[])[];
}

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
  readonly chunkId: number;
  readonly chunkRow: number;
}

interface SharedTexts {
  readonly v: number[];
  readonly c: string[];
  readonly s: (readonly string[])[];
}

/** How many first bits of the hash deal rows to packs. */
export function packBits(rows: number): number {
  return Math.min(MAX_BITS, Math.max(0, Math.ceil(Math.log2(rows / ROWS_A_PACK))));
}

/** The pack an id belongs to. Packs are in the order of signed hashes, as SQL orders them. */
export function bucketOf(high: number, bits: number): number {
  return bits === 0 ? 0 : (high ^ 0x8000_0000) >>> (32 - bits);
}

export interface Packs {
  readonly buckets: readonly number[];
  readonly data: readonly Uint8Array[];
}

/** Deals rows to packs by their hashes; empty ones are left out. */
export function packRows(columns: PredictionColumns, bits: number): Packs {
  const rows = columns.ids.length;
  const order = new Map<number, number[]>();
  for (let row = 0; row < rows; row++) {
    const bucket = bucketOf(columns.ids.high(row), bits);
    const members = order.get(bucket);
    if (members === undefined) order.set(bucket, [row]);
    else members.push(row);
  }
  const buckets = [...order.keys()].sort((a, b) => a - b);
  return { buckets, data: buckets.map((bucket) => packOf(columns, order.get(bucket) ?? [])) };
}

function packOf(columns: PredictionColumns, rows: readonly number[]): Uint8Array {
  const texts: SharedTexts = { v: [], c: [], s: [] };
  const codes = rows.map((row) => ({
    version: indexIn(texts.v, columns.versionIds[row] ?? 0),
    segments: indexOfList(texts.s, columns.segments[row] ?? []),
    class: columns.classes[row] == null ? -1 : indexIn(texts.c, columns.classes[row] ?? ''),
  }));
  const tail = Buffer.from(JSON.stringify(texts));
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + ROW_BYTES * rows.length + tail.length);
  bytes.writeUInt32BE(VERSION * 2 ** 24 + rows.length, 0);
  let at = HEAD_BYTES;
  for (let i = 0; i < rows.length; i++, at += ROW_BYTES) {
    const code = codes[i];
    if (code !== undefined) writeRow(bytes, at, columns, rows[i] ?? 0, code);
  }
  bytes.set(tail, at);
  return bytes;
}

function writeRow(
  bytes: Buffer,
  at: number,
  columns: PredictionColumns,
  row: number,
  code: { readonly version: number; readonly segments: number; readonly class: number },
): void {
  const score = columns.scores[row] ?? Number.NaN;
  const value = columns.values[row] ?? Number.NaN;
  const chunkId = columns.chunkIds[row] ?? 0;
  let word = (columns.eventMs[row] ?? 0) % DAY_MS;
  if (word < 0) word += DAY_MS;
  if (columns.holdouts[row] === true) word |= HOLDOUT;
  if (code.class >= 0) word |= HAS_CLASS;
  else if (!Number.isNaN(value)) word |= HAS_VALUE;
  if (!Number.isNaN(score)) word |= HAS_SCORE;
  bytes.writeInt32BE(columns.ids.high(row), at);
  bytes.writeInt32BE(columns.ids.low(row), at + 4);
  bytes.writeInt32BE(word, at + 8);
  bytes.writeUInt16BE(code.version, at + 12);
  bytes.writeUInt16BE(code.segments, at + 14);
  bytes.writeUIntBE(chunkId, at + 16, 5);
  bytes.writeUIntBE(columns.chunkRows[row] ?? 0, at + 21, 3);
  bytes.writeDoubleBE(Number.isNaN(score) ? 0 : score, at + 24);
  if (code.class >= 0) {
    bytes.writeUInt32BE(code.class, at + 32);
    bytes.writeUInt32BE(0, at + 36);
  } else {
    bytes.writeDoubleBE(Number.isNaN(value) ? 0 : value, at + 32);
  }
}

/** Few of either in a pack: looking through them is faster than a map. */
function indexIn<T>(known: T[], value: T): number {
  const index = known.indexOf(value);
  return index < 0 ? known.push(value) - 1 : index;
}

function indexOfList(known: (readonly string[])[], list: readonly string[]): number {
  const index = known.findIndex(
    (one) => one === list || (one.length === list.length && one.every((text, i) => text === list[i])),
  );
  return index < 0 ? known.push(list) - 1 : index;
}

/** Reads the rows of a pack where they stand. */
export class PredictionPack {
  readonly rows: number;
  readonly #bytes: Buffer;
  readonly #dayMs: number;
  #texts: SharedTexts | null = null;

  /**
   * @param dayMs midnight UTC of its day
   * @throws RangeError when the bytes are no pack
   */
  constructor(bytes: Uint8Array, dayMs: number) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#dayMs = dayMs;
    if (bytes.length < HEAD_BYTES || bytes[0] !== VERSION) throw new RangeError('not a pack of predictions');
    this.rows = this.#bytes.readUIntBE(1, 3);
    if (bytes.length < HEAD_BYTES + ROW_BYTES * this.rows)
      throw new RangeError('a pack ends before its rows');
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

  row(row: number): KeptRow {
    const bytes = this.#bytes;
    const at = HEAD_BYTES + ROW_BYTES * row;
    const word = bytes.readInt32BE(at + 8);
    const texts = this.#shared();
    let prediction: string | number | null = null;
    if ((word & HAS_CLASS) !== 0) prediction = texts.c[bytes.readUInt32BE(at + 32)] ?? null;
    else if ((word & HAS_VALUE) !== 0) prediction = bytes.readDoubleBE(at + 32);
    return {
      high: bytes.readInt32BE(at),
      low: bytes.readInt32BE(at + 4),
      eventMs: this.#dayMs + (word & MS_MASK),
      modelVersionId: texts.v[bytes.readUInt16BE(at + 12)] ?? 0,
      prediction,
      score: (word & HAS_SCORE) === 0 ? null : bytes.readDoubleBE(at + 24),
      holdout: (word & HOLDOUT) !== 0,
      segments: texts.s[bytes.readUInt16BE(at + 14)] ?? [],
      chunkId: bytes.readUIntBE(at + 16, 5),
      chunkRow: bytes.readUIntBE(at + 21, 3),
    };
  }

  #shared(): SharedTexts {
    this.#texts ??= JSON.parse(
      this.#bytes.toString('utf8', HEAD_BYTES + ROW_BYTES * this.rows),
    ) as SharedTexts;
    return this.#texts;
  }
}
