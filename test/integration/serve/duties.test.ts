/** Duties of a fleet on one database: each goes on for itself, one process leads, and what goes wrong is told. */
import { randomUUID } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import { judgeDuties } from '../../../src/cli/doctor/duty-troubles.ts';
import { METRIC_FAMILIES } from '../../../src/api/metrics/fleet-families.ts';
import { HOUR_MS, systemClock } from '../../../src/core/clock.ts';
import { type Log, silentLog } from '../../../src/core/log.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import type { Duty } from '../../../src/pipeline/serve/duty.ts';
import { evaluate } from '../../../src/pipeline.ts';
import { evaluateWindow } from '../../../src/pipeline/evaluate/evaluate-window.ts';
import { foldCrowdedWindows } from '../../../src/pipeline/windows/fold-windows.ts';
import { IdLedger } from '../../../src/pipeline/intake/id-ledger.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { sendReminders } from '../../../src/pipeline/messages/reminders.ts';
import { startDuties } from '../../../src/pipeline/serve/start-duties.ts';
import { sweepWindows } from '../../../src/pipeline/windows/sweeper.ts';
import { forgetProcess, takeLeases } from '../../../src/store/duties.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { pipelineFacts } from '../../../src/store/read-models/pipeline.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { until } from '../../harness/wait.ts';
import { firingAlert } from '../firing-alert.ts';

const HOUR = Date.UTC(2026, 2, 1, 12);
const QUICK = { leaseMs: 1_500, renewMs: 100, reportMs: 100 };

