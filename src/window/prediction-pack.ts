import { DAY_MS } from '../core/clock.ts';
import type { RowProbabilities } from '../core/events/events.ts';
import type { IdList } from './id-list.ts';

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
const PLAIN = 1;
const WITH_PROBABILITIES = 2;
const HEAD_BYTES = 4;
const ROW_BYTES = 40;
/** Of each class: a double. */
const PROBABILITY_BYTES = 8;
const NO_CLASSES = 0xffff;
const MS_MASK = 2 ** 27 - 1;
const HOLDOUT = 1 << 27;
const HAS_CLASS = 1 << 28;
const HAS_VALUE = 1 << 29;
const HAS_SCORE = 1 << 30;
/** A pack of so many bytes or fewer, on average, unless that would be fewer rows. */
const BYTES_A_PACK = 48 * ROW_BYTES;
const FEWEST_ROWS_A_PACK = 8;
const MAX_BITS = 24;

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
  readonly probabilities: readonly (RowProbabilities | null)[];
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
  /** Of several classes; of two the score says all. */
  readonly probabilities: RowProbabilities | null;
  readonly chunkId: number;
  readonly chunkRow: number;
}

interface SharedTexts {
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

/** How many probabilities some rows have. */
export function probabilitiesOf({ probabilities }: Pick<PredictionColumns, 'probabilities'>): number {
  let count = 0;
  for (const each of probabilities) count += each?.values.length ?? 0;
  return count;
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
  const { order, first, ends } = dealt(columns, bits);
  const buckets: number[] = [];
  const data: Uint8Array[] = [];
  let from = 0;
  for (let i = 0; i < ends.length; i++) {
    const to = ends[i] ?? from;
    if (to > from) {
      buckets.push(first + i);
      data.push(packOf(columns, order.subarray(from, to)));
    }
    from = to;
  }
  return { buckets, data };
}

interface Dealt {
  /** Rows by bucket, in their order. */
  readonly order: Int32Array;
  /** The bucket that `ends[0]` belongs to. */
  readonly first: number;
  readonly ends: Int32Array;
}

function dealt({ ids }: PredictionColumns, bits: number): Dealt {
  const rows = ids.length;
  let first = rows === 0 ? 0 : Infinity;
  let last = 0;
  for (let row = 0; row < rows; row++) {
    const bucket = bucketOf(ids.high(row), bits);
    if (bucket < first) first = bucket;
    if (bucket > last) last = bucket;
  }
  const ends = new Int32Array(last - first + 1);
  for (let row = 0; row < rows; row++) {
    const at = bucketOf(ids.high(row), bits) - first;
    ends[at] = (ends[at] ?? 0) + 1;
  }
  let begin = 0;
  for (let i = 0; i < ends.length; i++) {
    const count = ends[i] ?? 0;
    ends[i] = begin;
    begin += count;
  }
  // Each begin moves to its bucket's end while rows are placed.
  const order = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const at = bucketOf(ids.high(row), bits) - first;
    const place = ends[at] ?? 0;
    order[place] = row;
    ends[at] = place + 1;
  }
  return { order, first, ends };
}

function packOf(columns: PredictionColumns, rows: Int32Array): Uint8Array {
  const probabilities = probabilityBytes(columns, rows);
  const texts: SharedTexts = { v: [], c: [], s: [], ...(probabilities !== null && { p: [] }) };
  const size = HEAD_BYTES + ROW_BYTES * rows.length;
  const body = new DataView(new ArrayBuffer(size + (probabilities ?? 0)));
  body.setUint32(0, (probabilities === null ? PLAIN : WITH_PROBABILITIES) * 2 ** 24 + rows.length);
  for (let i = 0; i < rows.length; i++) {
    writeRow(body, HEAD_BYTES + ROW_BYTES * i, columns, rows[i] ?? 0, texts);
  }
  if (texts.p !== undefined) writeProbabilities(body, size, columns, rows, texts.p);
  const tail = Buffer.from(JSON.stringify(texts));
  const bytes = new Uint8Array(body.byteLength + tail.length);
  bytes.set(new Uint8Array(body.buffer));
  bytes.set(tail, body.byteLength);
  return bytes;
}

