import { expect, it } from 'vitest';
import type {
  AssignedPartition,
  PartitionHandler,
  StoredPosition,
} from '../../../src/core/events/log-source.ts';
import { createAssignment } from '../../../src/ingest/kafka/assignment.ts';
import { createHandover } from '../../../src/ingest/kafka/handover.ts';
import { resolveKafkaOptions } from '../../../src/ingest/kafka/kafka-options.ts';

const P0 = { topic: 'a', partition: 0 };
const P1 = { topic: 'a', partition: 1 };

function setUp(given: Partial<PartitionHandler> = {}) {
  const calls: string[] = [];
  const assignment = createAssignment();
  const stop = new AbortController();
  const handler: PartitionHandler = {
    onAssigned(partitions: readonly AssignedPartition[]) {
      calls.push(`assigned ${partitions.map(({ partition }) => partition).join(',')}`);
      return Promise.resolve();
    },
    onRevoked() {
      calls.push('revoked');
      return Promise.resolve();
    },
    onRecords: () => Promise.reject(new Error('not used here')),
    ...given,
  };
  const handover = createHandover({
    options: resolveKafkaOptions({
      brokers: [],
      groupId: 'g',
      start: 'earliest',
      topics: [],
      retryAfterMs: 1,
      heartbeatEveryMs: 1,
    }),
    handler,
    assignment,
    stopping: stop.signal,
    observeEnds: () => {
      calls.push('observed');
      return Promise.resolve();
    },
    seek: (topic, partition, offset) => calls.push(`seek ${topic}/${partition} ${offset}`),
  });
  const settled = () => handover.settled(() => Promise.resolve());
  return { calls, assignment, stop, handover, settled };
}

it('observes ends before it tells, and revokes before it tells again', async () => {
  const { calls, handover, settled } = setUp();
  handover.begin([P0, P1]);
  expect(handover.isSettled()).toBe(false);
  await settled();
  expect(handover.isSettled()).toBe(true);
  handover.begin([P1]);
  await settled();
  expect(calls).toEqual(['observed', 'assigned 0,1', 'revoked', 'observed', 'assigned 1']);
});

it('waits for running calls before anything is revoked', async () => {
  const { calls, handover, settled } = setUp();
  handover.begin([P0]);
  await settled();
  const finish = Promise.withResolvers<void>();
  const running = handover.whileRunning(async () => {
    await finish.promise;
    calls.push('call ended');
  });
  handover.begin([P1]);
  finish.resolve();
  await Promise.all([running, settled()]);
  expect(calls).toEqual(['observed', 'assigned 0', 'call ended', 'revoked', 'observed', 'assigned 1']);
});

it('insists when the handler fails, and stops insisting when a newer assignment exists', async () => {
  let failures = 3;
  const { calls, handover, settled } = setUp({
    onAssigned(partitions) {
      calls.push(`try ${partitions[0]?.partition}`);
      failures -= 1;
      if (failures === 1) handover.begin([P1]);
      return failures > 0 ? Promise.reject(new Error('away')) : Promise.resolve();
    },
  });
  handover.begin([P0]);
  await settled();
  expect(calls.filter((call) => call !== 'observed')).toEqual(['try 0', 'try 0', 'revoked', 'try 1']);
});

it('seeks to the positions the handler has stored', async () => {
  const stored: StoredPosition[] = [{ ...P0, nextOffset: 42n }];
  const { calls, assignment, handover, settled } = setUp({ onAssigned: () => Promise.resolve(stored) });
  handover.begin([P0, P1]);
  await settled();
  expect(calls).toEqual(['observed', 'seek a/0 42']);
  expect(assignment.lag()).toMatchObject([{ position: 42n }, { position: null }]);
});

it('keeps the membership alive while the handler takes its time', async () => {
  const finish = Promise.withResolvers<void>();
  const { handover } = setUp({ onAssigned: () => finish.promise });
  handover.begin([P0]);
  let heartbeats = 0;
  await handover.settled(() => {
    heartbeats += 1;
    if (heartbeats === 3) finish.resolve();
    return Promise.resolve();
  });
  expect(heartbeats).toBeGreaterThanOrEqual(3);
});

it('lets nobody wait when the source stops', async () => {
  const { handover, stop, settled } = setUp({ onAssigned: () => new Promise(() => {}) });
  handover.begin([P0]);
  stop.abort();
  await settled();
  expect(handover.isSettled()).toBe(false);
});
