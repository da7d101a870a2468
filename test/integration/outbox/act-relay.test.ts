import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { createRelay } from '../../../src/act/relay.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { finishOutbox, relayOutbox } from '../../../src/store/outbox/outbox.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { until } from '../../harness/wait.ts';
import { startActLine } from '../act-line.ts';
import type { ActLine } from '../act-line.ts';

describeWith(['postgres'], 'the relay from outbox to queue', () => {
  let line: ActLine;
  const seen: string[] = [];
  /** Jobs that are taken and never marked as done. */
  const leftUndone = new Set<string>();
  beforeAll(async () => {
    line = await startActLine('act_relay', 500);
    line.queue.work(
      'evaluate',
      async ({ outboxId }) => {
        seen.push(outboxId);
        if (!leftUndone.delete(outboxId)) await finishOutbox(line.pool, outboxId, 'evaluated', Date.now());
        return { kind: 'done' };
      },
      2,
    );
  });
  const put = (): Promise<string> =>
    line.put({ kind: 'evaluate', windowId: '1', series: 'closed' }, randomUUID());

  it('is woken by the commit, without a poll', async () => {
    const id = await put();
    // Polled once an hour: only a wake can be the cause.
    await line.outcome(id);
    expect(seen).toContain(id);
  });

  it('hears again after its connection was cut', async () => {
    const cut = await line.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and query ilike 'listen shiftwatch_outbox%'`,
    );
    expect(cut.rowCount).toBe(1);
    const id = await put();
    expect(await line.outcome(id)).toBe('evaluated');
  });

  it('enqueues again what the queue has lost, and only that', async () => {
    const lost = await put();
    await line.outcome(lost);
    // What says that it is done says so while its job still runs.
    await until(async () => !(await line.queue.holds('evaluate', lost, 0)));
    // As after a flush: given to the queue, not done, and unknown there.
    await line.pool.query(
      `update outbox set done_at = null, outcome = null, enqueued_at = now() - interval '1 minute' where id = $1`,
      [lost],
    );
    const before = seen.filter((id) => id === lost).length;
    await line.relay.pass();
    await line.outcome(lost);
    expect(seen.filter((id) => id === lost)).toHaveLength(before + 1);
  });

  it('asks at its start for all that was handed over before, as after a restore', async () => {
    const ids = [await put(), await put(), await put()];
    for (const id of ids) await line.outcome(id);
    await until(
      async () => !(await Promise.all(ids.map((id) => line.queue.holds('evaluate', id, 0)))).includes(true),
    );
    await line.pool.query('update outbox set done_at = null, outcome = null where id = any($1)', [ids]);
    const relay = createRelay({
      outbox: relayOutbox(line.pool),
      queue: line.queue,
      clock: systemClock,
      log: silentLog,
      overdueMs: 3_600_000,
      batch: 2,
    });
    await relay.pass();
    expect(seen.filter((id) => ids.includes(id))).toHaveLength(ids.length);
    relay.start();
    for (const id of ids) expect(await line.outcome(id)).toBe('evaluated');
    await relay.close();
    expect(seen.filter((id) => ids.includes(id))).toHaveLength(2 * ids.length);
  });

  it('survives a queue whose jobs were all deleted', async () => {
    const ids = [await put(), await put()];
    for (const id of ids) leftUndone.add(id);
    await until(() => ids.every((id) => seen.includes(id)));
    await line.pool.query('delete from bullmq.job');
    await sleep(600);
    await line.relay.pass();
    for (const id of ids) expect(await line.outcome(id)).toBe('evaluated');
  });

  it('does not repeat a job that the queue still holds', async () => {
    const id = await line.put(
      { kind: 'retrain', webhook: 'w', request: { runId: 'r' } as never },
      randomUUID(),
    );
    await until(async () => await line.queue.holds('retrain', id, 0));
    await line.pool.query(`update outbox set enqueued_at = now() - interval '1 day' where id = $1`, [id]);
    expect(await line.relay.pass()).toBe(0);
    const row = await line.pool.query<{ enqueues: number; fresh: boolean }>(
      `select enqueues, enqueued_at > now() - interval '1 hour' as fresh from outbox where id = $1`,
      [id],
    );
    expect(row.rows[0]).toEqual({ enqueues: 1, fresh: true });
    await finishOutbox(line.pool, id, 'test', Date.now());
  });

  it('keeps a message in the outbox while the queue refuses it', async () => {
    const id = await line.put({ kind: 'evaluate', windowId: '1', series: 'closed' }, randomUUID());
    await line.outcome(id);
    await line.pool.query(
      `update outbox set done_at = null, outcome = null, enqueued_at = null where id = $1`,
      [id],
    );
    const broken = createRelay({
      outbox: relayOutbox(line.pool),
      queue: {
        add: () => Promise.reject(new Error('queue away')),
        holds: () => Promise.resolve(false),
      },
      clock: systemClock,
      log: silentLog,
    });
    await expect(broken.pass()).rejects.toThrow('queue away');
    const row = await line.pool.query<{ waiting: boolean }>(
      'select enqueued_at is null as waiting from outbox where id = $1',
      [id],
    );
    expect(row.rows[0]?.waiting).toBe(true);
    await line.relay.pass();
    expect(await line.outcome(id)).toBe('evaluated');
  });
});
