import { beforeAll, beforeEach, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import type { Retention } from '../../../src/core/history/retention.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { ModelSpec, WindowSpec } from '../../../src/core/model.ts';
import { storeBaseline } from '../../../src/pipeline/evaluate/store-baseline.ts';
import { createListDays } from '../../../src/pipeline/history/list-days.ts';
import { addUpWindows } from '../../../src/pipeline/history/add-up.ts';
import { BaselineReferences } from '../../../src/pipeline/history/baseline-references.ts';
import { retire } from '../../../src/pipeline/history/retire.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { makePartitionsAhead } from '../../../src/store/history/partitions.ts';
import { retireHistory } from '../../../src/store/history/retire.ts';
import { keptHistory } from '../../../src/store/read-models/kept-history.ts';
import { register } from '../../../src/cli/days/days.ts';
import { configOf, run } from '../../cli/operations.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { countedAtOnce, type Row, rowsAt, sendRows, training } from './day-rows.ts';

const RETENTION: Retention = {
  predictionsMs: 10_000 * DAY_MS,
  comparisonsMs: 20 * DAY_MS,
  countsMs: 60 * DAY_MS,
  daysMs: 200 * DAY_MS,
  weeksMs: 900 * DAY_MS,
  windowsMs: 100 * DAY_MS,
  incidentsMs: 300 * DAY_MS,
  messagesMs: 90 * DAY_MS,
  deadLettersMs: 30 * DAY_MS,
  batchesMs: 7 * DAY_MS,
  auditMs: 400 * DAY_MS,
};
/** A Friday: days of two weeks. */
const FIRST = Date.UTC(2026, 2, 6);
const DAYS = 5;
const HOURS = [0, 1, 5, 6, 13, 23];
const ROWS = 7;
/** A few parts of windows. */
const STEP_BYTES = 1_000;
const FOREVER = { graceMs: 0, acceptLateMs: 3_650 * DAY_MS };
const of = (...hours: number[]): WindowSpec[] =>
  hours.map((size) => ({ sizeMs: size * HOUR_MS, ...FOREVER }));
/** Everything was stored now, so ages count from here. */
const inDays = (days: number): number => Date.now() + days * DAY_MS;

describeWith(['postgres'], 'counts of windows, added up by day and week', () => {
  let pool: Pool;
  let url = '';

  beforeAll(async () => {
    ({ url } = await createDatabase('days'));
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
  });

  beforeEach(async () => {
    await pool.query('truncate day_profile, "window", window_part cascade');
  });

  /** A model of its own for each test, with a way to send rows. */
  async function modelOf(name: string, windows: WindowSpec[]) {
    const spec: ModelSpec = modelSpec({
      name,
      segments: ['country'],
      windows,
      labels: { horizonMs: 30 * DAY_MS, matureAfterMs: HOUR_MS, minLabelled: 10 },
      minRows: 10,
    });
    await storeBaseline(pool, spec, '1', training, { file: 'training.csv' });
    const send = async (rows: readonly Row[]): Promise<void> => await sendRows(pool, spec, rows);
    const history = (over: Partial<Retention> = {}) => ({
      retention: RETENTION,
      models: [{ model: name, horizonMs: 30 * DAY_MS, retention: { ...RETENTION, ...over } }],
    });
    return { name, send, history };
  }

  async function stored(model: string, every: 'day' | 'week', start: string, segment: string) {
    const found = await pool.query<{ kind: string; rows: number; windows: number; profile: Buffer }>(
      `select kind, d.rows::float8 as rows, windows::float8 as windows, profile from day_profile d
       join model_version v on v.id = d.model_version_id join model m on m.id = v.model_id
       where m.name = $1 and every = $2 and start_at = $3::date and segment = $4 order by kind`,
      [model, every, start, segment],
    );
    expect(found.rows.map(({ kind }) => kind)).toEqual(['input', 'label']);
    const [input, label] = found.rows;
    return {
      windows: input!.windows,
      counted: {
        rows: input!.rows,
        labelled: label!.rows,
        input: input!.profile.toString('hex'),
        label: label!.profile.toString('hex'),
      },
    };
  }

  const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const mondayOf = (ms: number): string => dateOf(ms - ((new Date(ms).getUTCDay() + 6) % 7) * DAY_MS);
  const partsLeft = async (): Promise<number> =>
    (await pool.query(`select 1 from window_part`)).rowCount ?? 0;

  /** The newest windows are the last of their partition. @returns where it begins */
  async function endPartition(): Promise<number> {
    await makePartitionsAhead(pool);
    const last = await pool.query<{ from: number; to: number }>(
      `select from_id::float8 as from, to_id::float8 as to from history_partition
       where parent = 'window_part' and from_id <= (select max(id) from "window") order by from_id desc limit 1`,
    );
    const { from, to } = last.rows[0]!;
    await pool.query(`select setval('window_id_seq', $1)`, [to]);
    await makePartitionsAhead(pool);
    return from;
  }

  /** Of what holds the parts of windows from this one on: another once it was dropped, though some windows of it stay. */
  const tableFrom = async (from: number): Promise<unknown> =>
    (await pool.query(`select to_regclass($1)::oid as oid`, [`window_part_from_${from}`])).rows[0];

  /** Every so many writes to a day the process ends. */
  async function killedOften(work: () => Promise<unknown>): Promise<number> {
    await pool.query(`
      create sequence if not exists write_seq;
      create or replace function kill() returns trigger language plpgsql as $$
        begin if nextval('write_seq') % 17 = 0 then raise exception 'killed'; end if; return new; end $$;
      create trigger kill before insert or update on day_profile_day for each row execute function kill();
      create trigger kill before insert or update on day_profile_week for each row execute function kill()`);
    let killed = 0;
    try {
      for (;;) {
        try {
          await work();
          return killed;
        } catch (error) {
          if (!(error instanceof Error && error.message === 'killed')) throw error;
          killed += 1;
        }
      }
    } finally {
      await pool.query('drop trigger kill on day_profile_day; drop trigger kill on day_profile_week');
    }
  }

  it.each(['window by window', 'with their partition'])(
    'are those of all rows of the day, each once, when they go %s and the process ends again and again',
    async (how) => {
      const { name, send, history } = await modelOf(`credit ${how}`, of(1, 6, 24));
      const rows: Row[] = [];
      for (let day = 0; day < DAYS; day += 1) {
        for (const hour of HOURS) rows.push(...rowsAt(FIRST + day * DAY_MS + hour * HOUR_MS, ROWS));
      }
      await send(rows.filter((_, n) => n % 2 === 0));
      await send(rows.filter((_, n) => n % 2 === 1));
      const beforeParts = await partsLeft();
      expect(beforeParts).toBeGreaterThan(DAYS * HOURS.length);
      const from = how === 'with their partition' ? await endPartition() : null;
      const table = from === null ? null : await tableFrom(from);

      const dry = await retire(pool, { history: history(), nowMs: inDays(61), isDry: true });
      expect(dry).toMatchObject({ counts: DAYS * (HOURS.length + 4 + 1), days: 0, weeks: 0 });
      expect(await partsLeft()).toBe(beforeParts);
      const killed = await killedOften(
        async () => await retire(pool, { history: history(), nowMs: inDays(61), stepBytes: STEP_BYTES }),
      );
      expect(killed).toBeGreaterThan(3);
      if (from !== null) expect(await tableFrom(from)).not.toEqual(table);
      expect(await partsLeft()).toBe(0);
      for (let day = 0; day < DAYS; day += 1) {
        const from = FIRST + day * DAY_MS;
        const own = rows.filter(({ atMs }) => atMs >= from && atMs < from + DAY_MS);
        for (const segment of ['', 'country=DE', 'country=FR', 'country=IT'])
          expect((await stored(name, 'day', dateOf(from), segment)).counted).toEqual(
            countedAtOnce(own, segment),
          );
        expect((await stored(name, 'day', dateOf(from), '')).windows).toBe(HOURS.length);
      }

      // What comes to a window all the same is added the next time, and is no other window.
      const late = rowsAt(FIRST + 5 * HOUR_MS, 3);
      await send(late);
      rows.push(...late);
      await retire(pool, { history: history(), nowMs: inDays(61) });
      await retire(pool, { history: history(), nowMs: inDays(61) });
      const firstDay = rows.filter(({ atMs }) => atMs < FIRST + DAY_MS);
      expect(await stored(name, 'day', dateOf(FIRST), '')).toEqual({
        windows: HOURS.length,
        counted: countedAtOnce(firstDay, ''),
      });

      expect(await retire(pool, { history: history(), nowMs: inDays(199) })).toMatchObject({ days: 0 });
      const going = await retire(pool, { history: history(), nowMs: inDays(201), isDry: true });
      expect(going).toMatchObject({ days: DAYS, weeks: 0 });
      await killedOften(
        async () => await retire(pool, { history: history(), nowMs: inDays(201), stepBytes: STEP_BYTES }),
      );
      for (const monday of new Set(rows.map(({ atMs }) => mondayOf(atMs)))) {
        const own = rows.filter(({ atMs }) => mondayOf(atMs) === monday);
        for (const segment of ['', 'country=IT'])
          expect((await stored(name, 'week', monday, segment)).counted).toEqual(countedAtOnce(own, segment));
      }
      expect((await pool.query('select 1 from day_profile_day')).rowCount).toBe(0);
      const { kept_ms: keptMs, since } = (await keptHistory(pool, RETENTION)).find(
        ({ kind }) => kind === 'weeks',
      )!;
      expect([keptMs, since === null]).toEqual([900 * DAY_MS, false]);
      expect(await retire(pool, { history: history(), nowMs: inDays(901) })).toMatchObject({ weeks: 2 });
      expect((await pool.query('select 1 from day_profile')).rowCount).toBe(0);
    },
  );

  it.each(['window by window', 'with their partition'])(
    'hold what comes to a window between being added up and going %s',
    async (how) => {
      const { name, send, history } = await modelOf(`late ${how}`, of(1));
      const rows = rowsAt(FIRST, 4);
      await send(rows);
      if (how === 'with their partition') await endPartition();
      const line = { pool, references: new BaselineReferences(pool), log: silentLog };
      const policy = { ...history(), nowMs: inDays(101) };
      await retireHistory(pool, policy, {
        isDry: false,
        addUp: async (ids) => {
          await addUpWindows(line, ids);
          if (rows.length > 4) return;
          const late = rowsAt(FIRST + HOUR_MS / 2, 2);
          rows.push(...late);
          await send(late);
        },
      });
      expect((await stored(name, 'day', dateOf(FIRST), '')).counted.rows).toBe(6);
      await retire(pool, { history: history(), nowMs: policy.nowMs });
      expect(await stored(name, 'day', dateOf(FIRST), '')).toEqual({
        windows: 1,
        counted: countedAtOnce(rows, ''),
      });
      expect((await pool.query('select 1 from "window"')).rowCount).toBe(0);
    },
  );

  it('are of one size of windows, and of none that do not fit into a day', async () => {
    const rows = [...rowsAt(FIRST + HOUR_MS, 5), ...rowsAt(FIRST + 22 * HOUR_MS, 5)];
    const rowsOf = async (windows: WindowSpec[], name: string): Promise<number | undefined> => {
      const { send, history } = await modelOf(name, windows);
      await send(rows.map((row) => ({ ...row, id: `${row.id} ${name}` })));
      await retire(pool, { history: history(), nowMs: inDays(61) });
      expect(await partsLeft()).toBe(0);
      const { items } = await createListDays(pool)(
        { model: name, every: 'day', segment: '' },
        { limit: 10, after: null },
      );
      expect(items.length).toBeLessThanOrEqual(1);
      return items[0]?.rows;
    };
    expect(await rowsOf(of(2, 3), 'not multiples')).toBe(10);
    expect(await rowsOf(of(24), 'a day')).toBe(10);
    // From noon on a smaller size, too.
    const { name, send, history } = await modelOf('from noon on', of(24));
    await send(rows.slice(0, 5).map((row) => ({ ...row, id: `${row.id} noon` })));
    const later = await modelOf(name, of(1, 24));
    await later.send(rows.slice(5).map((row) => ({ ...row, id: `${row.id} noon` })));
    await retire(pool, { history: history(), nowMs: inDays(61) });
    const sum = `select sum(d.rows)::int as rows, max(d.windows)::int as windows from day_profile d
      join model_version v on v.id = d.model_version_id join model m on m.id = v.model_id and m.name = $1 where segment = '' and kind = 'input'`;
    expect((await pool.query(sum, [name])).rows).toEqual([{ rows: 10, windows: 1 }]);
    expect(await rowsOf(of(48), 'two days')).toBeUndefined();
    // 20:00 to 1:00 is of two days; of windows of a day all are whole.
    const epoch = FIRST / HOUR_MS;
    const fits = [1, 22].filter((hour) => {
      const start = Math.floor((epoch + hour) / 5) * 5;
      return start >= epoch && start + 5 <= epoch + 24;
    });
    expect(await rowsOf(of(5), 'five hours')).toBe(fits.length === 0 ? undefined : fits.length * 5);
    expect(await rowsOf(of(5, 24), 'five hours and a day')).toBe(10);
  });

  it('go at once where all is older than it is kept, and a dry run says so', async () => {
    const { send, history } = await modelOf('all at once', of(1, 24));
    await send([...rowsAt(FIRST, 3), ...rowsAt(FIRST + HOUR_MS, 3), ...rowsAt(FIRST + 7 * DAY_MS, 3)]);
    const run = async (days: number, isDry: boolean) =>
      await retire(pool, { history: history(), nowMs: inDays(days), isDry });
    for (const [days, said] of [
      [201, { days: 2, weeks: 0 }],
      [901, { days: 0, weeks: 2 }],
    ] as const) {
      const dry = await run(days, true);
      expect(dry).toMatchObject(said);
      expect(await run(days, false)).toEqual(dry);
      expect(await run(days, false)).toMatchObject({ counts: 0, windows: 0, days: 0, weeks: 0 });
    }
    await send(rowsAt(FIRST, 3));
    const dry = await run(901, true);
    expect(dry).toMatchObject({ counts: 2, days: 1, weeks: 1 });
    expect(await run(901, false)).toEqual(dry);
    expect((await pool.query('select 1 from day_profile')).rowCount).toBe(0);
  });

  it('go with days where weeks are off', async () => {
    const { name, send, history } = await modelOf('no weeks', of(1));
    await send(rowsAt(FIRST, 3));
    await retire(pool, { history: history({ weeksMs: null }), nowMs: inDays(61) });
    expect((await stored(name, 'day', dateOf(FIRST), '')).counted.rows).toBe(3);
    expect(await retire(pool, { history: history({ weeksMs: null }), nowMs: inDays(201) })).toMatchObject({
      days: 1,
      weeks: 0,
    });
    expect((await pool.query('select 1 from day_profile')).rowCount).toBe(0);
  });

  it('are added up at once, also of windows that feed one whose labels never came', async () => {
    const { send, history } = await modelOf('never matured', of(1, 24));
    await send(rowsAt(FIRST, 8));
    await pool.query(`update "window" set state = 'closed' where size_ms = ${DAY_MS}`);
    expect(await retire(pool, { history: history(), nowMs: inDays(61) })).toMatchObject({ counts: 2 });
  });

  it('say what their features were, page by page', async () => {
    const { name, send, history } = await modelOf('asked', of(1));
    const rows = [0, 1, 2].flatMap((day) => rowsAt(FIRST + day * DAY_MS, 8));
    await send(rows);
    await retire(pool, { history: history(), nowMs: inDays(61) });
    const list = createListDays(pool);
    const asked = { model: name, every: 'day', segment: '' } as const;
    const first = await list({ ...asked, feature: 'size' }, { limit: 2, after: null });
    expect(first.items.map(({ start }) => dateOf(Date.parse(start)))).toEqual(
      [2, 1].map((day) => dateOf(FIRST + day * DAY_MS)),
    );
    const rest = await list({ ...asked, feature: 'size' }, { limit: 2, after: first.next });
    expect(rest.next).toBeNull();
    const own = rows.slice(0, 8).map(({ features }) => Number(features['size']));
    const mean = own.reduce((sum, size) => sum + size, 0) / own.length;
    expect(rest.items).toMatchObject([
      {
        model: name,
        version: '1',
        every: 'day',
        start: new Date(FIRST).toISOString(),
        end: new Date(FIRST + DAY_MS).toISOString(),
        segment: '',
        rows: 8,
        windows: 1,
        labelled: rows.slice(0, 8).filter(({ label }) => label !== null).length,
        prediction: null,
        features: [{ name: 'size', kind: 'numeric', rows: 8, missing: 0, invalid: 0 }],
      },
    ]);
    const [size] = rest.items[0]!.features;
    expect(size!.mean).toBeCloseTo(mean, 12);
    expect(size!.counts.current.reduce((sum, n) => sum + n, 0)).toBe(8);
    const [all] = (
      await list({ ...asked, to: new Date(FIRST + DAY_MS).toISOString() }, { limit: 5, after: null })
    ).items;
    expect(all!.features.map((each) => each.name)).toEqual(['size', 'country']);
    expect(all!.prediction).toMatchObject({ name: 'prediction', rows: 8 });
    const config = async () => await configOf(`database: "${url}"`);
    const cli = async (...more: string[]) =>
      (await run(register, ['days', '--model', name, '--segment', '', ...more], { config })).out;
    expect((await cli()).split('\n').slice(0, 2)).toEqual([
      'START (UTC)  VERSION  SEGMENT  ROWS  LABELLED  WINDOWS',
      expect.stringMatching(/^2026-03-08 {3}1 {8}- {8}8 {5}\d {9}1$/v),
    ]);
    expect(await cli('--feature', 'country', '--from', '2026-03-08')).toMatch(/0\.0 %.* DE \d/v);
    expect(JSON.parse(await cli('--feature', 'size', '--to', '2026-03-07', '--json'))).toEqual(rest.items);
    const segments = await list({ model: name, every: 'day' }, { limit: 500, after: null });
    expect(new Set(segments.items.map((each) => each.segment))).toEqual(
      new Set(['', 'country=DE', 'country=FR', 'country=IT']),
    );
    // With `privacy.min_count` neither levels nor segments of too few rows are named.
    const shy = createListDays(pool, [{ name, minCount: 1_000_000 }]);
    const { items: hidden } = await shy({ model: name, every: 'day' }, { limit: 500, after: null });
    expect(JSON.stringify(hidden)).not.toMatch(/"(?:DE|FR|IT)"/v);
    expect(hidden[0]!.features[1]!.counts.bins).toContain('(rare)');
  });
});
