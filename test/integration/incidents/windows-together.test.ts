/** What is too small for one window is told by several, once; and is over when enough rows say so. */
import { afterAll, beforeEach, expect, test } from 'vitest';
import { messageContent } from '../../../src/act/message/message-content.ts';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import type { IncidentNews } from '../../../src/core/jobs.ts';
import { silentLog } from '../../../src/core/log.ts';
import { sendReminders } from '../../../src/pipeline/messages/reminders.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { asTable, Service, travellers } from '../evaluate/time-series.ts';

const START = Date.UTC(2026, 2, 2);
const ROWS = 500;
/** A standard deviation of the fares is 10. */
const AWAY = 1.8;
const WINDOWS = 5;
/** Beside training data without times what windows do by themselves is learned from those before. */
const CHANGE = 12;
const BACK = 22;
const MODEL = modelSpec({
  name: 'fares',
  windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  labels: { horizonMs: 3_650 * DAY_MS, matureAfterMs: 3_650 * DAY_MS, minLabelled: 200 },
  alerts: { forWindows: WINDOWS, remindEveryMs: DAY_MS, channels: ['mail'] },
  storePredictions: false,
  multivariate: false,
  minRows: 200,
});

describeWith(['postgres'], 'several windows together', () => {
  let pool: Pool;
  let service: Service;
  const pools: Pool[] = [];
  beforeEach(async () => {
    const { url } = await createDatabase('together');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    pools.push(pool);
    await storeBaseline(pool, MODEL, '1', asTable(travellers(1, 10_000)), { file: 'training.csv' });
    service = await Service.open(pool, MODEL);
  });
  afterAll(async () => await Promise.all(pools.map(async (each) => await each.end())));

  async function hours(from: number, to: number, extra: number): Promise<void> {
    for (let hour = from; hour < to; hour++) {
      await service.send(START + hour * HOUR_MS, travellers(100 + hour, ROWS, extra));
      await service.evaluateDue(START + (hour + 1) * HOUR_MS);
    }
  }

  async function notices(): Promise<IncidentNews[]> {
    const found = await pool.query<{ payload: { notification: IncidentNews } }>(
      `select payload from outbox where kind = 'notify' order by id`,
    );
    return found.rows.map(({ payload }) => payload.notification);
  }

  test('show what one is too small to show', { timeout: 300_000 }, async () => {
    await hours(0, CHANGE, 0);
    expect(await notices()).toEqual([]);
    await hours(CHANGE, BACK, AWAY);
    const own = await pool.query<{ verdict: string }>(
      `select v.verdict from verdict v join "window" w on w.id = v.window_id
       where v.series = 'closed' and v.segment = '' order by w.start_at`,
    );
    const inARow = own.rows.map(({ verdict }) => (verdict === 'none' ? ' ' : 'x')).join('');
    expect(inARow).not.toContain('x'.repeat(WINDOWS));

    const [fired, ...none] = await notices();
    expect(none).toEqual([]);
    expect(fired).toMatchObject({
      kind: 'firing',
      decisionReason: 'windows_together',
      subjects: ['fare'],
      firedVerdict: 'covariate_shift',
      diagnosis: { verdict: 'covariate_shift', types: ['covariate_shift'], advice: 'watch' },
    });
    expect(Math.abs((fired?.sinceMs ?? 0) - (START + CHANGE * HOUR_MS))).toBeLessThanOrEqual(HOUR_MS);
    const content = messageContent(fired!, { timeZone: 'UTC', publicUrl: null });
    expect(content.headline).toMatch(/^Covariate shift of fare since 2 Mar 1\d:00, 93 % sure: watch\.$/);
    expect(content.summary).toMatch(/^fare moved along its range a little: the last \d+ windows together/);
    expect(content.evidence[0]).toMatch(/^fare moved along its range, over \d+ windows together \(/);

    // A reminder says what the alert said, though the newest window shows nothing by itself.
    expect(await sendReminders(pool, service.catalog, START + 48 * HOUR_MS)).toBe(1);
    expect((await notices()).at(-1)).toMatchObject({
      kind: 'reminder',
      diagnosis: { verdict: 'covariate_shift' },
    });

    await hours(BACK, BACK + 12, 0);
    const told = (await notices()).map(({ kind }) => kind);
    expect(told).toEqual(['firing', 'reminder', 'resolved']);

    // Judged once more, its windows show together what they showed: nothing is taken back.
    await pool.query(
      `update outbox set done_at = null where kind = 'evaluate' and payload->>'windowId' in (
         select id::text from "window" where start_at between $1 and $2)`,
      [new Date(START + CHANGE * HOUR_MS), new Date(START + (BACK - 1) * HOUR_MS)],
    );
    await service.evaluateDue(START + 60 * HOUR_MS);
    expect(await notices()).toHaveLength(3);
  });

  test('say nothing where nothing moved', { timeout: 300_000 }, async () => {
    await hours(0, 20, 0);
    expect(await notices()).toEqual([]);
    const looked = await pool.query<{ most: number }>(`select max(pooled_windows) as most from measurement`);
    expect(looked.rows[0]?.most).toBeGreaterThan(1);
  });
});
