import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { AlertState } from '../../../src/core/alerts/alert.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import type { AttemptRecord, Delivery, EvaluateMessage, RetrainRequest } from '../../../src/core/jobs.ts';
import { silentLog } from '../../../src/core/log.ts';
import { seriesStateAfter, stepAlert } from '../../../src/decide/step-alert.ts';
import { stepIncident } from '../../../src/decide/step-incident.ts';
import type { RetrainStatus } from '../../../src/core/retrain/retrain.ts';
import {
  advanceAlertCursor,
  appendAlertEvent,
  lockAlertSeries,
  lockDueReminders,
  openAlert,
  saveIncident,
} from '../../../src/store/alerts/alerts.ts';
import type { AlertKey } from '../../../src/store/alerts/alerts.ts';
import { leaseDelivery, openDelivery, recordAttempt } from '../../../src/store/outbox/deliveries.ts';
import {
  appendOutbox,
  claimOutbox,
  claimOverdueOutbox,
  finishOutbox,
  loadOutbox,
  markEnqueued,
} from '../../../src/store/outbox/outbox.ts';
import { createPool, inTransaction } from '../../../src/store/connection/pool.ts';
import type { Pool } from '../../../src/store/connection/pool.ts';
import {
  closeUndelivered,
  createRetrainRun,
  loadRetrainRun,
  markRetrainSent,
  openRetrainRun,
  recordRetrainStatus,
} from '../../../src/store/retrain/runs.ts';
import { loadRetrainHistory } from '../../../src/store/retrain/history.ts';
import { honourRetrainSchedule, lockRetrainSchedule } from '../../../src/store/retrain/schedules.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { addVersion, addWindow } from '../act-rows.ts';

const NOW = Date.UTC(2026, 2, 1);
const LATER = Date.UTC(2999, 0, 1);

