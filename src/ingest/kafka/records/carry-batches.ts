import { createRequire } from 'node:module';
import { batchAt, type RecordBatchBytes } from './record-batch.ts';
import { RecordReader } from './record-reader.ts';

/**
 * kafkajs makes some ten objects of every record while it reads an answer, and unpacks all batches of all partitions
 * before anybody may look at one. Here it is taught to carry each record batch as it came, as one message at the
 * batch's last offset; what is inside is read when it is its turn (`record-chunks.ts`). Everything that kafkajs does
 * with batches goes on: offsets below the one asked for, aborted transactions and control records are left out by it.
 *
 * The place is its decoder of fetched messages, which has no other way in; its version is pinned for it. Changed once
 * for the whole process, before the first fetch.
 */
export function carryRecordBatches(): void {
  const require = createRequire(import.meta.url);
  const path = require.resolve('kafkajs/src/protocol/requests/fetch/v4/decodeMessages');
  const readMessages = require(path) as DecodeMessages;
  const loaded = require.cache[path];
  if (loaded === undefined || readMessages.name === decodeCarried.name) return;
  loaded.exports = decodeCarried;

  async function decodeCarried(decoder: KafkaDecoder): Promise<readonly object[]> {
    const startedAt = decoder.offset;
    const size = decoder.readInt32();
    if (size <= 0 || !decoder.canReadBytes(size)) return [];
    const messages = carried(decoder.readBytes(size));
    if (messages !== null) return messages;
    decoder.offset = startedAt;
    return await readMessages(decoder);
  }
}

/** The parts of kafkajs's decoder that are used. */
interface KafkaDecoder {
  offset: number;
  readInt32(): number;
  canReadBytes(length: number): boolean;
  readBytes(length: number): Buffer;
}

type DecodeMessages = (decoder: KafkaDecoder) => Promise<readonly object[]>;

const BATCH = Symbol('record batch');

/** What kafkajs looks at in a message. */
interface CarriedMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: null;
  readonly headers: object;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
  readonly [BATCH]: RecordBatchBytes;
}

/** The batch that a message of kafkajs stands for; null for a message that is itself. */
export function batchOf(message: object): RecordBatchBytes | null {
  return BATCH in message ? (message as CarriedMessage)[BATCH] : null;
}

/** Null for a log in an older format, which is kafkajs's to read. */
export function carried(log: Buffer): CarriedMessage[] | null {
  const messages: CarriedMessage[] = [];
  for (let at = 0; ;) {
    const found = batchAt(log, at);
    if (found.kind === 'older_format' && messages.length === 0) return null;
    // What is cut off comes with the next fetch, and so does what is written in another format.
    if (found.kind !== 'batch') return messages;
    messages.push(messageOf(found.batch));
    at = found.end;
  }
}

function messageOf(batch: RecordBatchBytes): CarriedMessage {
  return {
    offset: String(batch.lastOffset),
    timestamp: String(batch.firstTimestampMs),
    // Of a control record it says whether a transaction was aborted.
    key: batch.isControl ? controlKey(batch) : null,
    value: null,
    headers: {},
    isControlRecord: batch.isControl,
    batchContext: { producerId: String(batch.producerId), inTransaction: batch.isTransactional },
    [BATCH]: batch,
  };
}

function controlKey(batch: RecordBatchBytes): Buffer | null {
  const key = new RecordReader(batch, batch.payload).next()?.key ?? null;
  return key === null ? null : Buffer.from(key);
}
