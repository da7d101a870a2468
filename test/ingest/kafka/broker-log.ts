import type { AbortedTransaction } from '../../../src/ingest/kafka/records/read-committed.ts';
import { CODEC, recordBatch, writeRecords } from './record-batch.ts';

const TRANSACTIONAL = 16;
const CONTROL = 32;

/** What a producer does next. Producers are numbered; `none` has no id and no transactions. */
export type Step =
  | {
      readonly kind: 'write';
      readonly producer: number | 'none';
      readonly records: number;
      readonly isTransactional: boolean;
    }
  | { readonly kind: 'end'; readonly producer: number; readonly isCommitted: boolean };

interface StoredBatch {
  readonly firstOffset: bigint;
  readonly lastOffset: bigint;
  readonly producerId: bigint;
  readonly attributes: number;
  /** Of a control batch: how the transaction ended. */
  readonly ends: 'commit' | 'abort' | null;
  /** Those that are left. */
  offsets: bigint[];
}

interface Ended extends AbortedTransaction {
  readonly lastOffset: bigint;
}

/** An answer to a fetch, and what a reader of committed records may see of the whole log. */
export interface Fetched {
  readonly log: Buffer;
  readonly aborted: readonly AbortedTransaction[];
}

/**
 * One partition as a broker keeps it: batches, and the index of aborted transactions, in the order in which they ended.
 * Whether a record is to be seen is known here from the transaction it was written in, and from nothing else.
 */
export class BrokerLog {
  readonly #batches: StoredBatch[] = [];
  readonly #index: Ended[] = [];
  readonly #open = new Map<number, { firstOffset: bigint; offsets: bigint[] }>();
  readonly #committed = new Set<bigint>();
  #end = 0n;

  apply(step: Step): void {
    if (step.kind === 'end') this.#endTransaction(step.producer, step.isCommitted);
    else this.#write(step);
  }

  /** What is left open ends too: a broker aborts it when its time has passed. */
  close(): void {
    for (const producer of this.#open.keys()) this.#endTransaction(producer, false);
  }

  #write({ producer, records, isTransactional }: Extract<Step, { kind: 'write' }>): void {
    const offsets = Array.from({ length: records }, (_, index) => this.#end + BigInt(index));
    const inTransaction = isTransactional && producer !== 'none';
    // One producer writes either in transactions or without: what is written amid an open one belongs to it.
    const current = producer === 'none' ? undefined : this.#open.get(producer);
    if (producer !== 'none' && (inTransaction || current !== undefined)) {
      const open = current ?? { firstOffset: this.#end, offsets: [] };
      open.offsets.push(...offsets);
      this.#open.set(producer, open);
      this.#append(producer, TRANSACTIONAL, null, offsets);
      return;
    }
    for (const offset of offsets) this.#committed.add(offset);
    this.#append(producer, 0, null, offsets);
  }

  #endTransaction(producer: number, isCommitted: boolean): void {
    const open = this.#open.get(producer);
    if (open === undefined) return;
    this.#open.delete(producer);
    const lastOffset = this.#end;
    this.#append(producer, TRANSACTIONAL | CONTROL, isCommitted ? 'commit' : 'abort', [lastOffset]);
    if (isCommitted) for (const offset of open.offsets) this.#committed.add(offset);
    else this.#index.push({ producerId: idOf(producer), firstOffset: open.firstOffset, lastOffset });
  }

  #append(
    producer: number | 'none',
    attributes: number,
    ends: StoredBatch['ends'],
    offsets: readonly bigint[],
  ): void {
    this.#batches.push({
      firstOffset: this.#end,
      lastOffset: this.#end + BigInt(offsets.length - 1),
      producerId: idOf(producer),
      attributes,
      ends,
      offsets: [...offsets],
    });
    this.#end += BigInt(offsets.length);
  }

  /**
   * As the log cleaner: records whose key was written again, all records of aborted transactions, and then the markers
   * of transactions of which nothing is left. What is emptied stays as a bare header, or goes.
   */
  compact(chance: (of: string) => boolean): void {
    for (const { firstOffset, lastOffset, producerId } of this.#index.filter(() => chance('aborted'))) {
      for (const batch of this.#batches) {
        const isIn = batch.firstOffset >= firstOffset && batch.lastOffset < lastOffset;
        if (isIn && batch.producerId === producerId && batch.ends === null) batch.offsets = [];
      }
      if (!chance('marker')) continue;
      const marker = this.#batches.find((batch) => batch.firstOffset === lastOffset);
      if (marker !== undefined) marker.offsets = [];
      this.#index.splice(
        this.#index.findIndex((one) => one.lastOffset === lastOffset),
        1,
      );
    }
    for (const batch of this.#batches) {
      batch.offsets = batch.offsets.filter((offset) => {
        const goes =
          batch.ends === 'abort'
            ? false
            : (this.#committed.has(offset) || batch.ends !== null) && chance('key');
        if (goes) this.#committed.delete(offset);
        return !goes;
      });
    }
    for (const batch of this.#batches.filter(({ offsets }) => offsets.length === 0)) {
      // The newest batch of a log always stays.
      if (batch !== this.#batches.at(-1) && chance('header'))
        this.#batches.splice(this.#batches.indexOf(batch), 1);
    }
  }

  /** The first offset behind everything. */
  get end(): bigint {
    return this.#end;
  }

  committedFrom(offset: bigint): bigint[] {
    return [...this.#committed].filter((one) => one >= offset).sort((a, b) => Number(a - b));
  }

  /** At least one whole batch, then as many bytes as are asked for: the last batch may be cut off. */
  fetch(from: bigint, bytes: number, upperBound: bigint): Fetched {
    const rest = this.#batches.filter(({ lastOffset }) => lastOffset >= from).map((batch) => bytesOf(batch));
    const log = Buffer.concat(rest);
    const least = rest[0]?.length ?? 0;
    // The index is looked through by offset: it names some that begin behind what fits into the answer.
    const to = from + upperBound > this.#end ? this.#end : from + upperBound;
    const aborted = this.#index.filter(
      (one) =>
        one.lastOffset >= from && (one.firstOffset < to || one.firstOffset <= lastIn(log, least, bytes)),
    );
    return {
      log: log.subarray(0, Math.max(least, bytes)),
      aborted: aborted.map(({ producerId, firstOffset }) => ({ producerId, firstOffset })),
    };
  }
}

