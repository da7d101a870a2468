import { afterAll, beforeEach, expect, test } from 'vitest';
import { messageContent } from '../../../src/act/message/message-content.ts';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import type { Diagnosis } from '../../../src/core/findings.ts';
import type { IncidentNews } from '../../../src/core/jobs.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { findVerdict, listVerdicts } from '../../../src/store/read-models/verdicts.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { asTable, Service, travellers } from './time-series.ts';

const DAY = Date.UTC(2026, 2, 2);
const ROWS = 300;
const MODEL = modelSpec({
  name: 'fares',
  windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  labels: { horizonMs: 3_650 * DAY_MS, matureAfterMs: 3_650 * DAY_MS, minLabelled: 200 },
  alerts: { forWindows: 2, remindEveryMs: DAY_MS, channels: ['mail'] },
  segments: ['country'],
  minRows: 80,
});

describeWith(['postgres'], 'the time pattern of a series', () => {
  let pool: Pool;
  let service: Service;
  const pools: Pool[] = [];
  beforeEach(async () => {
    const { url } = await createDatabase('pattern');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    pools.push(pool);
    await storeBaseline(pool, MODEL, '1', asTable(travellers(1, 4_000)), { file: 'training.csv' });
    service = await Service.open(pool, MODEL);
  });
  afterAll(async () => await Promise.all(pools.map(async (each) => await each.end())));

  async function diagnoses(segment = ''): Promise<{ start: string; diagnosis: Diagnosis }[]> {
    const { items } = await listVerdicts(
      pool,
      { series: 'closed', segment, superseded: false },
      { limit: 100, after: null },
    );
    const details = await Promise.all(items.map(async ({ id }) => await findVerdict(pool, id)));
    return details
      .flatMap((each) => (each === null ? [] : [{ start: each.start, diagnosis: each.diagnosis }]))
      .sort((a, b) => (a.start < b.start ? -1 : 1));
  }

  test(
    'says when it began and how, with the first alert and in each segment',
    { timeout: 600_000 },
    async () => {
      for (let hour = 0; hour < 18; hour++) {
        const rows = travellers(100 + hour, ROWS, hour > 12 ? 12 : 0);
        // Three quarters into the thirteenth hour the fares rise.
        if (hour === 12)
          for (const [at, row] of rows.entries()) if (at >= 225) rows[at] = { ...row, fare: row.fare + 12 };
        await service.send(DAY + hour * HOUR_MS, rows);
      }
      await service.evaluateDue(DAY);

      const found = await diagnoses();
      expect(found).toHaveLength(18);
      expect(found.slice(0, 12).map(({ diagnosis }) => diagnosis.time_pattern)).toEqual(
        Array(12).fill(undefined),
      );
      const last = found.at(-1)?.diagnosis;
      expect(last).toMatchObject({
        verdict: 'covariate_shift',
        time_pattern: {
          pattern: 'sudden',
          windows: 18,
          reason: null,
          parts: [{ subject: 'feature', name: 'fare' }],
        },
      });
      const began = DAY + 12.75 * HOUR_MS;
      const [from, to] = last?.time_pattern?.interval?.map((iso) => Date.parse(iso)) ?? [];
      expect(from).toBeGreaterThan(began - HOUR_MS);
      expect(from).toBeLessThanOrEqual(began);
      expect(to).toBeGreaterThanOrEqual(began);
      expect(to).toBeLessThan(began + HOUR_MS);
      expect(last?.time_pattern?.summary).toMatch(
        /^Began between 2026-03-02 1\d:\d\d UTC and 2026-03-02 1\d:\d\d UTC, suddenly\.$/,
      );
      const german = (await diagnoses('country=DE')).at(-1)?.diagnosis.time_pattern;
      expect(german).toMatchObject({ pattern: 'sudden' });

      const sent = await pool.query<{ payload: { notification: IncidentNews } }>(
        `select payload from outbox where kind = 'notify' and payload->'notification'->>'segment' = '' order by id`,
      );
      const notification = sent.rows[0]?.payload.notification;
      if (notification === undefined) throw new Error('nobody was told');
      const { facts } = messageContent(notification, { publicUrl: null, timeZone: 'UTC' });
      expect(new Map(facts).get('Began')).toMatch(/^between 2 Mar 2026 1.* and 2 Mar 2026 1.*, suddenly$/);
      // What a mail draws: the figure that leads, up to the window that is told.
      expect(notification.timeline).toMatchObject({ name: 'fare', measure: 'psi', reference: null });
      const values = notification.timeline?.points.map(({ value }) => value ?? 0) ?? [];
      expect(values).toHaveLength((notification.windowStartMs - DAY) / HOUR_MS + 1);
      const limit = notification.timeline?.limit ?? 0;
      expect(Math.max(...values.slice(0, 12))).toBeLessThan(limit);
      expect(values.at(-1)).toBeGreaterThan(limit);
    },
  );

  test('fewer than twelve windows are too few to say', async () => {
    for (let hour = 0; hour < 4; hour++) {
      await service.send(DAY + hour * HOUR_MS, travellers(200 + hour, ROWS, hour > 1 ? 60 : 0));
    }
    await service.evaluateDue(DAY);
    expect((await diagnoses()).at(-1)?.diagnosis.time_pattern).toMatchObject({
      pattern: 'none',
      reason: 'too_few_windows',
      windows: 4,
    });
  });
});
