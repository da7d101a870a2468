import { createRequire } from 'node:module';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { carryRecordBatches } from '../../../src/ingest/kafka/kafkajs/carry-record-batches.ts';
import {
  KNOWN_KAFKAJS,
  kafkajsInternals,
  type RequestQueue,
} from '../../../src/ingest/kafka/kafkajs/internals.ts';
import { mendThrottleTimer } from '../../../src/ingest/kafka/kafkajs/throttle-timer.ts';
import { carriedBy } from '../../../src/ingest/kafka/records/carried-batches.ts';
import { BrokerLog, fetchAnswer } from './broker-log.ts';

const require = createRequire(import.meta.url);

describe('the insides of kafkajs', () => {
  it('are those of the pinned version', () => {
    const { dependencies } = require('../../../package.json') as { dependencies: Record<string, string> };
    expect(dependencies['kafkajs']).toBe(KNOWN_KAFKAJS);
    expect(() => kafkajsInternals()).not.toThrow();
  });

  const instead = (path: string, other: unknown) => (asked: string) =>
    asked === path ? other : require(asked);

  it.each([
    [
      'another version',
      'kafkajs/package.json',
      { version: '2.3.0' },
      /kafkajs 2\.3\.0 is installed, but only 2\.2\.4/,
    ],
    [
      'requests that are looked up elsewhere',
      'kafkajs/src/protocol/requests',
      {},
      /looks its requests up elsewhere/,
    ],
    ['requests of another shape', 'kafkajs/src/protocol/requests', { requests: { Fetch: {} } }, /elsewhere/],
    ['another queue', 'kafkajs/src/network/requestQueue', () => 0, /queues its requests elsewhere/],
    ['nothing', 'kafkajs/src/network/requestQueue', undefined, /is not what it was/],
  ])('are refused with what to do about it: %s', (_, path, other, message) => {
    const attempt = (): unknown => kafkajsInternals(instead(path, other));
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(message);
  });

  it('are refused where files are missing, as in a bundle', () => {
    const attempt = (): unknown =>
      kafkajsInternals((path) => {
        throw new Error(`Cannot find module '${path}'`);
      });
    expect(attempt).toThrow(/kafkajs\/package\.json cannot be loaded/);
    try {
      attempt();
    } catch (error) {
      expect((error as UserError).fix).toContain(`kafkajs ${KNOWN_KAFKAJS}`);
    }
  });
});

describe('answers to fetches', () => {
  it('are carried unopened in every version, by the very table that kafkajs asks', async () => {
    const { fetch } = kafkajsInternals();
    const table = { ...fetch, versions: fetch.versions };
    carryRecordBatches(table);
    expect(table.versions.map(Number)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
    const log = new BrokerLog();
    log.apply({ kind: 'write', producer: 1, records: 3, isTransactional: true });
    log.close();
    for (const version of table.versions.map(Number)) {
      const { response } = table.protocol({ version })({ topics: [], maxWaitTime: 0 });
      const answer = (await response.decode(
        fetchAnswer(version, 'topic', log.fetch(0n, 10_000, 10n), 4n),
      )) as {
        responses: { topicName: string; partitions: { highWatermark: string; messages: object[] }[] }[];
      };
      expect(answer.responses).toMatchObject([{ topicName: 'topic', partitions: [{ highWatermark: '4' }] }]);
      const messages = answer.responses[0]?.partitions[0]?.messages ?? [];
      expect(messages.map((message) => carriedBy(message).kind)).toEqual(['withheld', 'withheld']);
    }
    expect(() => table.protocol({ version: 3 })).toThrow(/older than Kafka 0\.11/);
  });

  it('that are cut off are an error, never a shorter log', async () => {
    const { fetch } = kafkajsInternals();
    const table = { ...fetch, versions: fetch.versions };
    carryRecordBatches(table);
    const log = new BrokerLog();
    log.apply({ kind: 'write', producer: 'none', records: 3, isTransactional: false });
    const bytes = fetchAnswer(11, 'topic', log.fetch(0n, 10_000, 10n), 3n);
    const { response } = table.protocol({ version: 11 })({ topics: [], maxWaitTime: 0 });
    for (let length = 0; length < bytes.length; length += 1) {
      await expect((async () => await response.decode(bytes.subarray(0, length)))()).rejects.toThrow(
        RangeError,
      );
    }
  });
});

describe('the timer of a queue of requests', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  function queueOf(changes: Partial<RequestQueue>): RequestQueue {
    const queue: RequestQueue = {
      throttledUntil: -1,
      throttleCheckTimeoutId: null,
      pending: [],
      checkPendingRequests: vi.fn(),
      scheduleCheckPendingRequests: () => {},
      ...changes,
    };
    mendThrottleTimer(queue);
    return queue;
  }

  it('is never negative, and nobody else’s warnings are touched', async () => {
    const listeners = process.listeners('warning');
    const set = vi.spyOn(globalThis, 'setTimeout');
    const queues = [{}, { pending: [1] }, { throttledUntil: Date.now() - 1_000 }].map(queueOf);
    for (const queue of queues) queue.scheduleCheckPendingRequests();
    expect(set.mock.calls.map(([, ms]) => ms)).toEqual([1, 10, 1]);
    await vi.waitFor(() => {
      for (const queue of queues) expect(queue.checkPendingRequests).toHaveBeenCalledTimes(1);
    });
    expect(queues.map(({ throttleCheckTimeoutId }) => throttleCheckTimeoutId)).toEqual([null, null, null]);
    expect(process.listeners('warning')).toEqual(listeners);
  });

  it('waits for as long as a broker throttles, once', () => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    const queue = queueOf({ throttledUntil: Date.now() + 60_000 });
    queue.scheduleCheckPendingRequests();
    queue.scheduleCheckPendingRequests();
    const waits = set.mock.calls.map(([, ms]) => Number(ms));
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThan(50_000);
    clearTimeout(queue.throttleCheckTimeoutId ?? undefined);
  });
});
