import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { type BullmqBackend, createBullmqQueue } from '../../src/act/queue/bullmq-queue.ts';
import { JOB_KINDS } from '../../src/act/queue/job-queue.ts';
import { type Log, silentLog } from '../../src/core/log.ts';

/** What BullMQ's classes are to the queue when their connections break: they tell of it, each for itself. */
class Part extends EventEmitter {
  add = () => Promise.resolve();
  getJob = () => Promise.resolve(undefined);
  pause = () => Promise.resolve();
  close = () => Promise.resolve();
}

it('an outage that every queue and worker tells of many times is two lines, one for each thing that was said', async () => {
  const parts: Part[] = [];
  const made = (): Part => {
    const part = new Part();
    parts.push(part);
    return part;
  };
  const backend: BullmqBackend = {
    name: 'postgres',
    createQueue: made,
    createWorker: made,
    disconnect: () => Promise.resolve(),
  };
  const said: [string, object][] = [];
  const log: Log = { ...silentLog, warn: (fields, message) => said.push([message, fields]) };
  const queue = createBullmqQueue(backend, { postpone: () => Promise.resolve() }, log);
  for (const kind of JOB_KINDS) queue.work(kind, () => Promise.resolve({ kind: 'done' }), 1);
  expect(parts).toHaveLength(2 * JOB_KINDS.length);
  for (let times = 0; times < 15; times += 1) {
    for (const part of parts) part.emit('error', new Error('Connection terminated unexpectedly'));
    for (const part of parts) part.emit('error', new Error('connect ECONNREFUSED 127.0.0.1:5432'));
  }
  expect(said).toEqual([
    ['job queue trouble', { error: 'Connection terminated unexpectedly' }],
    ['job queue trouble', { error: 'connect ECONNREFUSED 127.0.0.1:5432' }],
  ]);
  await queue.close(10);
});
