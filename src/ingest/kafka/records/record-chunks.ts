import type { KafkaMessage } from 'kafkajs';
import type { RawRecord, RecordList } from '../../../core/events/log-source.ts';
import { carriedBy } from './carried-batches.ts';
import { LARGE_BYTES, largeBatches, type LeaveTurn } from './large-batches.ts';
import { openOldMessage } from './old-message.ts';
import { openBatch } from './open-batch.ts';
import { RecordPacker } from './packed-records.ts';
import { RecordReader } from './record-reader.ts';

export interface ChunkLimits {
  readonly chunkRecords: number;
  /** Of one record batch, unpacked. */
  readonly maxUnpackedBytes: number;
}

export interface Chunk {
  /** May be none: the log goes on, but in what it holds there is nothing to see. */
  readonly records: RecordList;
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
  const packer = new RecordPacker(chunkRecords);
  let heldBytes = 0;
  let given = fromOffset;
  let nextOffset = fromOffset;
  for (const message of messages) {
    const { batch, leave } = await inTurn(message, maxUnpackedBytes);
    try {
      while (batch.next()) {
        // Whoever asks for an offset is given the whole batch around it.
        if (batch.offset < fromOffset) continue;
        batch.addTo(packer);
        heldBytes += batch.size;
        if (packer.length < chunkRecords && heldBytes < CHUNK_BYTES) continue;
        given = batch.offset + 1n;
        yield { records: packer.take(), nextOffset: given };
        heldBytes = 0;
      }
      nextOffset = BigInt(message.offset) + 1n;
      // A view of a large batch keeps all of it.
      if (leave !== null && packer.length > 0) {
        given = nextOffset;
        yield { records: packer.take(), nextOffset };
        heldBytes = 0;
      }
    } finally {
      leave?.();
    }
  }
  if (packer.length > 0 || nextOffset > given) yield { records: packer.take(), nextOffset };
}

/** Goes through the records of a batch. */
interface OpenedBatch {
  /** False: there is no next one. */
  next(): boolean;
  readonly offset: bigint;
  /** Of key and value. */
  readonly size: number;
  addTo(packer: RecordPacker): void;
}

/** Records that lie in no batch: what stands for one that cannot be read, and those of old messages. */
class WholeRecords implements OpenedBatch {
  readonly #records: readonly RawRecord[];
  #next = 0;

  constructor(records: readonly RawRecord[]) {
    this.#records = records;
  }

  next(): boolean {
    this.#next += 1;
    return this.#next <= this.#records.length;
  }

  get #record(): RawRecord {
    const record = this.#records[this.#next - 1];
    if (record === undefined) throw new RangeError('there is no record here');
    return record;
  }

  get offset(): bigint {
    return this.#record.offset;
  }

  get size(): number {
    const { value, key } = this.#record;
    return (value?.length ?? 0) + (key?.length ?? 0);
  }

  get isOverLimit(): boolean {
    return this.#records[0]?.unreadable?.reason === 'decompression_limit';
  }

  addTo(packer: RecordPacker): void {
    packer.addWhole(this.#record);
  }
}

interface InTurn {
  readonly batch: OpenedBatch;
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

function isOverLimit(batch: OpenedBatch): boolean {
  return batch instanceof WholeRecords && batch.isOverLimit;
}

async function opened(message: KafkaMessage, maxUnpackedBytes: number): Promise<OpenedBatch> {
  const carried = carriedBy(message);
  if (carried.kind === 'withheld') return new WholeRecords([]);
  const records =
    carried.kind === 'old_message'
      ? await openOldMessage(carried.message, maxUnpackedBytes)
      : await openBatch(carried.batch, maxUnpackedBytes);
  return records instanceof RecordReader ? records : new WholeRecords(records);
}
