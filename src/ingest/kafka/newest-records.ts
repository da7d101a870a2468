/** The newest records of a topic, read without a consumer group: nobody's position is made, moved or looked at. */
import type { RawRecord } from '../../core/events/log-source.ts';
import { createKafkaClient } from './kafka-client.ts';
import { DEFAULT_MAX_UNPACKED_BYTES, type KafkaConnection } from './kafka-options.ts';
import { type Cluster, clusterOf, READ_COMMITTED } from './kafkajs/cluster.ts';
import { recordChunks } from './records/record-chunks.ts';

/** Read backwards in pieces of so many offsets, so that what is left out, when time runs out, is the oldest. */
const PIECE = 10_000n;
const FETCH_BYTES = 4 * 2 ** 20;
const FETCH_WAIT_MS = 250;
const AT_ONCE = 8;
const CHUNK_LIMITS = { chunkRecords: 2_000, maxUnpackedBytes: DEFAULT_MAX_UNPACKED_BYTES };
/** Somebody sits before it. */
const IMPATIENT = { connectionTimeout: 4_000, requestTimeout: 8_000 };
const QUICK_RETRY = { initialRetryTime: 200, maxRetryTime: 1_000, retries: 2, factor: 0.2, multiplier: 2 };

export interface NewestOptions {
  /** Of a partition, at most. */
  readonly most: number;
  /** True: nothing more is read, whatever is left. Asked between two fetches. */
  readonly isEnough: () => boolean;
  readonly take: (partition: number, records: readonly RawRecord[]) => Promise<void>;
}

export interface NewestRead {
  readonly partitions: number;
  /** Offsets that were there to be read when reading began. */
  readonly held: number;
  /** Not all that was to be read was: `isEnough` said so. */
  readonly cut: boolean;
}

/** Reads topics through one connection. */
export interface TopicReader {
  /** Null: there is no such topic, or it is not shown to this login. */
  newest(topic: string, options: NewestOptions): Promise<NewestRead | null>;
  createTopics(topics: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Connects. @throws whatever kafkajs throws: `connectionAdvice` says what it means */
export async function openTopicReader(connection: KafkaConnection): Promise<TopicReader> {
  const client = createKafkaClient(connection, QUICK_RETRY, IMPATIENT);
  const admin = client.admin();
  await admin.connect();
  const cluster = clusterOf(client);
  try {
    await cluster.connect();
  } catch (error) {
    await admin.disconnect();
    throw error;
  }
  return {
    async newest(topic, options) {
      if (!(await admin.listTopics()).includes(topic)) return null;
      await cluster.addMultipleTargetTopics([topic]);
      return await readNewest(cluster, topic, options);
    },
    async createTopics(topics) {
      await admin.createTopics({
        waitForLeaders: true,
        topics: topics.map((topic) => ({ topic, numPartitions: -1, replicationFactor: -1 })),
      });
    },
    async close() {
      await cluster.disconnect();
      await admin.disconnect();
    },
  };
}

interface Stretch {
  readonly partition: number;
  readonly from: bigint;
  /** One past the last offset that was committed when reading began: a producer that never stops ends nothing. */
  until: bigint;
}

async function readNewest(cluster: Cluster, topic: string, options: NewestOptions): Promise<NewestRead> {
  const partitions = cluster
    .findTopicPartitionMetadata(topic)
    .map(({ partitionId: partition }) => ({ partition }));
  const offsets = async (fromBeginning: boolean): Promise<Map<number, bigint>> => {
    const [found] = await cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning }]);
    return new Map(found?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
  };
  const [lows, highs] = [await offsets(true), await offsets(false)];
  const stretches = partitions.map(({ partition }): Stretch => {
    const [low, until] = [lows.get(partition) ?? 0n, highs.get(partition) ?? 0n];
    const newest = until - BigInt(options.most);
    return { partition, from: newest > low ? newest : low, until };
  });
  const held = stretches.reduce((sum, { from, until }) => sum + Number(until - from), 0);
  let cut = false;
  for (let left = stretches; ;) {
    left = left.filter(({ from, until }) => until > from);
    if (left.length === 0) break;
    for (let at = 0; at < left.length && !cut; at += AT_ONCE) {
      await Promise.all(left.slice(at, at + AT_ONCE).map((each) => readPiece(cluster, topic, each, options)));
      cut = options.isEnough();
    }
    if (cut) break;
  }
  return {
    partitions: partitions.length,
    held,
    cut: cut && stretches.some(({ from, until }) => until > from),
  };
}

/** The last piece of a stretch, which then ends before it. */
async function readPiece(
  cluster: Cluster,
  topic: string,
  stretch: Stretch,
  options: NewestOptions,
): Promise<void> {
  const { partition, from, until } = stretch;
  const begin = until - PIECE > from ? until - PIECE : from;
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  if (nodeId === undefined) throw new Error(`partition ${partition} of ${topic} has no leader`);
  const broker = await cluster.findBroker({ nodeId });
  for (let offset = begin; offset < until && !options.isEnough();) {
    const answer = await broker.fetch({
      replicaId: -1,
      isolationLevel: READ_COMMITTED,
      maxWaitTime: FETCH_WAIT_MS,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes: FETCH_BYTES }] }],
    });
    const fetched = answer.responses[0]?.partitions[0];
    // Nothing although there was something: retention has taken it meanwhile.
    if (fetched === undefined || fetched.messages.length === 0) break;
    let next = offset;
    for await (const { records, nextOffset } of recordChunks(
      fetched.messages as never,
      offset,
      CHUNK_LIMITS,
    )) {
      const wanted = [...records].filter((record) => record.offset < until);
      if (wanted.length > 0) await options.take(partition, wanted);
      next = nextOffset;
      if (next >= until) break;
    }
    if (next <= offset) break;
    offset = next;
  }
  stretch.until = begin;
}
