import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApi } from '../../../src/api/create-api.ts';
import type { App } from '../../../src/api/app.ts';
import { silentLog } from '../../../src/core/log.ts';
import { fail, ok } from '../../../src/core/result.ts';
import { incidentDesk } from '../../../src/pipeline/incidents/incident-desk.ts';
import { alertDesks } from '../../../src/pipeline/messages/alert-desks.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { deadLetter } from '../../../src/decode/dead-letter.ts';
import { insertDeadLetters } from '../../../src/store/log/dead-letters.ts';
import { createPool, inTransaction } from '../../../src/store/connection/pool.ts';
import { createListDays } from '../../../src/pipeline/history/list-days.ts';
import { createInspections } from '../../../src/pipeline/inspect/inspections.ts';
import { createReadModels } from '../../../src/store/read-models.ts';
import { createToken, verifyToken } from '../../../src/store/tokens.ts';
import { conceptMail } from '../../act/sample-mails.ts';
import { HOSTILE_NAME, NOW_MS, RUN_ID, seed } from '../../api/seed.ts';
import { noLogins } from '../../api/fakes.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

interface List {
  items: Record<string, unknown>[];
  next_cursor: string | null;
}

describeWith(['postgres'], 'the API over a real database', () => {
  let pool: Pool;
  let app: App;
  let authorization: string;

  beforeAll(async () => {
    const { url } = await createDatabase('api');
    pool = createPool({ connectionString: url, max: 3, applicationName: 'test', log: silentLog });
    await seed(pool);
    app = createApi({
      listenHost: '127.0.0.1',
      version: '1.2.3',
      readModels: createReadModels(pool),
      ...noLogins,
      verifyToken: (text, nowMs) => verifyToken(pool, text, nowMs),
      acceptEvents: async () => ok({ accepted: 0, late: 0, ignored: 0, duplicates: 0, dead_letters: [] }),
      retrainCallback: async () => ok({ state: 'running', next: null }),
      decideRun: async () => fail({ reason: 'unknown_run', detail: '' }),
      ...alertDesks(pool, await ModelCatalog.open(pool, [])),
      ...incidentDesk(pool, await ModelCatalog.open(pool, [])),
      exportLabelled: async () => fail('unknown_model'),
      replayDelivery: async () => fail('unknown'),
      enableEndpoint: async () => [],
      acceptBaseline: async () => fail({ reason: 'unknown_model', detail: 'not asked here' }),
      runComparison: async () => fail('not asked here'),
      listDays: createListDays(pool),
      inspections: createInspections(pool, [], createListDays(pool)),
      compareVersions: async () => fail({ reason: 'unknown_model', detail: 'not asked here' }),
      replayDeadLetters: async () => ({
        accepted: 0,
        duplicates: 0,
        stillDead: [],
        truncated: 0,
        withheld: 0,
      }),
      explainConfiguration: () => ({ file: 'shiftwatch.yaml', entries: [] }),
      live: { listen: () => () => undefined },
      mailStops: { addressOf: async () => null, stop: async () => {} },
      liveness: () => ({ alive: true, reason: null }),
      clock: { nowMs: () => NOW_MS },
      log: silentLog,
    });
    const token = await createToken(pool, { name: 'test', scopes: ['operate'], expiresAtMs: null });
    authorization = `Bearer ${token.text}`;
  });

  afterAll(async () => {
    await app.close();
    await pool.end();
  });

  async function get<Body>(url: string): Promise<Body> {
    const reply = await app.inject({ url, headers: { authorization } });
    expect(reply.statusCode, reply.body).toBe(200);
    return reply.json<Body>();
  }

  const list = (path: string): Promise<List> => get<List>(`/api/v1/${path}`);

  /** Walks a list page by page. */
  async function walk(path: string, limit: number): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    let cursor: string | null = null;
    do {
      const join = path.includes('?') ? '&' : '?';
      const page: List = await list(
        `${path}${join}limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      expect(page.items.length).toBeLessThanOrEqual(limit);
      items.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor !== null);
    return items;
  }

  it('shows of the groups of a window only those that differ beyond chance', async () => {
    const { performance } = conceptMail();
    const [different] = performance?.groups ?? [];
    if (different === undefined) throw new Error('the sample has a group');
    const rates = { selection_rate: { ...different.rates.selection_rate, p_value: 0.2 } };
    const groups = [{ ...different, group: 'alike', rates }, different];
    const told = { ...performance, groups };
    await pool.query('update verdict set performance = $1', [JSON.stringify(told)]);
    const { versions } = await createReadModels(pool).overview();
    const shown = versions.flatMap(({ windows }) =>
      windows.flatMap(({ verdict }) => verdict?.performance ?? []),
    );
    expect(shown.length).toBeGreaterThan(0);
    expect(shown[0]).toEqual({ mature: false, holdout: performance?.holdout, groups: [different] });
    await pool.query('update verdict set performance = null');
    const { versions: without } = await createReadModels(pool).overview();
    expect(
      without.flatMap(({ windows }) => windows.flatMap(({ verdict }) => verdict?.performance ?? [])),
    ).toEqual([]);
  });

  it.each([
    'models',
    'models/credit-risk/versions',
    'models/credit-risk/versions/3/baselines',
    'windows',
    'windows?model=credit-risk&version=3',
    'measurements?model=credit-risk',
    'verdicts',
    'verdicts?superseded=true',
    'alerts',
    'alerts/1/events',
    'alert-states',
    'retrains',
    'dead-letters',
  ])('%s gives the same rows in any size of page', async (path) => {
    const whole = await list(`${path}${path.includes('?') ? '&' : '?'}limit=500`);
    expect(whole.next_cursor).toBeNull();
    expect(whole.items.length).toBeGreaterThan(0);
    for (const limit of [1, 2, 7]) expect(await walk(path, limit)).toEqual(whole.items);
  });

  it('neither repeats nor skips when rows arrive between pages', async () => {
    const first = await list('dead-letters?limit=2');
    await pool.query(
      `insert into dead_letter (source, partition, "offset", reason, detail, bytes, byte_length)
       values ('http', 0, 1, 'too_deep', 'd', '', 0)`,
    );
    const second = await list(`dead-letters?limit=2&cursor=${first.next_cursor}`);
    expect([...first.items, ...second.items].map((row) => row['id'])).toEqual(['5', '4', '3', '2']);
    await pool.query(`delete from dead_letter where reason = 'too_deep'`);
  });

  it('shows a model with its configuration and versions', async () => {
    expect(await get('/api/v1/models/credit-risk')).toEqual({
      name: 'credit-risk',
      task: 'classification',
      versions: 1,
      open_alerts: 1,
      newest_event_at: '2026-03-10T12:06:30.000Z',
      created_at: '2026-01-01T00:00:00.000Z',
      configuration: { min_rows: 200 },
    });
    const { items } = await list('models/credit-risk/versions');
    expect(items[0]).toMatchObject({ name: '3', state: 'active', baseline: { revision: 2, rows: 60_000 } });
    const hostile = await list(`models/${encodeURIComponent(HOSTILE_NAME)}/versions`);
    expect(hostile.items[0]).toMatchObject({ model: HOSTILE_NAME, baseline: null });
  });

  it('shows baselines without their profile', async () => {
    const { items } = await list('models/credit-risk/versions/3/baselines');
    expect(items.map((row) => row['revision'])).toEqual([2, 1]);
    expect(Object.keys(items[0] ?? {})).not.toContain('profile');
    const one = await get<Record<string, unknown>>('/api/v1/models/credit-risk/versions/3/baselines/1');
    expect(one).toMatchObject({ revision: 1, summary: { features: [{ name: 'age', kind: 'numeric' }] } });
  });

  it('counts the rows of a window once, not again for its segments', async () => {
    const { items } = await list('windows?model=credit-risk&size_ms=3600000&limit=2');
    expect(items.map((row) => [row['start'], row['state'], row['rows']])).toEqual([
      ['2026-03-10T12:00:00.000Z', 'open', 131],
      ['2026-03-10T11:00:00.000Z', 'closed', 1_240 + ((25 * 37) % 90)],
    ]);
    expect(await get(`/api/v1/windows/${String(items[0]?.['id'])}`)).toEqual(items[0]);
  });

  it('filters windows by model, state and the half-open range of their start', async () => {
    expect((await list('windows?state=open')).items).toHaveLength(1);
    const range =
      'model=credit-risk&size_ms=3600000&from=2026-03-10T10:00:00Z&to=2026-03-10T12:00:00%2B00:00';
    expect((await list(`windows?${range}`)).items.map((row) => row['start'])).toEqual([
      '2026-03-10T11:00:00.000Z',
      '2026-03-10T10:00:00.000Z',
    ]);
    expect((await list('windows?model=nobody')).items).toEqual([]);
  });

  it('shows what was measured, whole comparisons only when asked', async () => {
    const { items } = await list('measurements?model=credit-risk&name=age');
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ psi: 0.41, ks_p_value: 1e-9, faults: [], details: null });
    const [full] = (
      await list(`measurements?window=${String(items[0]?.['window_id'])}&details=true&name=age`)
    ).items;
    expect(full?.['details']).toMatchObject({ name: 'age', metrics: { ks: { statistic: 0.31 } } });
  });

  it('shows the newest verdict of a window, and replaced ones when asked', async () => {
    const [newest] = (await list('verdicts?model=fraud&limit=1')).items;
    await pool.query(
      `insert into verdict (window_id, series, segment, revision, verdict, types, not_tested, confidence, advice,
         summary, reason, rows, diagnosis)
       select window_id, series, segment, 2, 'none', '{}', '{}', 0.9, 'none', 'Corrected.', null, rows,
         jsonb_set(diagnosis, '{verdict}', '"none"') from verdict where id = $1`,
      [newest?.['id']],
    );
    const window = String(newest?.['window_id']);
    expect((await list(`verdicts?window=${window}`)).items.map((row) => row['revision'])).toEqual([2]);
    const all = (await list(`verdicts?window=${window}&superseded=true`)).items;
    expect(all.map((row) => row['verdict'])).toEqual(['none', 'data_fault']);
    const detail = await get<Record<string, unknown>>(`/api/v1/verdicts/${String(all[1]?.['id'])}`);
    expect(detail).toMatchObject({ performance: null, diagnosis: { evidence: [{ value: 31.2 }] } });
    await pool.query(`delete from verdict where window_id = $1 and revision = 2`, [window]);
  });

  it('shows alerts with what they are about', async () => {
    const { items } = await list('alerts?model=credit-risk');
    expect(items.map((row) => [row['state'], row['segment']])).toEqual([
      ['pending', 'country=DE'],
      ['firing', ''],
    ]);
    expect((await list('alerts?open=true&state=pending')).items).toHaveLength(2);
    expect((await list('alerts?cause=operational')).items).toEqual([]);
    expect((await list('alerts?cause=shift&model=credit-risk')).items).toMatchObject([
      { cause: 'shift', subjects: [], types: ['covariate_shift'] },
      { cause: 'shift', subjects: ['age', 'income'], types: ['concept_drift'] },
    ]);
    const events = await list('alerts/1/events');
    expect(events.items.map((row) => row['kind'])).toEqual(['pending', 'firing']);
  });

  it('shows how each series stands, and why', async () => {
    const { items } = await list('alert-states?model=credit-risk');
    expect(items).toMatchObject([
      { size_ms: 3_600_000, segment: '', series: 'closed', state: 'insufficient', reason: 'insufficient' },
      { size_ms: 3_600_000, segment: '', series: 'matured', state: 'firing', reason: 'enough_windows' },
    ]);
    expect((await list('alert-states?state=firing&segment=')).items).toHaveLength(1);
    expect((await list('alert-states?series=matured&state=ok')).items).toEqual([]);
  });

  it('shows retrain runs whose times are finer than a millisecond, newest first', async () => {
    const { items } = await list('retrains?model=credit-risk');
    expect(items.map((row) => row['state'])).toEqual(['running', 'succeeded']);
    expect(await get(`/api/v1/retrains/${RUN_ID}`)).toMatchObject({
      request: { summary: 'retrain' },
      metrics: null,
    });
  });

  it('keeps every digit of an offset, and shows bytes only one at a time', async () => {
    const { items } = await list('dead-letters?reason=malformed_json&model=credit-risk&replayed=false');
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ offset: '9007199254740994', byte_length: 17 });
    expect(items[0]).not.toHaveProperty('bytes_base64');
    const one = await get<{ bytes_base64: string }>(`/api/v1/dead-letters/${String(items[0]?.['id'])}`);
    expect(Buffer.from(one.bytes_base64, 'base64').toString()).toBe('{"model":"credit-');
  });

  it('shows records that nobody can tell the type of', async () => {
    const position = { source: 'file:bad.jsonl', partition: 0, offset: 9n };
    const letter = deadLetter(position, 'malformed_json', 'not JSON', Buffer.from('{broken'));
    await inTransaction(pool, (tx) => insertDeadLetters(tx, [{ type: 'unknown', letter }]));
    // What earlier versions stored.
    await pool.query(
      `insert into dead_letter (source, partition, "offset", reason, detail, event_type, bytes, byte_length)
       values ('file:bad.jsonl', 0, 10, 'malformed_json', 'not JSON', 'unknown', '', 0)`,
    );
    const { items } = await list('dead-letters?limit=2');
    expect(items.map((row) => [row['offset'], row['event_type']])).toEqual([
      ['10', null],
      ['9', null],
    ]);
    await pool.query(`delete from dead_letter where source = 'file:bad.jsonl'`);
  });

  it('is ready when the tables are there, and says when they are not', async () => {
    expect(await get('/health/ready')).toEqual({ ready: true, database: 'ok', migrations: 'current' });
    await pool.query(`insert into shiftwatch_migration (name, run_on) values ('9999_future', now())`);
    const reply = await app.inject('/health/ready');
    expect([reply.statusCode, reply.json()]).toEqual([
      503,
      { ready: false, database: 'ok', migrations: 'newer' },
    ]);
    await pool.query(`delete from shiftwatch_migration where name = '9999_future'`);
  });

  it('takes the slowest partition that still delivers as the time that is complete', async () => {
    const completeUntil = async (): Promise<string | undefined> =>
      (await createReadModels(pool).pipelineFacts()).watermarks[0]?.complete_until;
    expect(await completeUntil()).toBe('2026-03-10T12:06:30.000Z');
    await pool.query(`update source_position set progressed_at = now() where partition = 1`);
    expect(await completeUntil()).toBe('2026-03-10T12:05:30.000Z');
    await pool.query(`update source_position set holds_watermark = false where partition = 1`);
    expect(await completeUntil()).toBe('2026-03-10T12:06:30.000Z');
    await pool.query(
      `update source_position set holds_watermark = true, progressed_at = '2026-03-10T12:06:50Z' where partition = 1`,
    );
  });

  it('measures itself', async () => {
    const { body } = await app.inject({ url: '/metrics/fleet', headers: { authorization } });
    const lines = body.split('\n');
    expect(lines).toContain(
      'shiftwatch_events_total{source="kafka:ml.predictions",event_type="prediction",outcome="windowed"} 148321',
    );
    expect(lines).toContain(
      'shiftwatch_consumer_lag_records{source="kafka:ml.predictions",partition="0"} 40',
    );
    expect(lines).toContain('shiftwatch_watermark_age_seconds{model="credit-risk"} 30');
    expect(lines).toContain('shiftwatch_windows{model="credit-risk",state="open"} 1');
    expect(lines).toContain('shiftwatch_alerts{model="credit-risk",cause="shift",state="firing"} 1');
    expect(lines).toContain(
      'shiftwatch_alert_series{model="credit-risk",series="closed",state="insufficient"} 1',
    );
    expect(lines).toContain('shiftwatch_outbox_waiting{kind="notify"} 1');
    expect(lines).toContain('shiftwatch_outbox_oldest_age_seconds{kind="notify"} 120');
    expect(lines).toContain('shiftwatch_dead_letters{reason="malformed_json"} 3');
    expect(lines).toContain('shiftwatch_late_rows_total{model="credit-risk"} 12');
    const own = (await app.inject({ url: '/metrics', headers: { authorization } })).body.split('\n');
    expect(own).toContain('shiftwatch_database_up 1');
    expect(own).toContainEqual(expect.stringContaining('shiftwatch_build_info{version="1.2.3"'));
    expect(own).toContainEqual(expect.stringMatching(/^process_resident_memory_bytes \d+$/));
  });

  it('shows everything on one page, with names as text', async () => {
    const { body } = await app.inject({ url: '/', headers: { authorization, accept: 'text/html' } });
    expect(body).toContain('1 incident open on credit-risk.');
    expect(body).toContain('accuracy fell from 86 % to 71 %');
    expect(body).toContain('&lt;script&gt;');
    expect(body).not.toContain('<script');
  });
});
