import type { RawRecord, RecordList, ValuePlaces } from '../../../core/events/log-source.ts';
import { headersAt } from './record-headers.ts';

const FIRST_RECORDS = 512;
const NONE = -1;

/** Where a record lies in the bytes of its batch; −1 where there is none. */
export interface PackedRecord {
  readonly bytes: Buffer;
  readonly firstOffset: bigint;
  readonly offsetDelta: number;
  readonly timestampMs: number;
  readonly keyFrom: number;
  readonly keyTo: number;
  readonly valueFrom: number;
  readonly valueTo: number;
  readonly headersFrom: number;
}

/** Bytes that some records lie in. */
interface Source {
  readonly bytes: Buffer;
  readonly firstOffset: bigint;
}

/** Where records lie, a number each; records that lie nowhere (a batch that cannot be read) are kept as they are. */
class Columns {
  readonly sources: Source[] = [];
  readonly whole = new Map<number, RawRecord>();
  length = 0;
  sourceOf: Int32Array<ArrayBuffer>;
  offsetDeltas: Int32Array<ArrayBuffer>;
  timestampsMs: Float64Array<ArrayBuffer>;
  keyFrom: Int32Array<ArrayBuffer>;
  keyTo: Int32Array<ArrayBuffer>;
  valueFrom: Int32Array<ArrayBuffer>;
  valueTo: Int32Array<ArrayBuffer>;
  headersFrom: Int32Array<ArrayBuffer>;

  constructor(expected: number) {
    this.sourceOf = new Int32Array(expected);
    this.offsetDeltas = new Int32Array(expected);
    this.timestampsMs = new Float64Array(expected);
    this.keyFrom = new Int32Array(expected);
    this.keyTo = new Int32Array(expected);
    this.valueFrom = new Int32Array(expected);
    this.valueTo = new Int32Array(expected);
    this.headersFrom = new Int32Array(expected);
  }

  next(): number {
    if (this.length === this.sourceOf.length) this.#grow();
    return this.length++;
  }

  #grow(): void {
    const wider = (column: Int32Array): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(2 * column.length);
      grown.set(column);
      return grown;
    };
    this.sourceOf = wider(this.sourceOf);
    this.offsetDeltas = wider(this.offsetDeltas);
    this.keyFrom = wider(this.keyFrom);
    this.keyTo = wider(this.keyTo);
    this.valueFrom = wider(this.valueFrom);
    this.valueTo = wider(this.valueTo);
    this.headersFrom = wider(this.headersFrom);
    const times = new Float64Array(2 * this.timestampsMs.length);
    times.set(this.timestampsMs);
    this.timestampsMs = times;
  }

  offset(i: number): bigint {
    const firstOffset = this.sources[this.sourceOf[i] ?? 0]?.firstOffset ?? 0n;
    return this.whole.get(i)?.offset ?? firstOffset + BigInt(this.offsetDeltas[i] ?? 0);
  }

  record(i: number): RawRecord {
    const whole = this.whole.get(i);
    if (whole !== undefined) return whole;
    const source = this.sources[this.sourceOf[i] ?? 0];
    if (source === undefined) throw new Error('a record lies nowhere');
    const { bytes, firstOffset } = source;
    const view = (from: number, to: number): Buffer | null =>
      from === NONE ? null : bytes.subarray(from, to);
    const record = {
      offset: firstOffset + BigInt(this.offsetDeltas[i] ?? 0),
      timestampMs: this.timestampsMs[i] ?? NONE,
      key: view(this.keyFrom[i] ?? NONE, this.keyTo[i] ?? 0),
      value: view(this.valueFrom[i] ?? NONE, this.valueTo[i] ?? 0),
    };
    const headersFrom = this.headersFrom[i] ?? NONE;
    return headersFrom === NONE ? record : { ...record, headers: headersAt(bytes, headersFrom) };
  }
}

/** Gathers records of several batches. */
export class RecordPacker {
  #columns: Columns;

  /** Of how many records chunks are at most. */
  constructor(most: number) {
    this.#columns = new Columns(Math.max(1, Math.min(FIRST_RECORDS, most)));
  }

  get length(): number {
    return this.#columns.length;
  }

  add(reader: PackedRecord): void {
    const columns = this.#columns;
    const { bytes, firstOffset } = reader;
    if (columns.sources.at(-1)?.bytes !== bytes) columns.sources.push({ bytes, firstOffset });
    const i = columns.next();
    columns.sourceOf[i] = columns.sources.length - 1;
    columns.offsetDeltas[i] = reader.offsetDelta;
    columns.timestampsMs[i] = reader.timestampMs;
    columns.keyFrom[i] = reader.keyFrom;
    columns.keyTo[i] = reader.keyTo;
    columns.valueFrom[i] = reader.valueFrom;
    columns.valueTo[i] = reader.valueTo;
    columns.headersFrom[i] = reader.headersFrom;
  }

  /** One that lies nowhere else. */
  addWhole(record: RawRecord): void {
    const i = this.#columns.next();
    this.#columns.valueFrom[i] = NONE;
    this.#columns.timestampsMs[i] = record.timestampMs;
    this.#columns.whole.set(i, record);
  }

  /** Those gathered since the last time. */
  take(): RecordList {
    const columns = this.#columns;
    this.#columns = new Columns(Math.max(1, columns.length));
    return new PackedRecords(columns, 0, columns.length);
  }
}

/** Records that take no object each until they are asked for one by one. */
class PackedRecords implements RecordList {
  readonly length: number;
  readonly places: ValuePlaces;
  readonly #columns: Columns;
  readonly #from: number;

  constructor(columns: Columns, from: number, to: number) {
    this.#columns = columns;
    this.#from = from;
    this.length = Math.max(0, to - from);
    this.places = {
      bytesOf: (index) => columns.sources[columns.sourceOf[from + index] ?? 0]?.bytes ?? Buffer.alloc(0),
      from: columns.valueFrom.subarray(from, to),
      to: columns.valueTo.subarray(from, to),
      timestampsMs: columns.timestampsMs.subarray(from, to),
    };
  }

  at(index: number): RawRecord | undefined {
    const i = index < 0 ? this.length + index : index;
    return i < 0 || i >= this.length ? undefined : this.#columns.record(this.#from + i);
  }

  offsetAt(index: number): bigint | undefined {
    return index < 0 || index >= this.length ? undefined : this.#columns.offset(this.#from + index);
  }

  slice(from = 0, to: number = this.length): RecordList {
    if (from === 0 && to >= this.length) return this;
    return new PackedRecords(this.#columns, this.#from + from, this.#from + Math.min(to, this.length));
  }

  *[Symbol.iterator](): Generator<RawRecord> {
    for (let i = 0; i < this.length; i++) yield this.#columns.record(this.#from + i);
  }
}
