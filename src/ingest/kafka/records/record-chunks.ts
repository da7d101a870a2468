import type { KafkaMessage } from 'kafkajs';
import type { RawRecord } from '../../../core/events/log-source.ts';
import { carriedBy } from './carried-batches.ts';
import { LARGE_BYTES, largeBatches, type LeaveTurn } from './large-batches.ts';
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

/** Of keys and values: records of a megabyte come eight at a time. */
const CHUNK_BYTES = 8 * 2 ** 20;

/**
 * The records of fetched messages from an offset on, in chunks. One record batch is unpacked at a time, and of large ones one
 * in the whole process, so memory holds what was fetched, one batch unpacked, and the records of one chunk. The last chunk
 * ends where the last batch does: behind control records, aborted transactions, and records that compaction took.
 */
export async function* recordChunks(
  messages: readonly KafkaMessage[],
  fromOffset: bigint,
  { chunkRecords, maxUnpackedBytes }: ChunkLimits,
): AsyncGenerator<Chunk> {
  let records: RawRecord[] = [];
  let heldBytes = 0;
  let given = fromOffset;
  let nextOffset = fromOffset;
  for (const message of messages) {
    const { batch, leave } = await inTurn(message, maxUnpackedBytes);
    try {
      for (const record of batch) {
        // Whoever asks for an offset is given the whole batch around it.
        if (record.offset < fromOffset) continue;
        records.push(record);
        heldBytes += (record.value?.length ?? 0) + (record.key?.length ?? 0);
        if (records.length < chunkRecords && heldBytes < CHUNK_BYTES) continue;
        given = record.offset + 1n;
        yield { records, nextOffset: given };
        [records, heldBytes] = [[], 0];
      }
      nextOffset = BigInt(message.offset) + 1n;
      // A view of a large batch keeps all of it.
      if (leave !== null && records.length > 0) {
        given = nextOffset;
        yield { records, nextOffset };
        [records, heldBytes] = [[], 0];
      }
    } finally {
      leave?.();
    }
  }
  if (records.length > 0 || nextOffset > given) yield { records, nextOffset };
}

interface InTurn {
  readonly batch: Iterable<RawRecord>;
  /** Of a large batch, which others wait for. */
  readonly leave: LeaveTurn | null;
}

/** How large a batch is, is known once it is unpacked: tried within what is small first. */
async function inTurn(message: KafkaMessage, maxUnpackedBytes: number): Promise<InTurn> {
  const small = Math.min(LARGE_BYTES, maxUnpackedBytes);
  const batch = await opened(message, small);
  if (small === maxUnpackedBytes || !isOverLimit(batch)) return { batch, leave: null };
  const leave = await largeBatches.turn();
  try {
    return { batch: await opened(message, maxUnpackedBytes), leave };
  } catch (error) {
    leave();
    throw error;
  }
}

function isOverLimit(batch: Iterable<RawRecord>): boolean {
  return Array.isArray(batch) && (batch as RawRecord[])[0]?.unreadable?.reason === 'decompression_limit';
}

async function opened(message: KafkaMessage, maxUnpackedBytes: number): Promise<Iterable<RawRecord>> {
  const carried = carriedBy(message);
  if (carried.kind === 'withheld') return [];
  if (carried.kind === 'old_message') return await openOldMessage(carried.message, maxUnpackedBytes);
  return await openBatch(carried.batch, maxUnpackedBytes);
}
