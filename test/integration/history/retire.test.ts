import { beforeAll, beforeEach, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { Retired, Retention } from '../../../src/core/history/retention.ts';
import { retire } from '../../../src/pipeline/history/retire.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { listPartitions, makePartitionsAhead } from '../../../src/store/history/partitions.ts';
import { listWindows } from '../../../src/store/read-models/windows.ts';
import { listMeasurements } from '../../../src/store/read-models/measurements.ts';
import { fillHistory } from '../../../bench/history/fill.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

const RETENTION: Retention = {
  predictionsMs: 30 * DAY_MS,
  comparisonsMs: 20 * DAY_MS,
  countsMs: 60 * DAY_MS,
  daysMs: 400 * DAY_MS,
  weeksMs: null,
  windowsMs: 100 * DAY_MS,
  incidentsMs: 300 * DAY_MS,
  messagesMs: 90 * DAY_MS,
  deadLettersMs: 30 * DAY_MS,
  batchesMs: 7 * DAY_MS,
  auditMs: 400 * DAY_MS,
};
const SHAPE = { windows: 4, rows: 60, segments: 2, features: 4 };
/** Everything was stored now, so ages count from here. */
const inDays = (days: number): number => Date.now() + days * DAY_MS;

describeWith(['postgres'], 'letting go of what is old', () => {
  let pool: Pool;
  const history = (over: Partial<Retention> = {}) => ({
    retention: { ...RETENTION, ...over },
    models: [{ model: 'history', horizonMs: 30 * DAY_MS, retention: { ...RETENTION, ...over } }],
  });
  const counts = async (): Promise<Record<string, number>> => {
    const found = await pool.query<Record<string, number>>(
      `select (select count(*) from "window")::int as windows, (select count(*) from measurement)::int as measurements,
         (select count(distinct window_id) from verdict)::int as judged, (select count(distinct window_id) from comparison)::int as compared,
         (select count(distinct window_id) from window_part)::int as counted`,
    );
    return found.rows[0]!;
  };
  const rowsOfDays = async () =>
    (
      await pool.query(
        `select sum(rows)::int as rows, sum(windows)::int as windows from day_profile where segment = '' and kind = 'input'`,
      )
    ).rows[0];
  const going = (retired: Retired): Partial<Retired> =>
    Object.fromEntries(Object.entries(retired).filter(([, count]) => count > 0));

  beforeAll(async () => {
    const { url } = await createDatabase('retire');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
  });
  beforeEach(async () => {
    await pool.query(
      `truncate "window", window_part, measurement, comparison, verdict, alert, alert_view, alert_event, alert_cursor, outbox, delivery,
         dead_letter, event_batch, prediction_block, prediction_pack, prediction_chunk, prediction_label, label_delay, baseline,
         day_profile, model_version, model restart identity cascade`,
    );
    await fillHistory(pool, SHAPE, async () => {});
  });

  it('details go first, then counts, then windows with what was said of them', async () => {
    const all = await counts();
    const rows = async () =>
      (await listWindows(pool, {}, { limit: 10, after: null })).items.map((each) => each.rows);
    expect(await rows()).toEqual([60, 60, 60, 60]);
    expect(all).toMatchObject({ windows: 4, judged: 4, compared: 4, counted: 4 });
    expect(going(await retire(pool, { history: history(), nowMs: inDays(19) }))).toEqual({});
    expect(await counts()).toEqual(all);

    const dry = await retire(pool, { history: history(), nowMs: inDays(21), isDry: true });
    expect(going(dry)).toEqual({ comparisons: 4 });
    expect(await counts()).toEqual(all);
    expect(await retire(pool, { history: history(), nowMs: inDays(21) })).toEqual(dry);
    expect(await counts()).toEqual({ ...all, compared: 0 });
    const page = await listMeasurements(pool, { details: true }, { limit: 500, after: null });
    expect(page.items).toHaveLength(all['measurements']!);
    expect(page.items.every(({ details }) => details === null)).toBe(true);

    expect(going(await retire(pool, { history: history(), nowMs: inDays(61) }))).toMatchObject({ counts: 4 });
    expect(await counts()).toEqual({ ...all, compared: 0, counted: 0 });
    expect(await rows()).toEqual([60, 60, 60, 60]);

    const last = await retire(pool, { history: history(), nowMs: inDays(101) });
    expect(going(last)).toMatchObject({ windows: 4 });
    expect(await counts()).toEqual({ windows: 0, measurements: 0, judged: 0, compared: 0, counted: 0 });
    expect(going(await retire(pool, { history: history(), nowMs: inDays(101) }))).toEqual({});
  });

  it('a model keeps its own longer or shorter, and windows that wait for labels stay', async () => {
    const own = {
      ...history(),
      models: [
        {
          ...history().models[0]!,
          retention: { ...RETENTION, countsMs: 500 * DAY_MS, comparisonsMs: DAY_MS },
        },
      ],
    };
    expect(going(await retire(pool, { history: own, nowMs: inDays(2) }))).toEqual({ comparisons: 4 });
    expect(going(await retire(pool, { history: own, nowMs: inDays(70) }))).toMatchObject({ predictions: 1 });
    expect(await counts()).toMatchObject({ counted: 4 });
    await pool.query(
      `update "window" set state = 'closed', matured_at = null where id = (select min(id) from "window")`,
    );
    const long = { ...history(), models: [{ ...history().models[0]!, horizonMs: 10_000 * DAY_MS }] };
    expect(going(await retire(pool, { history: long, nowMs: inDays(101) }))).toMatchObject({
      counts: 3,
      windows: 3,
    });
    expect(await counts()).toMatchObject({ windows: 1, counted: 1 });
  });

  it('predictions of a model go before those of others where it says so, and stay where it keeps them longer', async () => {
    const kept = async () => (await pool.query(`select 1 from prediction_block`)).rowCount;
    const of = (predictionsMs: number) => ({
      ...history({ comparisonsMs: 1e12, countsMs: 1e12 }),
      models: [
        {
          ...history().models[0]!,
          retention: { ...RETENTION, comparisonsMs: 1e12, countsMs: 1e12, predictionsMs },
        },
      ],
    });
    const before = await kept();
    expect(going(await retire(pool, { history: of(40 * DAY_MS), nowMs: inDays(35) }))).toEqual({});
    expect(await kept()).toBe(before);
    const dry = await retire(pool, { history: of(10 * DAY_MS), nowMs: inDays(12), isDry: true });
    expect(going(dry)).toEqual({ predictions: 1 });
    expect(await kept()).toBe(before);
    expect(await retire(pool, { history: of(10 * DAY_MS), nowMs: inDays(12) })).toEqual(dry);
    expect(await kept()).toBe(0);
    expect((await pool.query('select 1 from prediction_pack')).rowCount).toBe(0);
    expect((await pool.query('select 1 from prediction_label')).rowCount).toBe(0);
    expect((await pool.query('select 1 from prediction_chunk')).rowCount).toBe(0);
    expect(going(await retire(pool, { history: of(10 * DAY_MS), nowMs: inDays(12) }))).toEqual({});
  });

  it('what an incident stands on outlives the rest, as long as the incident', async () => {
    const found = await pool.query<{ id: number; version: number; start: Date }>(
      `select id, model_version_id as version, start_at as start from "window" order by start_at offset 1 limit 1`,
    );
    const { id, version, start } = found.rows[0]!;
    await pool.query(
      `insert into alert (model_version_id, size_ms, segment, series, state, verdict, windows_in_a_row, verdict_in_a_row, since_at,
         last_window_id, fired_at, resolved_at, until_at)
       values ($1, $2, '', 'closed', 'resolved', 'covariate_shift', 1, 1, $3, $4, now(), now(), $3)`,
      [version, HOUR_MS, start, id],
    );
    const before = await counts();
    expect(going(await retire(pool, { history: history(), nowMs: inDays(101), isDry: true }))).toMatchObject({
      windows: 3,
    });
    expect(going(await retire(pool, { history: history(), nowMs: inDays(101) }))).toMatchObject({
      windows: 3,
      counts: 4,
    });
    expect(await rowsOfDays()).toEqual({ rows: 240, windows: 4 });
    expect(await counts()).toEqual({
      windows: 1,
      judged: 1,
      measurements: before['measurements']! / 4,
      compared: 0,
      counted: 0,
    });
    expect(going(await retire(pool, { history: history(), nowMs: inDays(299) }))).toEqual({});
    expect(going(await retire(pool, { history: history(), nowMs: inDays(301) }))).toEqual({
      windows: 1,
      incidents: 1,
    });
  });

  it('partitions are made ahead, filled with what came before them, and dropped as a whole', async () => {
    const before = await counts();
    expect(await makePartitionsAhead(pool)).toBeGreaterThanOrEqual(8);
    expect(await makePartitionsAhead(pool)).toBe(0);
    expect(await counts()).toEqual(before);
    const rest = await pool.query(`select 1 from verdict_rest union all select 1 from measurement_rest`);
    expect(rest.rowCount).toBe(0);
    const [first] = await listPartitions(pool);
    // Windows are still to be made in it: what is old goes, the partition stays.
    expect(going(await retire(pool, { history: history(), nowMs: inDays(21) }))).toEqual({ comparisons: 4 });
    expect((await listPartitions(pool)).filter(({ fromId }) => fromId === first!.fromId)).toHaveLength(4);
    // The last id of the first partition is used: nothing more will be written to it.
    await pool.query(`select setval('window_id_seq', $1)`, [first!.toId]);
    await makePartitionsAhead(pool);
    expect(going(await retire(pool, { history: history(), nowMs: inDays(101) }))).toMatchObject({
      windows: 4,
    });
    expect((await listPartitions(pool)).filter(({ fromId }) => fromId === first!.fromId)).toEqual([]);
    expect(await counts()).toMatchObject({ windows: 0, measurements: 0 });
  });

  it('messages, dead letters and answers to batches go by when they were stored', async () => {
    await pool.query(
      `insert into event_batch (idempotency_key, body_sha256, response) values ('k', 'x', '{}')`,
    );
    await pool.query(
      `insert into dead_letter (source, partition, "offset", reason, detail, bytes, byte_length) values ('http', 0, 1, 'r', 'd', '', 0)`,
    );
    const messages = await pool.query(`select 1 from outbox where done_at is not null`);
    expect(going(await retire(pool, { history: history(), nowMs: inDays(8) }))).toEqual({ batches: 1 });
    expect(
      going(await retire(pool, { history: history({ comparisonsMs: 1e12 }), nowMs: inDays(31) })),
    ).toMatchObject({ dead_letters: 1 });
    expect(await retire(pool, { history: history(), nowMs: inDays(91) })).toMatchObject({
      messages: messages.rowCount,
    });
    expect((await pool.query('select 1 from outbox where done_at is not null')).rowCount).toBe(0);
  });
});
