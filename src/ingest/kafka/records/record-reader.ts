import type { RawRecord } from '../../../core/events/log-source.ts';
import type { RecordBatchBytes } from './record-batch.ts';
import { type Cursor, readVarint, readVarlong } from './varint.ts';

/** Kafka has no limit of its own, and a batch of nothing but headers would hold tens of millions. */
const MOST_HEADERS = 1_000;

/**
 * Reads the records of one batch, one after the other, out of its unpacked bytes: keys and values are views into them.
 * The bytes must have been found to hold that many records (`holdsRecords`).
 */
export class RecordReader {
  readonly #batch: RecordBatchBytes;
  readonly #cursor: Cursor;
  #left: number;

  constructor(batch: RecordBatchBytes, unpacked: Buffer) {
    this.#batch = batch;
    this.#cursor = { bytes: unpacked, at: 0 };
    this.#left = batch.records;
  }

  /** Null after the last. */
  next(): RawRecord | null {
    if (this.#left <= 0) return null;
    this.#left -= 1;
    const { firstOffset, firstTimestampMs, appendedAtMs } = this.#batch;
    // The record's length, then a byte of attributes that nobody uses.
    this.#number();
    this.#cursor.at += 1;
    const timestampDeltaMs = readVarlong(this.#cursor) ?? 0;
    const offset = firstOffset + BigInt(this.#number());
    const key = this.#bytes();
    const value = this.#bytes();
    const headers = this.#headers();
    const timestampMs = appendedAtMs ?? firstTimestampMs + timestampDeltaMs;
    return headers === null
      ? { offset, timestampMs, key, value }
      : { offset, timestampMs, key, value, headers };
  }

  *[Symbol.iterator](): Generator<RawRecord> {
    for (let record = this.next(); record !== null; record = this.next()) yield record;
  }

  #number(): number {
    const number = readVarint(this.#cursor);
    if (number === null) throw new Error('a record batch ended inside a record that was found to be whole');
    return number;
  }

  #bytes(): Buffer | null {
    const length = this.#number();
    if (length < 0) return null;
    const from = this.#cursor.at;
    this.#cursor.at += length;
    return this.#cursor.bytes.subarray(from, this.#cursor.at);
  }

  /**
   * Of repeated headers the last counts; of more than `MOST_HEADERS` names the first are kept. Null when there are none, as on
   * most records.
   */
  #headers(): ReadonlyMap<string, Uint8Array> | null {
    const count = this.#number();
    if (count === 0) return null;
    const headers = new Map<string, Uint8Array>();
    for (let index = 0; index < count; index += 1) {
      const name = this.#bytes()?.toString('utf8') ?? '';
      const value = this.#bytes();
      if (value === null) headers.delete(name);
      else if (headers.size < MOST_HEADERS || headers.has(name)) headers.set(name, value);
    }
    return headers;
  }
}
