import { DAY_MS } from '../core/clock.ts';
import { NO_CLASS, type PredictionColumns, type RowOrigins } from './prediction-columns.ts';
import {
  bucketOf,
  HAS_CLASS,
  HAS_SCORE,
  HAS_VALUE,
  HEAD_BYTES,
  HOLDOUT,
  NO_CLASSES,
  PLAIN,
  PROBABILITY_BYTES,
  ROW_BYTES,
  type SharedTexts,
  WITH_PROBABILITIES,
} from './prediction-pack.ts';

export interface Packs {
  readonly buckets: readonly number[];
  readonly data: readonly Uint8Array[];
}

/** Deals rows to packs by their hashes; empty ones are left out. */
export function packRows(columns: PredictionColumns, origins: RowOrigins, bits: number): Packs {
  const { order, first, ends } = dealt(columns, bits);
  const writer = new PackWriter(columns, origins);
  const buckets: number[] = [];
  let from = 0;
  for (let i = 0; i < ends.length; i++) {
    const to = ends[i] ?? from;
    if (to > from) {
      buckets.push(first + i);
      writer.add(order, from, to);
    }
    from = to;
  }
  return { buckets, data: writer.packs() };
}

interface Dealt {
  /** Rows by bucket, in their order. */
  readonly order: Int32Array;
  /** The bucket that `ends[0]` belongs to. */
  readonly first: number;
  readonly ends: Int32Array;
}

