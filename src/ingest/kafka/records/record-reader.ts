import type { RecordBatchBytes } from './record-batch.ts';
import type { PackedRecord } from './packed-records.ts';
import { nextNumber } from './record-headers.ts';
import { type Cursor, readVarlong } from './varint.ts';

const NONE = -1;

/**
 * Goes through the records of one batch, one after the other, and says where in its unpacked bytes each lies. The bytes
 * must have been found to hold that many records (`holdsRecords`).
 */
export class RecordReader implements PackedRecord {
  readonly bytes: Buffer;
  readonly firstOffset: bigint;
  /** Of the record it is at: −1 where there is none. */
  offsetDelta = 0;
  timestampMs = 0;
  keyFrom = NONE;
  keyTo = NONE;
  valueFrom = NONE;
  valueTo = NONE;
  headersFrom = NONE;
  readonly #batch: RecordBatchBytes;
  readonly #cursor: Cursor;
  #left: number;

  constructor(batch: RecordBatchBytes, unpacked: Buffer) {
    this.#batch = batch;
    this.bytes = unpacked;
    this.firstOffset = batch.firstOffset;
    this.#cursor = { bytes: unpacked, at: 0 };
    this.#left = batch.records;
  }

  get offset(): bigint {
    return this.firstOffset + BigInt(this.offsetDelta);
  }

  /** Of key and value. */
  get size(): number {
    return this.valueTo - this.valueFrom + this.keyTo - this.keyFrom;
  }

  addTo(packer: { add(record: PackedRecord): void }): void {
    packer.add(this);
  }

  /** Goes to the next record. False: there is none. */
  next(): boolean {
    if (this.#left <= 0) return false;
    this.#left -= 1;
    const cursor = this.#cursor;
    const end = nextNumber(cursor) + cursor.at;
    // A byte of attributes that nobody uses.
    cursor.at += 1;
    const timestampDeltaMs = readVarlong(cursor) ?? 0;
    this.timestampMs = this.#batch.appendedAtMs ?? this.#batch.firstTimestampMs + timestampDeltaMs;
    this.offsetDelta = nextNumber(cursor);
    const key = nextNumber(cursor);
    this.keyFrom = key < 0 ? NONE : cursor.at;
    cursor.at += Math.max(0, key);
    this.keyTo = key < 0 ? NONE : cursor.at;
    const value = nextNumber(cursor);
    this.valueFrom = value < 0 ? NONE : cursor.at;
    cursor.at += Math.max(0, value);
    this.valueTo = value < 0 ? NONE : cursor.at;
    this.headersFrom = cursor.bytes[cursor.at] === 0 ? NONE : cursor.at;
    cursor.at = end;
    return true;
  }
}
