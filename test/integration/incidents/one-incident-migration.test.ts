import { readdirSync } from 'node:fs';
import { runner } from 'node-pg-migrate';
import { expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { migrate } from '../../../src/store/connection/migrate.ts';
import { MIGRATIONS } from '../../../src/store/connection/known-migrations.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { listAlerts } from '../../../src/store/read-models/alerts.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createEmptyDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { addWindow } from '../act-rows.ts';
import { AlertStory, CLEAN, CONCEPT, START_MS } from '../alert-story.ts';

interface OldAlert {
  readonly series: 'closed' | 'matured';
  readonly segment: string;
  readonly type: string;
  readonly state: string;
  readonly firedAt: string | null;
}

describeWith(['postgres'], 'two open incidents of one event', () => {
  it('become one, and the other ends with one message', async () => {
    const { url } = await createEmptyDatabase('one-incident');
    const pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    await migrateBefore(pool, '0031');
    const version = await pool.query<{ id: number }>(
      `with m as (insert into model (name, task) values ('credit', 'classification') returning id)
       insert into model_version (model_id, name) select id, '1' from m returning id`,
    );
    const windowId = await addWindow(pool, version.rows[0]!.id, START_MS - HOUR_MS);
    await addVerdict(pool, windowId);
    const old = (alert: OldAlert) => addAlert(pool, version.rows[0]!.id, windowId, alert);
    const inputs = { series: 'closed', type: 'covariate_shift' } as const;
    const labels = { series: 'matured', type: 'concept_drift' } as const;
    const kept = await old({ ...inputs, segment: '', state: 'recovering', firedAt: '2026-03-01T01:00Z' });
    const gone = await old({ ...labels, segment: '', state: 'firing', firedAt: '2026-03-01T02:00Z' });
    await pool.query(
      `insert into incident_urgency (incident_id, paged_for, paged_at) values ($1, 'concept_drift', now())`,
      [gone],
    );
    // Nobody has heard of the second one yet; and one of a segment is not one of all rows.
    await old({ ...inputs, segment: 'a=b', state: 'firing', firedAt: '2026-03-01T01:00Z' });
    await old({ ...labels, segment: 'a=b', state: 'pending', firedAt: null });

    // What is over still bounds which windows are looked at together.
    const over = await old({ ...inputs, segment: '', state: 'resolved', firedAt: '2026-02-01T01:00Z' });

    await migrate({ connectionString: url, log: silentLog });
    const story = await AlertStory.begin(pool, 'credit', { forWindows: 1 });
    story.nowMs = START_MS + 3 * HOUR_MS;
    await story.tick();
    expect(
      (await story.told()).map(({ kind, incidentId, decisionReason }) => [kind, incidentId, decisionReason]),
    ).toEqual([['resolved', gone, 'merged']]);
    await story.tick(48 * HOUR_MS);
    expect((await story.told()).filter(({ incidentId }) => incidentId === gone)).toHaveLength(1);

    const views = await pool.query('select series, state from alert_view where alert_id = $1', [over]);
    expect(views.rows).toEqual([{ series: 'closed', state: 'resolved' }]);

    const { items } = await listAlerts(pool, { open: true }, { after: null, limit: 10 });
    const whole = items.filter(({ segment }) => segment === '');
    expect(items).toHaveLength(3);
    expect(whole).toMatchObject([
      {
        id: kept,
        state: 'firing',
        views: [
          { series: 'closed', state: 'recovering' },
          { series: 'matured', state: 'firing' },
        ],
      },
    ]);
    expect([...(whole[0]?.types ?? [])].sort()).toEqual(['concept_drift', 'covariate_shift']);

    // Both views go on where they were.
    const next = await story.hour(CLEAN);
    await story.labels(next, CONCEPT);
    const [now] = (await listAlerts(pool, { open: true }, { after: null, limit: 10 })).items.filter(
      ({ segment }) => segment === '',
    );
    expect(now).toMatchObject({
      id: kept,
      verdict: 'concept_drift',
      views: [
        { series: 'closed', state: 'resolved' },
        { series: 'matured', state: 'firing', windows_in_a_row: 3 },
      ],
    });
    expect((await story.told()).filter(({ kind }) => kind === 'firing')).toEqual([]);
  });
});

async function migrateBefore(pool: Pool, number: string): Promise<void> {
  const dbClient = await pool.connect();
  await runner({
    dbClient,
    dir: MIGRATIONS,
    direction: 'up',
    count: readdirSync(MIGRATIONS).filter((file) => file < number).length,
    migrationsTable: 'shiftwatch_migration',
    log: () => undefined,
  });
  dbClient.release();
}

async function addAlert(
  pool: Pool,
  versionId: number,
  windowId: string,
  { series, segment, type, state, firedAt }: OldAlert,
): Promise<string> {
  const added = await pool.query<{ id: string }>(
    `insert into alert (model_version_id, size_ms, segment, series, state, verdict, types, fired_verdict, told_types,
       windows_in_a_row, verdict_in_a_row, since_at, last_window_id, fired_at)
     values ($1, $2, $3, $4, $5, $6::text, array[$6::text], $6, array[$6::text], 2, 2, $7, $8, $9)
     returning id::text as id`,
    [versionId, HOUR_MS, segment, series, state, type, new Date(START_MS - 2 * HOUR_MS), windowId, firedAt],
  );
  return added.rows[0]!.id;
}

/** Of both series: what its messages say. */
async function addVerdict(pool: Pool, windowId: string): Promise<void> {
  await pool.query('update "window" set closed_revision = 1, matured_revision = 1 where id = $1', [windowId]);
  await pool.query(
    `insert into verdict (window_id, series, segment, revision, verdict, types, not_tested, confidence, advice, summary, rows, diagnosis)
     select $1, s, g, 1, 'covariate_shift', array['covariate_shift'], '{}', 0.9, 'watch', 'Inputs moved.', 500,
       '{"verdict":"covariate_shift","types":["covariate_shift"],"not_tested":[],"confidence":0.9,"evidence":[],"faults":[],
         "summary":"Inputs moved.","advice":"watch","reason":null}'
     from unnest(array['closed', 'matured']) s cross join unnest(array['', 'a=b']) g`,
    [windowId],
  );
}
