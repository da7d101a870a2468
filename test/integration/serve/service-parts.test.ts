import { afterAll, beforeEach, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/load.ts';
import type { Config } from '../../../src/config/resolve.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import type { Table } from '../../../src/core/table.ts';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { evaluateWindow, type EvaluationInput } from '../../../src/pipeline/evaluate/evaluate-window.ts';
import { evaluate } from '../../../src/pipeline.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { sendReminders } from '../../../src/pipeline/messages/reminders.ts';
import { replayDeadLetters } from '../../../src/pipeline/intake/replay-dead-letters.ts';
import { requestScheduledRetrains } from '../../../src/pipeline/retrain/scheduled-retrains.ts';
import { sweepWindows } from '../../../src/pipeline/windows/sweeper.ts';
import { decodeReference } from '../../../src/stats/profile/reference-codec.ts';
import { decodeRowSample } from '../../../src/stats/profile/rows/row-sample-codec.ts';
import { RowSample } from '../../../src/stats/profile/rows/row-sample.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { recordRetrainStatus } from '../../../src/store/retrain/runs.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { firingAlert } from '../firing-alert.ts';

const NOON = Date.UTC(2026, 2, 1, 12);
/** No test waits for a source to fall silent: time is what the events say. */
const NEVER_IDLE_MS = 3_650 * DAY_MS;

describeWith(['postgres'], 'the parts that the service repeats', () => {
  let url: string;
  let pool: Pool;
  const pools: Pool[] = [];
  beforeEach(async () => {
    ({ url } = await createDatabase('parts'));
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    pools.push(pool);
  });
  afterAll(async () => await Promise.all(pools.map(async (each) => await each.end())));

  test('a due reminder is one message a channel, whoever looks', async () => {
    const alerts = { forWindows: 1, remindEveryMs: DAY_MS, channels: ['mail', 'other-mail'] };
    const catalog = await ModelCatalog.open(pool, [modelSpec({ alerts })]);
    await firingAlert(pool, catalog, NOON - DAY_MS, NOON - 1);
    const told = await Promise.all([1, 2, 3].map(async () => await sendReminders(pool, catalog, NOON)));
    expect(told.reduce((sum, count) => sum + count)).toBe(1);
    expect(await outbox(pool, 'notify')).toMatchObject([
      { channel: 'mail', notification: { kind: 'reminder', nextReminderAtMs: NOON + DAY_MS } },
      { channel: 'other-mail', notification: { kind: 'reminder', rows: 321 } },
    ]);
    expect(await values(pool, 'select next_reminder_at from alert')).toEqual([new Date(NOON + DAY_MS)]);
    expect(await values(pool, 'select kind from alert_event')).toEqual(['reminder']);

    expect(await sendReminders(pool, catalog, NOON + DAY_MS - 1)).toBe(0);
    expect(await sendReminders(pool, catalog, NOON + DAY_MS)).toBe(1);
    expect(await outbox(pool, 'notify')).toHaveLength(4);
  });

  test('an alert of a model that is configured no more reminds nobody, once and for all', async () => {
    await firingAlert(pool, await ModelCatalog.open(pool, [modelSpec()]), NOON - DAY_MS, NOON - 1);
    expect(await sendReminders(pool, await ModelCatalog.open(pool, []), NOON)).toBe(1);
    expect(await sendReminders(pool, await ModelCatalog.open(pool, []), NOON)).toBe(0);
    expect(await outbox(pool, 'notify')).toEqual([]);
  });

  test('a schedule that comes due asks once, and not while a run is open', async () => {
    const retrain = { webhook: 'train', schedule: '0 3 * * *', performance: null, drift: [], cooldownMs: 0 };
    const catalog = await ModelCatalog.open(pool, [modelSpec({ retrain })]);
    const model = catalog.model('credit-risk');
    if (model === null) throw new Error('no model');
    await catalog.versionId(model, '1');
    const ask = async (nowMs: number): Promise<void> =>
      await requestScheduledRetrains({ pool, catalog, timezone: 'UTC', log: silentLog }, nowMs);
    const three = (day: number): number => Date.UTC(2026, 2, day, 3);
    const runs = async () => await values(pool, 'select id from retrain_run order by requested_at');

    await ask(NOON);
    await ask(three(2) - 1);
    expect(await runs()).toEqual([]);
    await Promise.all([ask(three(2)), ask(three(2)), ask(three(2))]);
    await ask(three(2) + MINUTE_MS);
    const [first] = await runs();
    expect(await outbox(pool, 'retrain')).toMatchObject([
      { webhook: 'train', request: { runId: first, trigger: 'schedule', modelVersion: '1', verdict: null } },
    ]);

    await ask(three(3));
    expect(await runs()).toEqual([first]);
    const done = {
      status: 'succeeded',
      externalId: null,
      newVersion: '2',
      detail: null,
      metrics: null,
      progress: [],
    } as const;
    expect(await recordRetrainStatus(pool, String(first), done, three(3) + HOUR_MS)).toMatchObject({
      ok: true,
    });
    // The third was passed over for the open run; it is not made up for.
    await ask(three(3) + 2 * HOUR_MS);
    expect(await runs()).toHaveLength(1);
    await ask(three(4));
    expect(await runs()).toHaveLength(2);
    expect(await outbox(pool, 'retrain')).toHaveLength(2);
  });

  test('a batch sent again with its key is answered again and counted once', async () => {
    const accept = await accepting(pool, [modelSpec()]);
    // Without ids only the key can tell that they are the same.
    const body = lines([predicted(null, 1), predicted(null, 2), predicted(null, 3)]);
    const first = await send(accept, body, 'k1');
    expect(first).toEqual({
      ok: true,
      value: { accepted: 3, late: 0, ignored: 0, duplicates: 0, dead_letters: [] },
    });
    expect(await send(accept, body, 'k1')).toEqual(first);
    expect(await counted(pool)).toEqual({ 'prediction windowed': 3 });

    const other = await send(accept, lines([predicted(null, 4)]), 'k1');
    expect(other).toMatchObject({ ok: false, error: { reason: 'idempotency_conflict' } });
    expect(await counted(pool)).toEqual({ 'prediction windowed': 3 });
  });

  test('of requests with one key at one moment one is stored, and all get its answer', async () => {
    const accept = await accepting(pool, [modelSpec()]);
    const body = lines([predicted(null, 1), predicted('with-id', 2), { type: 'label' }]);
    const answers = await Promise.all([1, 2, 3, 4].map(async () => await send(accept, body, 'k2')));
    for (const answer of answers) {
      expect(answer).toMatchObject({
        ok: true,
        value: { accepted: 2, duplicates: 0, dead_letters: [{ index: 2 }] },
      });
    }
    expect(await counted(pool)).toEqual({ 'prediction windowed': 2, 'unknown dead_letter': 1 });
    expect(await values(pool, 'select count(*) from prediction')).toEqual([2]);
    expect(await values(pool, 'select count(*) from dead_letter')).toEqual([1]);
    expect(await values(pool, 'select sum(rows) from window_part')).toEqual(['2']);
  });

  test('letters of an unknown model are counted once the model is configured, by however many replays', async () => {
    const letters = [predicted('a', 1), predicted('a', 2), predicted(null, 3), predicted(null, 4)];
    const accept = await accepting(pool, []);
    await send(accept, `${lines(letters)}not json\n`, null);
    const before = { 'prediction unknown_model': 4, 'unknown dead_letter': 1 };
    expect(await counted(pool)).toEqual(before);
    const request = { config: await config(), databaseUrl: url, reason: null, model: null, limit: null };

    const rehearsed = await replayDeadLetters({ ...request, dryRun: true });
    const stillDead = [{ reason: 'malformed_json', count: 1 }];
    const outcome = { accepted: 3, duplicates: 1, truncated: 0, withheld: 0, stillDead };
    expect(rehearsed).toEqual(outcome);
    expect(await counted(pool)).toEqual(before);
    for (const table of [
      'model',
      'model_version',
      '"window"',
      'window_part',
      'prediction',
      'prediction_block',
    ]) {
      expect(await values(pool, `select count(*) from ${table}`), table).toEqual([0]);
    }

    const both = await Promise.all(
      [1, 2].map(async () => await replayDeadLetters({ ...request, dryRun: false })),
    );
    expect(both.map(({ accepted }) => accepted).sort((a, b) => a - b)).toEqual([0, 3]);
    // Five were consumed, five are accounted for.
    expect(await counted(pool)).toEqual({
      'prediction windowed': 3,
      'prediction duplicate': 1,
      'unknown dead_letter': 1,
    });
    expect(await values(pool, 'select sum(rows) from window_part')).toEqual(['3']);
    expect(await values(pool, 'select reason from dead_letter where replayed_at is null')).toEqual([
      'malformed_json',
    ]);
  });

  test('a late row revises its closed window, until it is too late', async () => {
    const spec = modelSpec({ windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 2 * HOUR_MS }] });
    const catalog = await ModelCatalog.open(pool, [spec]);
    const accept = acceptor(pool, catalog, 0);
    const look = async (): Promise<number> =>
      await sweepWindows({ pool, catalog, logSources: [], idleAfterMs: NEVER_IDLE_MS });
    const judge = async (windowId: string): Promise<string> => await evaluated(pool, catalog, windowId);
    const state = `select state || ' ' || (coalesce(closed_deltas, 0) < (select sum(deltas) from window_part
      where window_id = w.id)) || ' ' || late_rows from "window" w order by start_at limit 1`;

    await send(accept, lines([predicted('a', 10), predicted('b', 20)]), null);
    expect(await look()).toBe(0);
    await send(accept, lines([predicted('c', 61)]), null);
    expect(await look()).toBe(1);
    const [{ windowId } = { windowId: '' }] = await outbox(pool, 'evaluate');
    expect(await judge(String(windowId))).toBe('evaluated');
    // Nothing to compare with: watched, and said to be.
    expect(await values(pool, `select verdict || ' ' || reason || ' ' || rows from verdict`)).toEqual([
      'undetermined no_baseline 2',
    ]);
    expect(await values(pool, state)).toEqual(['closed false 0']);

    await send(accept, lines([predicted('late', 15)]), null);
    expect(await values(pool, state)).toEqual(['closed true 1']);
    expect(await look()).toBe(1);
    expect(await look()).toBe(0);
    expect(await outbox(pool, 'evaluate')).toEqual(
      [1, 2].map(() => ({ kind: 'evaluate', windowId, series: 'closed' })),
    );
    expect(await judge(String(windowId))).toBe('evaluated');
    expect(await values(pool, 'select rows from verdict order by revision')).toEqual([2, 3]);
    expect(await values(pool, state)).toEqual(['closed false 1']);

    await send(accept, lines([predicted('d', 4 * 60)]), null);
    await look();
    await send(accept, lines([predicted('too-late', 16)]), null);
    expect(await counted(pool)).toEqual({ 'prediction windowed': 5, 'prediction late': 1 });
    expect(await values(pool, state)).toEqual(['closed false 1']);
    expect(await judge('999')).toBe('not_closed');
  });

  test('a posted row is late by what was posted before it, whichever process took it', async () => {
    const spec = modelSpec({ windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: HOUR_MS }] });
    const post = async (...events: object[]) =>
      await send(await accepting(pool, [spec]), lines(events), null);
    // Nothing came before the first, however old it is, and what comes after it does not matter.
    expect(await post(predicted('a', -9 * 60), predicted('b', 10))).toMatchObject({
      value: { accepted: 2, late: 0 },
    });
    expect(await post(predicted('c', -50), predicted('d', -51))).toMatchObject({
      value: { accepted: 1, late: 1 },
    });
    // Its window has closed long ago, because time in other logs has moved on; it is revised all the same.
    await pool.query(`update "window" set state = 'matured'`);
    expect(await post(predicted('e', -49))).toMatchObject({ value: { accepted: 1, late: 0 } });
    expect(await values(pool, `select late_rows from "window" where late_rows > 0`)).toEqual([1]);
  });

  test('a body that would open more than 500 windows is refused, with their number, and leaves nothing', async () => {
    const spec = modelSpec({ windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }] });
    const hours = (from: number, to: number): object[] =>
      Array.from({ length: to - from }, (_, i) => predicted(`h${from + i}`, -60 * (from + i)));
    const post = async (events: object[]) => await send(await accepting(pool, [spec]), lines(events), 'key');
    const nothing = async () => {
      const tables = [
        '"window"',
        'model_version',
        'source_position',
        'event_read',
        'watermark',
        'event_batch',
      ];
      return await values(pool, tables.map((table) => `select count(*) from ${table}`).join(' union all '));
    };
    expect(await post(hours(0, 501))).toEqual({
      ok: false,
      error: { reason: 'too_many_windows', detail: expect.stringContaining('would open 501 windows') },
    });
    expect(new Set(await nothing())).toEqual(new Set([0]));
    expect(await post(hours(0, 500))).toMatchObject({ ok: true, value: { accepted: 500 } });
    // Only new windows are worth refusing for.
    const again = await send(await accepting(pool, [spec]), lines(hours(300, 900)), null);
    expect(again).toMatchObject({ ok: true, value: { accepted: 400, duplicates: 200 } });
  });

  test('features logged apart count once and stand beside their prediction in the row sample', async () => {
    const spec = modelSpec({
      featuresFrom: 'features',
      windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: DAY_MS }],
    });
    await storeBaseline(pool, spec, 'default', trainingTable(300), { file: 'training' });
    const catalog = await ModelCatalog.open(pool, [spec]);
    const accept = acceptor(pool, catalog, 0);
    const ids = Array.from({ length: 250 }, (_, index) => `r${index}`);
    // What the prediction says of its features is not what counts for this model.
    const predictions = ids.map((id, index) => ({ ...predicted(id, index % 60), features: { age: 999 } }));
    const features = ids.map((id, index) => ({
      ...predicted(id, index % 60),
      type: 'features',
      features: { age: ageOf(index) },
    }));
    await send(accept, lines(predictions.slice(0, 100)), null);
    await send(accept, lines(features), null);
    await send(accept, lines([...predictions.slice(100), ...features.slice(0, 7)]), null);
    expect(await counted(pool)).toEqual({
      'features duplicate': 7,
      'features windowed': 250,
      'prediction windowed': 250,
    });
    await send(accept, lines([predicted('next', 61)]), null);
    await sweepWindows({ pool, catalog, logSources: [], idleAfterMs: NEVER_IDLE_MS });
    const [{ windowId } = { windowId: '' }] = await outbox(pool, 'evaluate');
    let seen: EvaluationInput | null = null;
    await evaluated(pool, catalog, String(windowId), (input) => (seen = input));

    expect(await values(pool, 'select rows from verdict')).toEqual([250]);
    expect(await values(pool, `select rows_current from measurement where subject = 'feature'`)).toEqual([
      250,
    ]);
    expect(await values(pool, `select psi < 0.01 from measurement where name = 'age'`)).toEqual([true]);
    expect(agesIn(seen)).toEqual(ids.map((_, index) => ageOf(index)).sort((a, b) => a - b));
  });
});

