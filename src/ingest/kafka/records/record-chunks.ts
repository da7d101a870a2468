import type { KafkaMessage } from 'kafkajs';
import type { RawRecord } from '../../../core/events/log-source.ts';
import { carriedBy } from './carried-batches.ts';
import { openOldMessage } from './old-message.ts';
import { openBatch } from './open-batch.ts';

export interface ChunkLimits {
  readonly chunkRecords: number;
  /** Of one record batch, unpacked. */
  readonly maxUnpackedBytes: number;
}

export interface Chunk {
  /** May be none: the log goes on, but in what it holds there is nothing to see. */
  readonly records: readonly RawRecord[];
  /** Where the log goes on: behind the last record, and behind what nobody is to see after it. */
  readonly nextOffset: bigint;
}

/**
 * The records of fetched messages from an offset on, in chunks. One record batch is unpacked at a time, so memory holds
 * what was fetched, one batch unpacked, and the records of one chunk. The last chunk ends where the last batch does:
 * behind control records, aborted transactions, and records that compaction took.
 */
export async function* recordChunks(
  messages: readonly KafkaMessage[],
  fromOffset: bigint,
  { chunkRecords, maxUnpackedBytes }: ChunkLimits,
): AsyncGenerator<Chunk> {
  let records: RawRecord[] = [];
  let given = fromOffset;
  let nextOffset = fromOffset;
  for (const message of messages) {
    for (const record of await opened(message, maxUnpackedBytes)) {
      // Whoever asks for an offset is given the whole batch around it.
      if (record.offset < fromOffset) continue;
      records.push(record);
      if (records.length < chunkRecords) continue;
      given = record.offset + 1n;
      yield { records, nextOffset: given };
      records = [];
    }
    nextOffset = BigInt(message.offset) + 1n;
  }
  if (records.length > 0 || nextOffset > given) yield { records, nextOffset };
}

async function opened(message: KafkaMessage, maxUnpackedBytes: number): Promise<Iterable<RawRecord>> {
  const carried = carriedBy(message);
  if (carried.kind === 'withheld') return [];
  if (carried.kind === 'old_message') return await openOldMessage(carried.message, maxUnpackedBytes);
  return await openBatch(carried.batch, maxUnpackedBytes);
}