describeWith(['postgres'], 'the tables of decisions and actions', () => {
  let pool: Pool;
  let versionId: number;
  beforeAll(async () => {
    const { url } = await createDatabase('act_store');
    pool = createPool({
      connectionString: url,
      max: 20,
      applicationName: 'act store test',
      log: silentLog,
    });
    atEnd(() => pool.end());
  });
  beforeEach(async () => {
    versionId = await addVersion(pool);
  });

  function alertKey(rest: Partial<AlertKey> = {}): AlertKey {
    return {
      modelVersionId: versionId,
      sizeMs: HOUR_MS,
      segment: '',
      series: 'closed',
      cause: 'shift',
      ...rest,
    };
  }

  it('keeps an alert through its life and hands it back as it was', async () => {
    const key = alertKey();
    const windows = await Promise.all([0, 1, 2].map((n) => addWindow(pool, versionId, NOW + n * HOUR_MS)));
    let alert: AlertState | null = null;
    let id: string | null = null;
    for (const [index, windowId] of windows.entries()) {
      await inTransaction(pool, async (tx) => {
        const series = await lockAlertSeries(tx, key);
        const stored = series.incidents.get('shift') ?? null;
        expect(stored?.id ?? null).toBe(id);
        expect(series.decidedUntilMs).toBe(index === 0 ? null : NOW + index * HOUR_MS);
        if (alert !== null) expect(stored?.alert).toEqual({ ...alert, ...key, id, mergedInto: null });
        const step = stepIncident(
          stored,
          key.series,
          {
            id: windowId,
            startMs: NOW + index * HOUR_MS,
            cause: 'shift',
            counts: index === 2 ? 'clean' : 'shifted',
            subjects: index === 2 ? [] : ['age', 'income'],
            verdict: index === 2 ? 'none' : 'concept_drift',
            types: index === 2 ? [] : ['concept_drift'],
          },
          { forWindows: 1, remindEveryMs: HOUR_MS },
          NOW + index * HOUR_MS,
        );
        if (step.next === null || step.incident === null) throw new Error('there should be an alert');
        if (stored === null) id = await openAlert(tx, key, step.next);
        else await saveIncident(tx, stored.id, step.incident, key.series);
        alert = step.next;
        await appendAlertEvent(tx, id!, { atMs: NOW, ...step.event, windowId });
        const standing = { state: seriesStateAfter(step), reason: step.event.reason, windowId };
        await advanceAlertCursor(tx, key, NOW + (index + 1) * HOUR_MS, standing);
      });
    }
    await inTransaction(pool, async (tx) => expect((await lockAlertSeries(tx, key)).incidents.size).toBe(0));
    const standing = await pool.query(
      'select state, reason, window_id::text from alert_cursor where model_version_id = $1',
      [versionId],
    );
    expect(standing.rows).toEqual([{ state: 'ok', reason: 'enough_clean_windows', window_id: windows[2] }]);
    const ofAlert = 'select kind from alert_event where alert_id = $1 order by id';
    const events = await pool.query<{ kind: string }>(ofAlert, [id]);
    expect(events.rows.map((row) => row.kind)).toEqual(['firing', 'still_firing', 'resolved']);
  });

  it('lets the deciders of one series take turns, and those of another one pass', async () => {
    const order: string[] = [];
    const first = inTransaction(pool, async (tx) => {
      await lockAlertSeries(tx, alertKey());
      const second = inTransaction(pool, async (other) => {
        await lockAlertSeries(other, alertKey());
        order.push('second');
      });
      await inTransaction(pool, (other) => lockAlertSeries(other, alertKey({ segment: 'country=DE' })));
      order.push('other', 'first');
      return { second };
    });
    await (
      await first
    ).second;
    expect(order).toEqual(['other', 'first', 'second']);
  });

  it('finds due reminders, and each for one process only', async () => {
    const dueMs = NOW + HOUR_MS + 5 * MINUTE_MS;
    const windowId = await addWindow(pool, versionId, NOW);
    const mixed = { verdict: 'mixed', types: ['data_fault'], subjects: [] } as const;
    const fired = stepAlert(
      null,
      { id: windowId, startMs: NOW, cause: 'shift', counts: 'shifted', ...mixed },
      { forWindows: 1, remindEveryMs: HOUR_MS },
      NOW,
    ).next;
    if (fired === null) throw new Error('the alert should fire');
    const id = await inTransaction(pool, (tx) => openAlert(tx, alertKey(), fired));
    await inTransaction(pool, async (tx) => {
      expect((await lockDueReminders(tx, dueMs - 1, 10)).map((alert) => alert.id)).not.toContain(id);
      expect((await lockDueReminders(tx, dueMs, 10)).map((alert) => alert.id)).toContain(id);
      const elsewhere = await inTransaction(pool, (other) => lockDueReminders(other, dueMs, 10));
      expect(elsewhere.map((alert) => alert.id)).not.toContain(id);
    });
    await pool.query('update alert set next_reminder_at = null where id = $1', [id]);
  });

  const evaluate: EvaluateMessage = { kind: 'evaluate', windowId: '7', series: 'closed' };

  it('takes a message once, however often it is decided', async () => {
    const key = `evaluate:${randomUUID()}`;
    const added = await Promise.all(
      Array.from({ length: 10 }, () => inTransaction(pool, (tx) => appendOutbox(tx, evaluate, key))),
    );
    expect(new Set(added.map(({ id }) => id)).size).toBe(1);
    expect(added.filter(({ created }) => created)).toHaveLength(1);
    expect(await loadOutbox(pool, added[0]?.id ?? '')).toMatchObject({ message: evaluate, done: false });
  });

  it('forgets a message with the transaction that decided it', async () => {
    const key = `evaluate:${randomUUID()}`;
    const failing = inTransaction(pool, async (tx) => {
      await appendOutbox(tx, evaluate, key);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const found = await pool.query('select 1 from outbox where key = $1', [key]);
    expect(found.rowCount).toBe(0);
  });

  it('stores text that Postgres would refuse', async () => {
    const message = { ...evaluate, windowId: 'null \0 and half \uD83D' };
    const { id } = await inTransaction(pool, (tx) => appendOutbox(tx, message, randomUUID()));
    expect((await loadOutbox(pool, id))?.message).toEqual({
      ...evaluate,
      windowId: 'null \uFFFD and half \uFFFD',
    });
  });

  it('shares waiting messages among relays, and finds those that were never done', async () => {
    await pool.query('update outbox set done_at = now() where done_at is null');
    const ids: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      const added = await inTransaction(pool, (tx) => appendOutbox(tx, evaluate, randomUUID(), NOW));
      ids.push(added.id);
    }
    // Due by the relay's clock or by the database's, whichever is ahead.
    const late = await inTransaction(pool, (tx) => appendOutbox(tx, evaluate, randomUUID(), LATER));
    await inTransaction(pool, async (tx) => {
      const mine = await claimOutbox(tx, NOW, 2);
      const theirs = await inTransaction(pool, (other) => claimOutbox(other, NOW, 10));
      expect([...mine, ...theirs].map(({ id }) => id)).toEqual(ids);
      expect(mine[0]).toEqual({ id: ids[0], kind: 'evaluate', enqueues: 0 });
      await markEnqueued(
        tx,
        mine.map(({ id }) => id),
        NOW,
      );
    });
    await finishOutbox(pool, ids[0] ?? '', 'evaluated', NOW);
    expect(await finishOutbox(pool, ids[0] ?? '', 'again', NOW)).toBe(false);
    const overdue = await inTransaction(pool, (tx) => claimOverdueOutbox(tx, NOW + 1, 10));
    expect(overdue).toEqual([{ id: ids[1], kind: 'evaluate', enqueues: 1 }]);
    const waiting = await inTransaction(pool, (tx) => claimOutbox(tx, LATER, 10));
    expect(waiting.map(({ id }) => id)).toEqual([ids[2], ids[3], late.id]);
  });

  async function delivery(): Promise<Delivery> {
    const outbox = await inTransaction(pool, (tx) => appendOutbox(tx, evaluate, randomUUID()));
    const id = randomUUID();
    return await openDelivery(pool, {
      id,
      outboxId: outbox.id,
      kind: 'email',
      target: 'a@example.org',
      messageId: `<${id}@test>`,
    });
  }

  function attempt(of: Delivery, rest: Partial<AttemptRecord>): AttemptRecord {
    return {
      deliveryId: of.id,
      attempt: 1,
      atMs: NOW,
      durationMs: 12,
      outcome: 'deferred',
      status: 451,
      detail: 'later',
      state: 'failed',
      ...rest,
    };
  }

  async function stateOf({ id }: Delivery): Promise<string | undefined> {
    const found = await pool.query<{ state: string }>('select state from delivery where id = $1', [id]);
    return found.rows[0]?.state;
  }

  it('has one delivery for a message and target, with one message id', async () => {
    const first = await delivery();
    const again = await openDelivery(pool, { ...first, id: randomUUID(), messageId: '<other@test>' });
    expect(again).toEqual(first);
  });

  it('leases a delivery to one attempt at a time, and again when the lease is over', async () => {
    const one = await delivery();
    const leases = await Promise.all(
      Array.from({ length: 8 }, () => leaseDelivery(pool, one.id, 1_000, NOW)),
    );
    expect(leases.filter((lease) => lease.ok)).toHaveLength(1);
    expect(leases.filter((lease) => !lease.ok && lease.error === 'in_flight')).toHaveLength(7);
    expect(await leaseDelivery(pool, one.id, 1_000, NOW + 999)).toEqual({ ok: false, error: 'in_flight' });
    const second = await leaseDelivery(pool, one.id, 1_000, NOW + 1_000);
    expect(second).toMatchObject({ ok: true, value: { attempts: 2, messageId: one.messageId } });
  });

  it('lets no attempt whose lease ran out overrule its successor, unless it did send', async () => {
    const one = await delivery();
    await leaseDelivery(pool, one.id, 1_000, NOW);
    await leaseDelivery(pool, one.id, 1_000, NOW + 1_000);
    await recordAttempt(pool, attempt(one, { attempt: 1, state: 'dead' }));
    expect(await stateOf(one)).toBe('sending');
    await recordAttempt(pool, attempt(one, { attempt: 1, state: 'sent', outcome: 'sent' }));
    expect(await stateOf(one)).toBe('sent');
    await recordAttempt(pool, attempt(one, { attempt: 2, state: 'failed' }));
    expect(await stateOf(one)).toBe('sent');
    expect(await leaseDelivery(pool, one.id, 0, NOW + HOUR_MS)).toEqual({ ok: false, error: 'sent' });
  });

  it('does not lease a dead delivery, and says why it died', async () => {
    const one = await delivery();
    await leaseDelivery(pool, one.id, 1_000, NOW);
    await recordAttempt(
      pool,
      attempt(one, { state: 'dead', outcome: 'rejected', detail: '550 no such user' }),
    );
    expect(await leaseDelivery(pool, one.id, 0, NOW + HOUR_MS)).toEqual({ ok: false, error: 'dead' });
    expect((await openDelivery(pool, one)).lastError).toBe('rejected: 550 no such user');
  });

  function request(): RetrainRequest {
    return {
      runId: randomUUID(),
      model: 'm',
      modelVersion: '1',
      trigger: 'drift',
      reason: 'drift_firing',
      requestedAtMs: NOW,
      window: null,
      verdict: 'concept_drift',
      advice: 'retrain',
      summary: 'the concept has drifted',
      evidence: [],
      performance: null,
    };
  }

  function status(word: RetrainStatus['status'], rest: Partial<RetrainStatus> = {}): RetrainStatus {
    return {
      status: word,
      externalId: null,
      newVersion: null,
      detail: null,
      metrics: null,
      progress: [],
      ...rest,
    };
  }

  it('opens one run when fifty ask at once', async () => {
    const asked = await Promise.all(
      Array.from({ length: 50 }, () => createRetrainRun(pool, versionId, 'hook', request())),
    );
    const opened = asked.flatMap((answer) => (answer.ok ? [answer.value.id] : []));
    expect(opened).toHaveLength(1);
    for (const answer of asked) {
      if (!answer.ok) expect(answer.error).toEqual({ reason: 'open_run', id: opened[0] });
    }
    expect((await openRetrainRun(pool, versionId))?.id).toBe(opened[0]);
    const pace = { nowMs: NOW, countDryRuns: false };
    expect(await loadRetrainHistory(pool, versionId, pace)).toMatchObject({
      lastRunAtMs: NOW,
      runsThisWeek: 1,
    });
  });

  async function run(): Promise<string> {
    const created = await createRetrainRun(pool, versionId, 'hook', request());
    if (!created.ok) throw new Error('a run is open');
    return created.value.id;
  }

  it('follows a run to its end, repeats included, and makes room for the next', async () => {
    const id = await run();
    await markRetrainSent(pool, id, 'dag-1', NOW);
    expect(await recordRetrainStatus(pool, id, status('running'), NOW)).toEqual({
      ok: true,
      value: 'recorded',
    });
    expect(await recordRetrainStatus(pool, id, status('running'), NOW)).toEqual({
      ok: true,
      value: 'repeated',
    });
    const done = status('succeeded', { newVersion: '2', metrics: { accuracy: 0.9 } });
    expect(await recordRetrainStatus(pool, id, done, NOW)).toEqual({ ok: true, value: 'recorded' });
    expect(await recordRetrainStatus(pool, id, done, NOW)).toEqual({ ok: true, value: 'repeated' });
    expect(await recordRetrainStatus(pool, id, status('failed'), NOW)).toEqual({
      ok: false,
      error: 'already_closed',
    });
    expect(await loadRetrainRun(pool, id)).toMatchObject({ state: 'succeeded', closedAtMs: NOW });
    await run();
  });

  it('is not thrown back by a callback that overtook the request', async () => {
    const id = await run();
    await recordRetrainStatus(pool, id, status('running'), NOW);
    await markRetrainSent(pool, id, null, NOW);
    expect((await loadRetrainRun(pool, id))?.state).toBe('running');
    expect(await closeUndelivered(pool, id, 'failed', 'timeout', NOW)).toBe(false);
  });

  it('believes a success that comes after the run was given up', async () => {
    const id = await run();
    expect(await closeUndelivered(pool, id, 'failed', 'timeout', NOW)).toBe(true);
    expect(await recordRetrainStatus(pool, id, status('running'), NOW)).toMatchObject({ ok: false });
    expect(await recordRetrainStatus(pool, id, status('succeeded'), NOW)).toMatchObject({ ok: true });
  });

  it('knows runs that do not exist', async () => {
    expect(await recordRetrainStatus(pool, randomUUID(), status('running'), NOW)).toEqual({
      ok: false,
      error: 'unknown_run',
    });
  });

  it('begins a schedule when it first sees it, keeps its place, and begins anew when it changes', async () => {
    const lock = (cron: string, nowMs: number) =>
      inTransaction(pool, (tx) => lockRetrainSchedule(tx, versionId, cron, nowMs));
    expect(await lock('0 3 * * *', NOW)).toEqual({ lastDueMs: NOW });
    expect(await lock('0 3 * * *', NOW + HOUR_MS)).toEqual({ lastDueMs: NOW });
    await inTransaction(pool, (tx) => honourRetrainSchedule(tx, versionId, NOW + 3 * HOUR_MS));
    expect(await lock('0 3 * * *', NOW + 4 * HOUR_MS)).toEqual({ lastDueMs: NOW + 3 * HOUR_MS });
    expect(await lock('0 4 * * *', NOW + 5 * HOUR_MS)).toEqual({ lastDueMs: NOW + 5 * HOUR_MS });
  });
});