function predicted(id: string | null, minute: number) {
  return {
    type: 'prediction',
    ...(id === null ? {} : { prediction_id: id }),
    model: 'credit-risk',
    timestamp: NOON + minute * MINUTE_MS,
    features: { age: 42 },
    prediction: 'approve',
    score: 0.8,
  };
}

function lines(events: readonly object[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

function acceptor(pool: Pool, catalog: ModelCatalog, reevaluateAfterMs: number) {
  const limits = DEFAULT_DECODE_LIMITS;
  return createAcceptEvents({ pool, catalog, segments: new SegmentRegistry(), limits, reevaluateAfterMs });
}

async function accepting(pool: Pool, specs: readonly ModelSpec[]) {
  return acceptor(pool, await ModelCatalog.open(pool, specs), HOUR_MS);
}

async function send(accept: ReturnType<typeof acceptor>, body: string, idempotencyKey: string | null) {
  return await accept({ body: Buffer.from(body), idempotencyKey, receivedAtMs: NOON + DAY_MS });
}

async function evaluated(
  pool: Pool,
  catalog: ModelCatalog,
  windowId: string,
  onInput: (input: EvaluationInput) => void = () => {},
): Promise<string> {
  const compute = (input: EvaluationInput) => {
    onInput(input);
    return Promise.resolve(evaluateWindow(input));
  };
  const clock = { nowMs: () => NOON + DAY_MS };
  return await evaluate(
    { pool, catalog, compute, clock, log: silentLog },
    { kind: 'evaluate', windowId, series: 'closed' },
  );
}

/** Ages of the sampled rows that have a prediction, sorted. */
function agesIn(input: EvaluationInput | null): number[] {
  if (input === null || input.baseline === null) throw new Error('nothing was computed');
  const reference = decodeReference(input.baseline.profile);
  const sample = new RowSample(reference);
  for (const { kind, delta } of input.parts) {
    if (kind === 'rows') sample.merge(decodeRowSample(delta, reference));
  }
  const rows = sample.rows.filter(([, { predicted }]) => predicted !== null);
  return rows.map(([, { values: cells }]) => Number(cells?.[0])).sort((a, b) => a - b);
}

function ageOf(row: number): number {
  return 20 + (row % 50);
}

function trainingTable(rows: number): Table {
  const values = Float64Array.from({ length: rows }, (_, row) => ageOf(row));
  const approve = {
    kind: 'categorical',
    codes: new Int32Array(rows),
    levels: ['approve'],
    invalid: 0,
  } as const;
  return {
    rows,
    features: [{ name: 'age', kind: 'numeric', values, invalid: 0 }],
    prediction: { name: 'prediction', ...approve },
    score: { name: 'score', kind: 'numeric', values: new Float64Array(rows).fill(0.8), invalid: 0 },
    label: null,
    timestampMs: null,
    predictionId: null,
  };
}

async function config(more = ''): Promise<Config> {
  const text = `models:\n  - { name: credit-risk, task: classification, positive_class: approve }\n${more}`;
  const readFile = (path: string): Promise<string> => Promise.reject(new Error(path));
  const parsed = await parseConfig(text, { file: 'shiftwatch.yaml', env: {}, readFile });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

/** Consumed events by type and what became of them, over all sources. */
async function counted(pool: Pool): Promise<Record<string, number>> {
  const found = await pool.query<{ name: string; n: number }>(
    `select event_type || ' ' || outcome as name, sum(count)::bigint as n from event_count
     group by 1 having sum(count) <> 0`,
  );
  return Object.fromEntries(found.rows.map(({ name, n }) => [name, n]));
}

async function outbox(pool: Pool, kind: string): Promise<Record<string, unknown>[]> {
  const found = await pool.query<{ payload: Record<string, unknown> }>(
    'select payload from outbox where kind = $1 order by id',
    [kind],
  );
  return found.rows.map(({ payload }) => payload);
}

/** The first column. */
async function values(pool: Pool, sql: string): Promise<unknown[]> {
  const found = await pool.query<unknown[]>({ text: sql, rowMode: 'array' });
  return found.rows.map(([value]) => value);
}
