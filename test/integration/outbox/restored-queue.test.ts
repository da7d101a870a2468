/** The queue and receivers are newer than a database that was restored: they know of messages that are not there, or are others now. */
import { expect, it } from 'vitest';
import { deliveryId, type NamedMessage } from '../../../src/act/delivery-id.ts';
import { createNotifyHandler } from '../../../src/act/notify-handler.ts';
import { createRetrainHandler } from '../../../src/act/retrain-handler.ts';
import type { JobHandler } from '../../../src/act/queue/job-queue.ts';
import { sampleNotification } from '../../act/sample-notification.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { startHttp } from '../../harness/http.ts';
import { until } from '../../harness/wait.ts';
import { startActLine } from '../act-line.ts';

const NOBODYS = '987654321';

describeWith(['postgres'], 'a queue that remembers what the database never knew', () => {
  it('is told that these jobs are done, and nothing is done', async () => {
    const line = await startActLine('restored_queue');
    const http = await startHttp();
    const evaluation = await line.put({ kind: 'evaluate', windowId: '1', series: 'closed' }, 'evaluate:1');
    const thrown: unknown[] = [];
    const watched =
      (handler: JobHandler): JobHandler =>
      async (job) => {
        try {
          return await handler(job);
        } catch (error) {
          thrown.push(error);
          throw error;
        }
      };
    const channels = new Map([['oncall', { type: 'slack', url: http.url, fallback: null }] as const]);
    line.queue.work(
      'notify',
      watched(createNotifyHandler(line.notifyDeps('smtp://127.0.0.1:1', { channels }))),
      2,
    );
    line.queue.work('retrain', watched(createRetrainHandler(line.retrainDeps({ webhooks: new Map() }))), 2);
    const jobs = (['notify', 'retrain'] as const).flatMap((kind) =>
      [NOBODYS, evaluation].map((id) => ({ kind, id })),
    );
    for (const { kind, id } of jobs) await line.queue.add(kind, id, { enqueues: 7 });
    for (const { kind, id } of jobs)
      await until(async () => !(await line.queue.holds(kind, id, 7)) || thrown.length > 0, {
        what: 'the job to end',
      });
    expect(thrown).toEqual([]);
    expect(http.requests).toEqual([]);
    const row = await line.pool.query('select done_at, outcome from outbox where id = $1', [evaluation]);
    expect(row.rows).toEqual([{ done_at: null, outcome: null }]);
  });
});

const told = (changes: Partial<NamedMessage> = {}): NamedMessage => ({
  key: 'notify:12:firing:1-2:closed:oncall',
  installation: '2026-03-01 00:00:00',
  message: { kind: 'notify', channel: 'oncall', notification: sampleNotification() },
  ...changes,
});

it('knows a message by the same name, whenever it is decided', () => {
  expect(deliveryId(told(), 'a')).toBe(deliveryId(told(), 'a'));
  expect(deliveryId(told(), 'a')).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

it('knows another message by another name', () => {
  const since = { ...sampleNotification(), sinceMs: 1 };
  const ids = [
    deliveryId(told(), 'a'),
    deliveryId(told(), 'b'),
    deliveryId(told({ key: 'notify:12:resolved:1-2:closed:oncall' }), 'a'),
    deliveryId(told({ installation: '2026-03-02 00:00:00' }), 'a'),
    // The twelfth incident of a database that was restored, and began another time.
    deliveryId(told({ message: { kind: 'notify', channel: 'oncall', notification: since } }), 'a'),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});