describeWith(['postgres'], 'duties', () => {
  let pool: Pool;
  let said: [string, object][];
  let log: Log;
  beforeEach(async () => {
    const { url } = await createDatabase('duties');
    const own = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    atEnd(() => own.end());
    pool = own;
    said = [];
    log = { ...silentLog, error: (fields, message) => said.push([message, fields]) };
  });

  const count = async (sql: string, ...values: unknown[]): Promise<number> =>
    Number((await pool.query<{ n: number }>(sql, values)).rows[0]?.n);

  /** As many parts as there are batches of one row. */
  async function parts(catalog: ModelCatalog, startMs: number, batches: number): Promise<void> {
    const accept = createAcceptEvents({
      pool,
      catalog,
      segments: new SegmentRegistry(),
      ledger: new IdLedger(),
      limits: { ...DEFAULT_DECODE_LIMITS, maxFutureMs: 1e12 },
      reevaluateAfterMs: 0,
    });
    for (let n = 0; n < batches; n += 1) {
      const body = JSON.stringify({
        type: 'prediction',
        prediction_id: randomUUID(),
        model: 'credit-risk',
        timestamp: new Date(startMs + n * 1_000).toISOString(),
        features: { age: 30 },
        prediction: 'approve',
      });
      await accept({ body: Buffer.from(body), idempotencyKey: null, receivedAtMs: startMs });
    }
  }
  const windowAt = async (startMs: number): Promise<number> =>
    await count('select id as n from "window" where start_at = $1', new Date(startMs));
  const partsOf = async (windowId: number): Promise<number> =>
    await count(`select count(*) as n from window_part where window_id = $1 and kind = 'input'`, windowId);
  /** Makes parts of a window undecodable; answers their ids. */
  async function spoil(windowId: number, limit: number): Promise<number[]> {
    const spoilt = await pool.query<{ id: number }>(
      `update window_part set delta = '\\xdeadbeef' where id in (
         select id from window_part where window_id = $1 and kind = 'input' order by id limit $2) returning id`,
      [windowId, limit],
    );
    return spoilt.rows.map(({ id }) => id);
  }

  it('a part that does not decode is told of once, and keeps neither its window nor others from being folded', async () => {
    const catalog = await ModelCatalog.open(pool, [modelSpec()]);
    await parts(catalog, HOUR, 135);
    await parts(catalog, HOUR + HOUR_MS, 130);
    const [bad, good] = [await windowAt(HOUR), await windowAt(HOUR + HOUR_MS)];
    const [spoilt] = await spoil(bad, 1);
    expect(await foldCrowdedWindows(pool, catalog, log)).toBe(2);
    expect(await partsOf(good)).toBe(1);
    expect(await partsOf(bad)).toBe(2);
    expect(
      await count(`select sum(rows) as n from window_part where window_id = $1 and kind = 'input'`, bad),
    ).toBe(135);
    expect(said).toEqual([
      [
        'a part of a window does not decode and is left out',
        expect.objectContaining({
          model: 'credit-risk',
          windowId: bad,
          partId: spoilt,
          reason: 'part_unreadable',
        }),
      ],
    ]);
    // One more turn has nothing to say.
    expect(await foldCrowdedWindows(pool, catalog, log)).toBe(0);
    expect(said).toHaveLength(1);
    const facts = await pipelineFacts(pool);
    expect(judgeDuties(facts, HOUR)).toMatchObject([
      {
        level: 'critical',
        subject: 'window part',
        detail: expect.stringContaining(`part ${spoilt} (input)`),
      },
    ]);
    const family = METRIC_FAMILIES.find(({ name }) => name === 'shiftwatch_unreadable_parts');
    expect(family?.samples(facts, HOUR)).toEqual([[['credit-risk'], 1]]);
  });

  it('a window whose parts do not decode is evaluated as such, and the one after it is judged', async () => {
    const catalog = await ModelCatalog.open(pool, [modelSpec({ minRows: 5 })]);
    for (const n of [0, 1, 2, 9]) await parts(catalog, HOUR + n * HOUR_MS, 6);
    const [all, some, none] = await Promise.all([0, 1, 2].map((n) => windowAt(HOUR + n * HOUR_MS)));
    await spoil(all ?? 0, 6);
    await spoil(some ?? 0, 2);
    await sweepWindows({ pool, catalog, logSources: [], idleAfterMs: 1e15 });
    const compute = async (input: Parameters<typeof evaluateWindow>[0]) => evaluateWindow(input);
    const options = { pool, catalog, compute, clock: systemClock, log };
    for (const id of [all, some, none]) {
      const message = { kind: 'evaluate', windowId: String(id), series: 'closed' } as const;
      expect(await evaluate(options, message)).toBe('evaluated');
    }
    const verdicts = await pool.query<{ rows: number; reason: string }>(
      `select rows, diagnosis ->> 'reason' as reason from verdict where segment = '' order by window_id`,
    );
    expect(verdicts.rows).toEqual([
      { rows: 6, reason: 'counts_unreadable' },
      { rows: 4, reason: 'no_baseline' },
      { rows: 6, reason: 'no_baseline' },
    ]);
    // Rows came: nobody is told that none did.
    expect(await count('select count(*) as n from alert')).toBe(0);
    expect(
      await count('select count(*) as n from window_part where window_id = $1', all),
    ).toBeGreaterThanOrEqual(6);
    const decided = await count(
      'select count(*) as n from alert_cursor where decided_until > $1',
      new Date(HOUR),
    );
    expect(decided).toBeGreaterThan(0);
    expect((await pipelineFacts(pool)).unreadable_counts).toEqual([
      { model: 'credit-risk', parts: 8, windows: 2 },
    ]);
  });

  it('one that always fails lets the others go on, and says so in the database without secrets', async () => {
    const alerts = { forWindows: 1, remindEveryMs: HOUR_MS, channels: ['mail'] };
    const catalog = await ModelCatalog.open(pool, [modelSpec({ alerts })]);
    await firingAlert(pool, catalog, HOUR, HOUR + 1);
    const duties: Duty[] = [
      {
        name: 'folding of parts',
        role: 'evaluate',
        everyMs: 50,
        leader: true,
        run: () => Promise.reject(new Error('no postgres://me:hush@db/x')),
      },
      {
        name: 'reminders',
        role: 'evaluate',
        everyMs: 50,
        leader: true,
        run: async () => void (await sendReminders(pool, catalog, HOUR + 2 * HOUR_MS)),
      },
    ];
    const running = startDuties(duties, { pool, clock: systemClock, log: silentLog, timing: QUICK });
    await until(async () => (await count(`select count(*) as n from outbox where kind = 'notify'`)) === 1);
    const row = async (name: string) => (await pipelineFacts(pool)).duties.find((duty) => duty.name === name);
    await until(async () => ((await row('folding of parts'))?.failures ?? 0) >= 2);
    await until(async () => (await row('reminders'))?.last_success_at != null);
    expect(await row('folding of parts')).toMatchObject({
      role: 'evaluate',
      processes: 1,
      last_success_at: null,
      last_error: 'no postgres://db',
    });
    expect(await row('reminders')).toMatchObject({ failures: 0, last_failure_at: null });
    await running.stop();
    expect((await pipelineFacts(pool)).duties).toEqual([]);
    expect(await count('select count(*) as n from duty_lease')).toBe(0);
  });

  it('what one of a fleet is enough for is done by one, and by another once that one stops', async () => {
    const turns = [0, 0, 0];
    const fleet = turns.map((_, index) =>
      startDuties(
        [
          {
            name: 'calendar',
            role: 'evaluate',
            everyMs: 20,
            leader: true,
            run: async () => void (turns[index] = (turns[index] ?? 0) + 1),
          },
        ],
        { pool, clock: systemClock, log: silentLog, timing: QUICK },
      ),
    );
    await until(() => Math.max(...turns) >= 10);
    const leader = turns.findIndex((n) => n > 0);
    expect(turns.filter((n) => n > 0)).toHaveLength(1);
    await until(async () => (await pipelineFacts(pool)).duties[0]?.processes === 3);
    await fleet[leader]?.stop();
    await until(() => turns.filter((n) => n >= 5).length === 2);
    await Promise.all(fleet.map((each) => each.stop()));
  });

  it('a lease is held by one, until it has run out or its process is gone', async () => {
    const names = ['b', 'a'];
    expect((await takeLeases(pool, 'one', names, 60_000)).sort()).toEqual(['a', 'b']);
    expect(await takeLeases(pool, 'two', ['c', ...names], 60_000)).toEqual(['c']);
    expect((await takeLeases(pool, 'one', names, 0)).sort()).toEqual(['a', 'b']);
    expect((await takeLeases(pool, 'two', names, 60_000)).sort()).toEqual(['a', 'b']);
    await forgetProcess(pool, 'two');
    expect((await takeLeases(pool, 'one', names, 60_000)).sort()).toEqual(['a', 'b']);
    // Any number at once: each name has one holder.
    const taken = await Promise.all(
      Array.from({ length: 6 }, (_, n) => takeLeases(pool, `p${n}`, ['x', 'y', 'z'].slice(n % 3), 60_000)),
    );
    expect(taken.flat().sort()).toEqual(['x', 'y', 'z']);
  });

  it('rows of processes that have died go with the next report', async () => {
    await pool.query(
      `insert into duty (process, name, role, every_ms, since, failures, seen_at)
       values ('dead', 'reminders', 'evaluate', 1000, now(), 7, now() - interval '50 seconds')`,
    );
    expect((await pipelineFacts(pool)).duties).toEqual([]);
    const duty: Duty = { name: 'x', role: 'act', everyMs: 1_000, run: () => Promise.resolve() };
    const running = startDuties([duty], { pool, clock: systemClock, log: silentLog, timing: QUICK });
    await until(async () => (await count(`select count(*) as n from duty where process = 'dead'`)) === 0);
    await running.stop();
  });
});
