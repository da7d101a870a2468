import type { AssignedPartition, DurablePosition, PartitionLag } from '../../core/events/log-source.ts';
import { sourceName } from './kafka-options.ts';

interface Owned {
  readonly topic: string;
  readonly partition: number;
  position: bigint | null;
  lowOffset: bigint;
  highOffset: bigint;
  observedAtMs: number;
  /** What the handler said, and how much of it Kafka has been told. */
  durable: bigint | null;
  committed: bigint | null;
}

export interface TopicEnds {
  readonly partition: number;
  readonly low: string;
  readonly high: string;
}

/** The partitions this process owns since the last rebalance, and what is known of each. */
export interface Assignment {
  /** Counts rebalances: whatever began under another epoch must not touch positions any more. */
  epoch(): number;
  /** Forgets everything, and returns the new epoch. */
  replace(partitions: readonly { topic: string; partition: number }[]): number;
  topics(): readonly string[];
  observe(topic: string, ends: readonly TopicEnds[], nowMs: number): void;
  moveTo(topic: string, partition: number, position: bigint): void;
  durable(position: DurablePosition): void;
  /** Positions to report to Kafka, until they are said to have been. */
  uncommitted(): readonly DurablePosition[];
  committed(positions: readonly DurablePosition[]): void;
  assigned(): AssignedPartition[];
  /** All partitions of the topics that some are owned of, as they were observed. */
  ofTopics(): AssignedPartition[];
  lag(): PartitionLag[];
}

export function createAssignment(): Assignment {
  let epoch = 0;
  let owned = new Map<string, Owned>();
  const ends = new Map<string, readonly TopicEnds[]>();
  const keyOf = (topic: string, partition: number): string => `${partition}@${topic}`;
  const find = (topic: string, partition: number): Owned | undefined => owned.get(keyOf(topic, partition));

  return {
    epoch: () => epoch,
    replace(partitions) {
      epoch += 1;
      owned = new Map(
        partitions.map(({ topic, partition }) => [
          keyOf(topic, partition),
          unknownPartition(topic, partition),
        ]),
      );
      return epoch;
    },
    topics: () => [...new Set([...owned.values()].map(({ topic }) => topic))],
    observe(topic, observed, nowMs) {
      ends.set(topic, observed);
      for (const { partition, low, high } of observed) {
        const one = find(topic, partition);
        if (one === undefined) continue;
        one.lowOffset = BigInt(low);
        one.highOffset = BigInt(high);
        one.observedAtMs = nowMs;
      }
    },
    moveTo(topic, partition, position) {
      const one = find(topic, partition);
      if (one !== undefined) one.position = position;
    },
    durable({ topic, partition, committedOffset }) {
      const one = find(topic, partition);
      if (one !== undefined) one.durable = committedOffset;
    },
    uncommitted: () =>
      [...owned.values()].flatMap(({ topic, partition, durable, committed }) =>
        durable === null || durable === committed ? [] : [{ topic, partition, committedOffset: durable }],
      ),
    committed(positions) {
      for (const { topic, partition, committedOffset } of positions) {
        const one = find(topic, partition);
        if (one !== undefined) one.committed = committedOffset;
      }
    },
    assigned: () =>
      [...owned.values()].map((one) => ({
        ...idOf(one),
        lowOffset: one.lowOffset,
        highOffset: one.highOffset,
      })),
    ofTopics() {
      return this.topics().flatMap((topic) =>
        (ends.get(topic) ?? []).map(({ partition, low, high }) => ({
          ...idOf({ topic, partition }),
          lowOffset: BigInt(low),
          highOffset: BigInt(high),
        })),
      );
    },
    lag: () =>
      [...owned.values()].map((one) => ({
        ...idOf(one),
        position: one.position,
        lowOffset: one.lowOffset,
        highOffset: one.highOffset,
        lag: one.position === null ? null : atLeastZero(one.highOffset - one.position),
        observedAtMs: one.observedAtMs,
      })),
  };
}

const unknownPartition = (topic: string, partition: number): Owned => ({
  topic,
  partition,
  position: null,
  lowOffset: 0n,
  highOffset: 0n,
  observedAtMs: 0,
  durable: null,
  committed: null,
});

const idOf = ({ topic, partition }: Pick<Owned, 'topic' | 'partition'>) => ({
  source: sourceName(topic),
  topic,
  partition,
});

/** The end was observed a moment before the position moved past it. */
const atLeastZero = (lag: bigint): bigint => (lag < 0n ? 0n : lag);