/** The last offset of what an answer of so many bytes holds at the most. */
function lastIn(log: Buffer, least: number, bytes: number): bigint {
  let last = -1n;
  for (let at = 0; at < Math.min(log.length, Math.max(least, bytes));) {
    if (log.length - at >= 61) last = log.readBigInt64BE(at) + BigInt(log.readInt32BE(at + 23));
    at += 12 + log.readInt32BE(at + 8);
  }
  return last;
}

const idOf = (producer: number | 'none'): bigint => (producer === 'none' ? -1n : BigInt(1_000 + producer));

function bytesOf({ firstOffset, lastOffset, producerId, attributes, ends, offsets }: StoredBatch): Buffer {
  const records = offsets.map((offset) => ({
    key: ends === null ? null : `\0\0\0${ends === 'abort' ? '\0' : '\u0001'}`,
    value: String(offset),
    headers: [],
    offsetDelta: Number(offset - firstOffset),
    timestampDeltaMs: 0,
  }));
  return recordBatch(CODEC.none | attributes, writeRecords(records), offsets.length, {
    firstOffset,
    lastOffsetDelta: Number(lastOffset - firstOffset),
    producerId,
  });
}

/** An answer of one partition, as it comes over the wire (Fetch API of Kafka's protocol guide). */
export function fetchAnswer(
  version: number,
  topic: string,
  { log, aborted }: Fetched,
  highWatermark: bigint,
): Buffer {
  const name = Buffer.from(topic);
  return Buffer.concat([
    int32(0),
    ...(version >= 7 ? [int16(0), int32(0)] : []),
    int32(1),
    int16(name.length),
    name,
    int32(1),
    int32(0),
    int16(0),
    int64(highWatermark),
    int64(highWatermark),
    ...(version >= 5 ? [int64(0n)] : []),
    int32(aborted.length === 0 ? -1 : aborted.length),
    ...aborted.flatMap(({ producerId, firstOffset }) => [int64(producerId), int64(firstOffset)]),
    ...(version >= 11 ? [int32(-1)] : []),
    int32(log.length),
    log,
  ]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}
