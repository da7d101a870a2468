import { beforeAll, expect, it } from 'vitest';
import { repostAlerts } from '../../../src/act/channels/alertmanager/repost-alerts.ts';
import { createAddressGuard } from '../../../src/act/webhook/address-guard.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import type { IncidentKind } from '../../../src/core/alerts/alert.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { Log } from '../../../src/core/log.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { appendOutbox, finishOutbox } from '../../../src/store/outbox/outbox.ts';
import { createPool, inTransaction, type Pool } from '../../../src/store/connection/pool.ts';
import { loadToldIncidents } from '../../../src/store/alerts/told-incidents.ts';
import { sampleNotification } from '../../act/sample-notification.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { startHttp, type TestHttp } from '../../harness/http.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { firingAlert } from '../firing-alert.ts';
import { hideNothing } from '../../../src/core/hide-texts.ts';

const NOW = Date.UTC(2026, 2, 1, 12);

describeWith(['postgres'], 'an Alertmanager', () => {
  let pool: Pool;
  let receiver: TestHttp;
  let incidentId: string;
  const warnings: object[] = [];
  const log: Log = { ...silentLog, warn: (fields) => warnings.push(fields) };

  beforeAll(async () => {
    const { url } = await createDatabase('alertmanager');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    receiver = await startHttp();
    await firingAlert(pool, await ModelCatalog.open(pool, [modelSpec()]), NOW - HOUR_MS, NOW + HOUR_MS);
    const found = await pool.query<{ id: string }>('select id::text as id from alert');
    incidentId = found.rows[0]?.id ?? '';
  });

  async function told(kind: IncidentKind, channel: string, outcome: string | null): Promise<void> {
    const notification = sampleNotification({ kind, incidentId, firedVerdict: 'concept_drift' });
    const key = `${channel}:${kind}`;
    const { id } = await inTransaction(
      pool,
      async (tx) => await appendOutbox(tx, { kind: 'notify', channel, notification }, key),
    );
    if (outcome !== null) await finishOutbox(pool, id, outcome, NOW);
  }

  /** What one turn posts: the paths, and the ends of the alerts. */
  async function turn(nowMs: number): Promise<string[][]> {
    const before = receiver.requests.length;
    await repostAlerts(
      {
        channels: new Map([
          ['pager', { type: 'alertmanager', url: receiver.url, headers: new Map([['x-team', 'risk']]) }],
          ['mail', { type: 'email' }],
        ]),
        told: async (channel, endedSinceMs) => await loadToldIncidents(pool, channel, endedSinceMs),
        guard: createAddressGuard(['127.0.0.0/8']),
        context: { publicUrl: null, timeZone: 'UTC' },
        log,
        hide: hideNothing,
      },
      nowMs,
      AbortSignal.timeout(30_000),
    );
    return receiver.requests
      .slice(before)
      .map(({ method, path, headers, json }) => [
        `${method} ${path} ${String(headers['x-team'])}`,
        ...(json() as { endsAt: string }[]).map(({ endsAt }) => endsAt),
      ]);
  }

  it('is told again what it was told, while the incident is open and some minutes after', async () => {
    expect(await turn(NOW)).toEqual([]);
    // Not delivered yet, and to somebody else: nothing to repeat.
    await told('firing', 'mail', 'sent');
    await told('firing', 'pager', null);
    expect(await turn(NOW)).toEqual([]);
    await pool.query(`update outbox set outcome = 'sent', done_at = now() where key = 'pager:firing'`);
    const path = 'POST /api/v2/alerts risk';
    expect(await turn(NOW)).toEqual([[path, '2026-03-01T12:05:00.000Z']]);
    await told('reminder', 'pager', 'sent');
    expect(await turn(NOW + MINUTE_MS)).toEqual([[path, '2026-03-01T12:06:00.000Z']]);

    receiver.reply({ status: 503 });
    await turn(NOW + 2 * MINUTE_MS);
    expect(warnings).toMatchObject([{ channel: 'pager' }]);
    expect(await turn(NOW + 3 * MINUTE_MS)).toHaveLength(1);

    await pool.query(`update alert set state = 'resolved', resolved_at = $1`, [new Date(NOW + HOUR_MS)]);
    await told('resolved', 'pager', 'sent');
    const ended = [[path, '2026-03-01T11:00:00.000Z']];
    expect(await turn(NOW + HOUR_MS)).toEqual(ended);
    expect(await turn(NOW + HOUR_MS + 5 * MINUTE_MS)).toEqual(ended);
    expect(await turn(NOW + HOUR_MS + 6 * MINUTE_MS)).toEqual([]);
  });
});
