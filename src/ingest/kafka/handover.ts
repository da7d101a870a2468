import type { AssignedPartition, PartitionHandler, StoredPosition } from '../../core/events/log-source.ts';
import type { Assignment } from './assignment.ts';
import type { ResolvedKafkaOptions } from './kafka-options.ts';
import { pauseMs, paused } from './pauses.ts';

/**
 * Tells the handler about rebalances. kafkajs announces a new assignment without waiting for anybody, so the
 * order is made here: running calls end, the handler forgets, ends are observed, the handler is told, and only
 * then are records delivered.
 */
export interface Handover {
  /** To be called in the very tick of the group's join: whatever is delivered after it belongs to the new epoch. */
  begin(partitions: readonly { topic: string; partition: number }[]): void;
  isSettled(): boolean;
  /** Resolves when the current assignment has been handed over; keeps the membership alive meanwhile. */
  settled(heartbeat: () => Promise<void>): Promise<void>;
  whileRunning<T>(call: () => Promise<T>): Promise<T>;
  /** Resolves when no call of the handler is running. */
  quiet(): Promise<void>;
}

export interface HandoverContext {
  readonly options: ResolvedKafkaOptions;
  readonly handler: PartitionHandler;
  readonly assignment: Assignment;
  readonly stopping: AbortSignal;
  /** Updates the assignment with both ends of every owned partition. */
  readonly observeEnds: () => Promise<void>;
  readonly seek: (topic: string, partition: number, offset: bigint) => void;
}

export function createHandover(context: HandoverContext): Handover {
  const { options, handler, assignment, stopping, observeEnds, seek } = context;
  const running = new Set<Promise<unknown>>();
  let told = false;
  let last: Promise<void> = Promise.resolve();
  let settledEpoch = assignment.epoch();
  const isSettled = (): boolean => settledEpoch === assignment.epoch();

  async function handOver(epoch: number): Promise<void> {
    await Promise.allSettled(running);
    const isCurrent = (): boolean => assignment.epoch() === epoch && !stopping.aborted;
    if (told) {
      await insist(
        () => handler.onRevoked(),
        () => !stopping.aborted,
        'revoking partitions',
      );
      told = false;
    }
    await insist(
      async () => {
        await observeEnds();
        if (!isCurrent()) return;
        told = true;
        const partitions = assignment.assigned();
        const stored = (await handler.onAssigned(partitions, assignment.ofTopics())) ?? [];
        if (!isCurrent()) return;
        for (const { topic, partition, nextOffset } of [...begins(partitions, stored), ...stored]) {
          seek(topic, partition, nextOffset);
          assignment.moveTo(topic, partition, nextOffset);
        }
      },
      isCurrent,
      'assigning partitions',
    );
    settledEpoch = epoch;
  }

  /** With `start: latest`, partitions whose position the handler does not know begin at their end. */
  function begins(
    partitions: readonly AssignedPartition[],
    stored: readonly StoredPosition[],
  ): StoredPosition[] {
    if (options.start === 'earliest') return [];
    return partitions
      .filter(
        (one) => !stored.some(({ topic, partition }) => topic === one.topic && partition === one.partition),
      )
      .map(({ topic, partition, highOffset }) => ({ topic, partition, nextOffset: highOffset }));
  }

  /** Again and again with pauses, until it works or has become pointless. */
  async function insist(action: () => Promise<void>, isWanted: () => boolean, what: string): Promise<void> {
    for (let failures = 1; isWanted(); failures += 1) {
      try {
        await action();
        return;
      } catch (error) {
        options.log.error({ err: error, attempt: failures }, `kafka: ${what} failed; retrying`);
        await paused(pauseMs(failures, options.retryAfterMs), stopping);
      }
    }
  }

  return {
    begin(partitions) {
      const epoch = assignment.replace(partitions);
      last = last.then(() => handOver(epoch));
    },
    isSettled,
    async settled(heartbeat) {
      while (!isSettled() && !stopping.aborted) {
        await Promise.race([last, paused(options.heartbeatEveryMs, stopping)]);
        await heartbeat();
      }
    },
    async quiet() {
      await Promise.allSettled(running);
    },
    async whileRunning(call) {
      const promise = call();
      running.add(promise);
      try {
        return await promise;
      } finally {
        running.delete(promise);
      }
    },
  };
}