function dealt({ ids }: Pick<PredictionColumns, 'ids'>, bits: number): Dealt {
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

/** Room for the texts that most packs have. */
const USUAL_TEXTS_BYTES = 64;
/** Packs of few classes and segments share what they say of them. */
const MOST_REMEMBERED = 4_096;

/** Packs one behind the other in one stretch of bytes: there are thousands in a checkpoint. */
class PackWriter {
  readonly #columns: PredictionColumns;
  readonly #origins: RowOrigins;
  #bytes: Buffer;
  #view: DataView;
  #length = 0;
  readonly #starts: number[] = [];
  readonly #texts = new Map<string, Uint8Array>();
  /** Of the pack that is written: versions, and the codes of classes and segments, in the order of the rows. */
  #versions: number[] = [];
  #classes: number[] = [];
  #segments: number[] = [];
  #classLists: (readonly string[])[] = [];

  constructor(columns: PredictionColumns, origins: RowOrigins) {
    this.#columns = columns;
    this.#origins = origins;
    this.#bytes = Buffer.allocUnsafeSlow(
      ROW_BYTES * columns.length + PROBABILITY_BYTES * columns.probabilityCount + 1_024,
    );
    this.#view = viewOf(this.#bytes);
  }

  packs(): Uint8Array[] {
    return this.#starts.map((start, i) => this.#bytes.subarray(start, this.#starts[i + 1] ?? this.#length));
  }

  /** The rows `order[from..to)`. */
  add(order: Int32Array, from: number, to: number): void {
    const rows = to - from;
    const probabilities = this.#probabilitiesOf(order, from, to);
    const start = this.#length;
    const body = HEAD_BYTES + ROW_BYTES * rows;
    const more = probabilities === 0 ? 0 : 4 + 2 * rows + PROBABILITY_BYTES * probabilities;
    this.#reserve(body + more + USUAL_TEXTS_BYTES);
    this.#starts.push(start);
    this.#versions = [];
    this.#classes = [];
    this.#segments = [];
    this.#classLists = [];
    const version = more === 0 ? PLAIN : WITH_PROBABILITIES;
    this.#view.setUint32(start, version * 2 ** 24 + rows);
    for (let i = from, at = start + HEAD_BYTES; i < to; i++, at += ROW_BYTES)
      this.#writeRow(at, order[i] ?? 0);
    this.#length = start + body;
    if (more > 0) this.#writeProbabilities(order, from, to, more);
    const texts = this.#sharedTexts(more > 0);
    this.#reserve(texts.length);
    this.#bytes.set(texts, this.#length);
    this.#length += texts.length;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafeSlow(this.#length + bytes + (this.#bytes.length >> 1));
    wider.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = wider;
    this.#view = viewOf(wider);
  }

  #writeRow(at: number, row: number): void {
    const columns = this.#columns;
    const view = this.#view;
    const score = columns.scores[row] ?? Number.NaN;
    const value = columns.values[row] ?? Number.NaN;
    const classCode = columns.classCodes[row] ?? NO_CLASS;
    const eventMs = columns.eventMs[row] ?? 0;
    let word = eventMs - DAY_MS * Math.floor(eventMs / DAY_MS);
    if (columns.holdouts[row] === 1) word |= HOLDOUT;
    const hasScore = score === score;
    if (hasScore) word |= HAS_SCORE;
    view.setFloat64(at + 24, hasScore ? score : 0);
    view.setFloat64(at + 32, 0);
    if (classCode !== NO_CLASS) {
      word |= HAS_CLASS;
      view.setUint32(at + 32, indexIn(this.#classes, classCode));
    } else if (value === value) {
      word |= HAS_VALUE;
      view.setFloat64(at + 32, value);
    }
    view.setInt32(at, columns.ids.high(row));
    view.setInt32(at + 4, columns.ids.low(row));
    view.setInt32(at + 8, word);
    const { versionId, chunkId, chunkRow } = originOf(this.#origins, row);
    view.setUint16(at + 12, indexIn(this.#versions, versionId));
    view.setUint16(at + 14, indexIn(this.#segments, columns.segmentCodes[row] ?? 0));
    view.setUint8(at + 16, chunkId / 2 ** 32);
    view.setUint32(at + 17, chunkId >>> 0);
    view.setUint8(at + 21, chunkRow >>> 16);
    view.setUint16(at + 22, chunkRow & 0xffff);
  }

  #probabilitiesOf(order: Int32Array, from: number, to: number): number {
    if (this.#columns.probabilityCount === 0) return 0;
    let count = 0;
    for (let i = from; i < to; i++) count += this.#columns.probabilitiesOf(order[i] ?? 0)?.values.length ?? 0;
    return count;
  }

  #writeProbabilities(order: Int32Array, from: number, to: number, bytes: number): void {
    const view = this.#view;
    view.setUint32(this.#length, bytes - 4);
    let place = this.#length + 4;
    let at = place + 2 * (to - from);
    for (let i = from; i < to; i++, place += 2) {
      const given = this.#columns.probabilitiesOf(order[i] ?? 0);
      view.setUint16(place, given === null ? NO_CLASSES : indexOfList(this.#classLists, given.classes));
      for (const p of given?.values ?? []) {
        view.setFloat64(at, p);
        at += PROBABILITY_BYTES;
      }
    }
    this.#length += bytes;
  }

  #sharedTexts(hasProbabilities: boolean): Uint8Array {
    const { classes, segmentLists } = this.#columns;
    const key = hasProbabilities
      ? ''
      : `${this.#versions.join()} ${this.#classes.join()} ${this.#segments.join()}`;
    const known = key === '' ? undefined : this.#texts.get(key);
    if (known !== undefined) return known;
    const shared: SharedTexts = {
      v: this.#versions,
      c: this.#classes.map((code) => classes[code] ?? ''),
      s: this.#segments.map((code) => segmentLists[code] ?? []),
      ...(hasProbabilities && { p: this.#classLists }),
    };
    const texts = Buffer.from(JSON.stringify(shared));
    if (key !== '' && this.#texts.size < MOST_REMEMBERED) this.#texts.set(key, texts);
    return texts;
  }
}

const viewOf = ({ buffer, byteOffset, length }: Buffer): DataView => new DataView(buffer, byteOffset, length);

function originOf(origins: RowOrigins, row: number) {
  if ('chunkId' in origins)
    return { versionId: origins.modelVersionId, chunkId: origins.chunkId, chunkRow: row };
  return {
    versionId: origins.versionIds[row] ?? 0,
    chunkId: origins.chunkIds[row] ?? 0,
    chunkRow: origins.chunkRows[row] ?? 0,
  };
}

/** Few of either in a pack: looking through them is faster than a map. */
function indexIn(known: number[], value: number): number {
  const index = known.indexOf(value);
  return index < 0 ? known.push(value) - 1 : index;
}

function indexOfList(known: (readonly string[])[], list: readonly string[]): number {
  const index = known.findIndex((each) => isSame(each, list));
  return index < 0 ? known.push(list) - 1 : index;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  if (one === other) return true;
  return one.length === other.length && one.every((name, i) => name === other[i]);
}
