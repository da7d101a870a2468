import { carryingMessages, type CarryingMessage } from './carried-batches.ts';
import type { AbortedTransaction } from './read-committed.ts';

/** The first version that knows transactions and record batches (Kafka 0.11), and the last that kafkajs asks for. */
export const OLDEST_FETCH = 4;
export const NEWEST_FETCH = 11;

/** Since when an answer has them. */
const SESSIONS_SINCE = 7;
const LOG_START_SINCE = 5;
const PREFERRED_REPLICA_SINCE = 11;
/** Since when the client is asked to wait, instead of having waited. */
const CLIENT_THROTTLE_SINCE = 8;

export interface FetchAnswer {
  readonly throttleTime: number;
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly FetchedPartition[];
  }[];
}

export interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly preferredReadReplica: number;
  /** Always empty: what was aborted is marked already. */
  readonly abortedTransactions: readonly never[];
  readonly messages: readonly CarryingMessage[];
}

/**
 * A broker's answer to a fetch, as kafkajs expects it, but with record batches unopened and read as committed.
 * The layout of versions 4 to 11 is Kafka's protocol guide's (Fetch API).
 *
 * @throws RangeError when the answer is shorter than it says
 */
export function readFetchAnswer(bytes: Buffer, version: number): FetchAnswer {
  const reader = new AnswerReader(bytes);
  const throttleMs = reader.int32();
  const asksToWait = version >= CLIENT_THROTTLE_SINCE;
  return {
    throttleTime: asksToWait ? 0 : throttleMs,
    clientSideThrottleTime: asksToWait ? throttleMs : 0,
    errorCode: version >= SESSIONS_SINCE ? reader.int16() : 0,
    sessionId: version >= SESSIONS_SINCE ? reader.int32() : 0,
    responses: reader.array(() => ({
      topicName: reader.string(),
      partitions: reader.array(() => readPartition(reader, version)),
    })),
  };
}

function readPartition(reader: AnswerReader, version: number): FetchedPartition {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = String(reader.int64());
  const lastStableOffset = String(reader.int64());
  if (version >= LOG_START_SINCE) reader.int64();
  const aborted = reader.array((): AbortedTransaction => ({
    producerId: reader.int64(),
    firstOffset: reader.int64(),
  }));
  const preferredReadReplica = version >= PREFERRED_REPLICA_SINCE ? reader.int32() : -1;
  const messages = carryingMessages(reader.bytes(), aborted);
  return {
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    preferredReadReplica,
    abortedTransactions: [],
    messages,
  };
}

class AnswerReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int16(): number {
    this.#at += 2;
    return this.#bytes.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  int64(): bigint {
    this.#at += 8;
    return this.#bytes.readBigInt64BE(this.#at - 8);
  }

  string(): string {
    return this.#take(this.int16()).toString('utf8');
  }

  bytes(): Buffer {
    return this.#take(this.int32());
  }

  /** Null, which is written as the length -1, is empty too. */
  array<T>(read: () => T): T[] {
    const length = this.int32();
    const items: T[] = [];
    for (let index = 0; index < length; index += 1) items.push(read());
    return items;
  }

  #take(length: number): Buffer {
    const from = this.#at;
    this.#at += Math.max(0, length);
    if (this.#at > this.#bytes.length) throw new RangeError('the answer to a fetch is shorter than it says');
    return this.#bytes.subarray(from, this.#at);
  }
}
