import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { RawRecord } from '../../../core/log-source.ts';
import { batchOf } from './carry-batches.ts';
import { openBatch } from './open-batch.ts';
import { RecordReader } from './record-reader.ts';

export interface ChunkLimits {
  readonly chunkRecords: number;
  /** Of one record batch, unpacked. */
  readonly maxUnpackedBytes: number;
}

/**
 * The records of fetched messages from an offset on, in chunks. One record batch is unpacked at a time, so memory holds
 * what was fetched, one batch unpacked, and the records of one chunk. An empty chunk is never made.
 */
export async function* recordChunks(
  messages: readonly KafkaMessage[],
  fromOffset: bigint,
  { chunkRecords, maxUnpackedBytes }: ChunkLimits,
): AsyncGenerator<readonly RawRecord[]> {
  let chunk: RawRecord[] = [];
  for (const message of messages) {
    const batch = batchOf(message);
    const opened = batch === null ? recordOf(message) : await openBatch(batch, maxUnpackedBytes);
    if (!(opened instanceof RecordReader)) {
      chunk.push(opened);
    } else {
      for (let record = opened.next(); record !== null; record = opened.next()) {
        // Whoever asks for an offset is given the whole batch around it.
        if (record.offset < fromOffset) continue;
        chunk.push(record);
        if (chunk.length < chunkRecords) continue;
        yield chunk;
        chunk = [];
      }
    }
    if (chunk.length < chunkRecords) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** A message that kafkajs has read itself: of a log in a format before Kafka 0.11. */
function recordOf({ offset, timestamp, key, value, headers }: KafkaMessage): RawRecord {
  const named = headerMap(headers);
  return {
    offset: BigInt(offset),
    timestampMs: Number(timestamp),
    key,
    value,
    ...(named === null ? {} : { headers: named }),
  };
}

/** Of repeated headers the last counts. Null when there are none. */
function headerMap(headers: IHeaders | undefined): ReadonlyMap<string, Uint8Array> | null {
  const entries = Object.entries(headers ?? {});
  if (entries.length === 0) return null;
  const map = new Map<string, Uint8Array>();
  for (const [name, value] of entries) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) map.set(name, typeof last === 'string' ? Buffer.from(last) : last);
  }
  return map;
}