/** Null: none of the rows has any. */
function probabilityBytes({ probabilities }: PredictionColumns, rows: Int32Array): number | null {
  let count = 0;
  for (let i = 0; i < rows.length; i++) count += probabilities[rows[i] ?? 0]?.values.length ?? 0;
  return count === 0 ? null : 4 + 2 * rows.length + PROBABILITY_BYTES * count;
}

function writeProbabilities(
  body: DataView,
  from: number,
  { probabilities }: PredictionColumns,
  rows: Int32Array,
  lists: (readonly string[])[],
): void {
  body.setUint32(from, body.byteLength - from - 4);
  let at = from + 4 + 2 * rows.length;
  for (let i = 0; i < rows.length; i++) {
    const given = probabilities[rows[i] ?? 0] ?? null;
    body.setUint16(from + 4 + 2 * i, given === null ? NO_CLASSES : indexOfList(lists, given.classes));
    for (const p of given?.values ?? []) {
      body.setFloat64(at, p);
      at += PROBABILITY_BYTES;
    }
  }
}

function writeRow(
  body: DataView,
  at: number,
  columns: PredictionColumns,
  row: number,
  { v, c, s }: SharedTexts,
): void {
  const score = columns.scores[row] ?? Number.NaN;
  const value = columns.values[row] ?? Number.NaN;
  const className = columns.classes[row] ?? null;
  const chunkId = columns.chunkIds[row] ?? 0;
  const eventMs = columns.eventMs[row] ?? 0;
  let word = eventMs - DAY_MS * Math.floor(eventMs / DAY_MS);
  if (columns.holdouts[row] === true) word |= HOLDOUT;
  if (score === score) {
    word |= HAS_SCORE;
    body.setFloat64(at + 24, score);
  }
  if (className !== null) {
    word |= HAS_CLASS;
    body.setUint32(at + 32, indexIn(c, className));
  } else if (value === value) {
    word |= HAS_VALUE;
    body.setFloat64(at + 32, value);
  }
  body.setInt32(at, columns.ids.high(row));
  body.setInt32(at + 4, columns.ids.low(row));
  body.setInt32(at + 8, word);
  body.setUint16(at + 12, indexIn(v, columns.versionIds[row] ?? 0));
  body.setUint16(at + 14, indexOfList(s, columns.segments[row] ?? NONE));
  body.setUint8(at + 16, chunkId / 2 ** 32);
  body.setUint32(at + 17, chunkId >>> 0);
  const chunkRow = columns.chunkRows[row] ?? 0;
  body.setUint8(at + 21, chunkRow >>> 16);
  body.setUint16(at + 22, chunkRow & 0xffff);
}

const NONE: readonly string[] = [];

/** Few of either in a pack: looking through them is faster than a map. */
function indexIn<T>(known: T[], value: T): number {
  const index = known.indexOf(value);
  return index < 0 ? known.push(value) - 1 : index;
}

function indexOfList(known: (readonly string[])[], list: readonly string[]): number {
  for (let i = 0; i < known.length; i++) if (isSame(known[i] ?? NONE, list)) return i;
  return known.push(list) - 1;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
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
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
      probabilities: this.#probabilities(row, texts),
      chunkId: bytes.readUIntBE(at + 16, 5),
      chunkRow: bytes.readUIntBE(at + 21, 3),
    };
  }

  #probabilities(row: number, { p: lists }: SharedTexts): RowProbabilities | null {
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
    this.#texts ??= JSON.parse(this.#bytes.toString('utf8', this.#textsAt)) as SharedTexts;
    return this.#texts;
  }
}
