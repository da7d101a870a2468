/** A feature that was counted, judged, told of and kept in every way: nothing of it is left, whole database searched. */
import { beforeAll, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import type { PartitionConsumer } from '../../../src/pipeline/consume/partition-consumer.ts';
import { storeBaseline } from '../../../src/pipeline/evaluate/store-baseline.ts';
import { forgetFeature, undoForgotten } from '../../../src/pipeline/history/feature/forget-feature.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { evaluate } from '../../../src/pipeline.ts';
import { evaluateWindow } from '../../../src/pipeline/evaluate/evaluate-window.ts';
import { keepingUp } from '../../../src/pipeline/windows/keep-up.ts';
import { foldCrowdedWindows } from '../../../src/pipeline/windows/fold-windows.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { admitNames } from '../../../src/store/windows/admitted-names.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { tableOf } from '../../diagnose/tables.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { evaluateDue } from '../../harness/evaluate-due.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { LOG_SOURCE, partitionConsumer, readToEnd } from '../partition-log.ts';
import { fillBesides } from './fill-besides.ts';
import { numberPatterns, spellings, tablesHolding, wholeDump } from '../whole-dump.ts';

const DEVICE = 'zq_device_fp';
const CHANNEL = 'zqChannel';
const START_MS = Date.UTC(2026, 2, 1);
const LEVELS = ['QXLEVEL-ALPHA', 'QXLEVEL-BETA'];
const NEW_LEVEL = 'QXLEVEL-GAMMA';
/** Met in the training data, in a window, and in a message that nobody could read. */
const NUMBERS = [918_273.645, 827_364.591, 736_459.182];
const ROWS = 400;

const MODEL = modelSpec({
  name: 'loans',
  windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  segments: [CHANNEL, 'site'],
  features: new Map([[DEVICE, { importance: 'high' }]]),
  minRows: 50,
  labels: { horizonMs: 30 * DAY_MS, matureAfterMs: HOUR_MS, minLabelled: 50 },
  alerts: { forWindows: 1, remindEveryMs: DAY_MS, channels: ['mail'] },
});

interface Row {
  readonly [DEVICE]: number | null;
  readonly [CHANNEL]: string;
  readonly income: number;
  readonly age: number;
  readonly site: string;
}

/** @param level there from now on, when most devices are not known any more */
function rowsOf(seed: number, rows: number, level: string | null = null): Row[] {
  const random = createRandom(seed);
  return Array.from({ length: rows }, (_, n) => ({
    [DEVICE]:
      n === 7
        ? NUMBERS[1]!
        : level !== null && n % 5 < 3
          ? null
          : Math.round(1_000 * (700_000 + 200_000 * random())) / 1_000,
    [CHANNEL]: level !== null && n % 3 === 0 ? level : LEVELS[n % 2]!,
    income: Math.round(2_000 + 3_000 * random()),
    age: 20 + Math.floor(50 * random()),
    site: `site-${n % 2}`,
  }));
}

function line(id: string, atMs: number, features: object): string {
  return JSON.stringify({
    type: 'prediction',
    model: 'loans',
    model_version: '1',
    prediction_id: id,
    timestamp: atMs,
    features,
    prediction: id.endsWith('1') ? 'deny' : 'approve',
    score: 0.5,
  });
}

const linesOf = (hour: number, rows: readonly object[], name = 'p'): string[] =>
  rows.map((row, n) => line(`${name}${hour}-${n}`, START_MS + hour * HOUR_MS + n * 5_000, row));

const HELD_BY = [
  'admitted_name',
  'alert',
  'alert_event',
  'baseline',
  'column_habit',
  'comparison',
  'day_profile',
  'dead_letter',
  'delivery_attempt',
  'digest_entry',
  'event_batch',
  'held_notification',
  'measurement',
  'model',
  'outbox',
  'prediction_chunk',
  'prediction_pack',
  'retrain_run',
  'silence',
  'surplus_column',
  'verdict',
  'window_part',
];
const VALUES_HELD_BY = ['baseline', 'day_profile', 'dead_letter', 'prediction_chunk', 'window_part'];

describeWith(['postgres'], 'forgetting a feature', () => {
  let pool: Pool;
  let catalog: ModelCatalog;
  let consumer: PartitionConsumer;
  let model: { id: number; name: string; task: 'classification' };
  const log: string[] = [];
  const names = [...spellings(DEVICE), ...spellings(CHANNEL)];
  const values = [...LEVELS, NEW_LEVEL]
    .flatMap(spellings)
    .concat(NUMBERS.flatMap((value) => numberPatterns(value, 3)));

  const read = async (lines: readonly string[]): Promise<void> => {
    let from = log.length;
    log.push(...lines);
    for (let back = 0; back < 10; back++) {
      await readToEnd(consumer, { partition: 0, values: log }, from);
      const rewind = consumer.rewinds().find(({ partition }) => partition === 0);
      if (rewind === undefined) return;
      from = Number(rewind.nextOffset);
    }
    throw new Error('the partition stands still');
  };
  const accepting = async () =>
    createAcceptEvents({
      pool,
      catalog: await ModelCatalog.open(pool, [MODEL]),
      segments: new SegmentRegistry(),
      limits: DEFAULT_DECODE_LIMITS,
      reevaluateAfterMs: 0,
    });
  let accept: Awaited<ReturnType<typeof accepting>>;
  const post = async (lines: readonly string[], idempotencyKey: string | null = null) =>
    await accept({
      body: Buffer.from(lines.join('\n')),
      idempotencyKey,
      receivedAtMs: START_MS + 9 * HOUR_MS,
    });
  const judge = async (hour: number) =>
    await evaluateDue({ pool, catalog }, START_MS + (hour + 1) * HOUR_MS + MINUTE_MS, [LOG_SOURCE]);
  const forget = async (name: string, isDry = false) => await forgetFeature(pool, { model, name, isDry });
  const notices = async (): Promise<number> => {
    const found = await pool.query<{ n: number }>(
      `select coalesce(sum(count), 0)::int as n from event_notice where notice = 'forgotten_columns'`,
    );
    return found.rows[0]!.n;
  };
  const nothingHolds = async (patterns = [...names, ...values]) =>
    expect(Object.fromEntries(tablesHolding(await wholeDump(pool), patterns))).toEqual({});

  beforeAll(async () => {
    const { url } = await createDatabase('forget_feature');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    await storeBaseline(pool, MODEL, '1', trainingTable(), { file: 'training.csv' });
    model = (await pool.query('select id, name, task from model')).rows[0];
    catalog = await ModelCatalog.open(pool, [MODEL]);
    consumer = await partitionConsumer(pool, { specs: [MODEL] });
    accept = await accepting();
    for (let hour = 0; hour < 3; hour++) {
      await read(linesOf(hour, rowsOf(hour + 10, ROWS)));
      await judge(hour);
    }
    for (let hour = 3; hour < 5; hour++) {
      await read(linesOf(hour, rowsOf(hour + 10, ROWS, NEW_LEVEL)));
      await judge(hour);
    }
    await post(
      linesOf(5, rowsOf(30, 60), 'h').concat([
        `{"type":"prediction","model":"loans","features":{"${DEVICE}":${NUMBERS[2]}`,
        JSON.stringify({
          type: 'prediction',
          model: 'loans',
          features: { [CHANNEL]: NEW_LEVEL },
          timestamp: DEVICE,
        }),
      ]),
      'batch-1',
    );
    const said = `${DEVICE} has another unit: 918273.645 was "${NEW_LEVEL}" where ${CHANNEL} is ${LEVELS[0]}`;
    await fillBesides(pool, { names: [DEVICE, CHANNEL], said });
  });

  it('is found everywhere before, so that the search can fail', async () => {
    const dump = await wholeDump(pool);
    const named = tablesHolding(dump, names);
    expect([...named.keys()]).toEqual(expect.arrayContaining(HELD_BY));
    expect([...tablesHolding(dump, values).keys()]).toEqual(expect.arrayContaining(VALUES_HELD_BY));
    for (const value of NUMBERS)
      expect(tablesHolding(dump, numberPatterns(value, 3)).size).toBeGreaterThan(0);
    for (const level of [...LEVELS, NEW_LEVEL])
      expect(tablesHolding(dump, spellings(level)).size).toBeGreaterThan(0);
  });

  it('changes nothing in a dry run', async () => {
    const before = await digestOf(pool);
    const found = await forget(DEVICE, true);
    expect(found).toMatchObject({ baselines: 1, unreadable: 0 });
    for (const kind of ['chunks', 'parts', 'measurements', 'comparisons', 'verdicts', 'messages'] as const)
      expect(found[kind], kind).toBeGreaterThan(0);
    expect(await digestOf(pool)).toEqual(before);
  });

  it('leaves neither its name nor its values in the database, and what was concluded', async () => {
    const concluded = async () =>
      (
        await pool.query(
          `select v.verdict, v.types, v.rows, v.series, w.start_at from verdict v join "window" w on w.id = v.window_id
           where v.segment not like 'zq%' and v.segment not like 'a forgotten%' order by v.id`,
        )
      ).rows;
    const alerts = async () => (await pool.query('select state, verdict, types from alert order by id')).rows;
    const [verdicts, states] = [await concluded(), await alerts()];
    expect(verdicts.map(({ verdict }) => verdict)).toContain('mixed');
    const killed = forgetFeature(pool, {
      model,
      name: DEVICE,
      isDry: false,
      onProgress: () => {
        throw new Error('killed');
      },
    });
    await expect(killed).rejects.toThrow('killed');
    const found = await forget(DEVICE);
    expect(found.unreadable).toBe(0);
    await forget(CHANNEL);
    await nothingHolds();
    expect(await concluded()).toEqual(verdicts);
    expect(await alerts()).toEqual(states);
    const told = await pool.query(`select summary from verdict where summary like '%a forgotten feature%'`);
    expect(told.rows.length).toBeGreaterThan(0);
    const again = await forget(DEVICE);
    const { unreadable: _none, ...counts } = again;
    expect(Object.values(counts).every((count) => count === 0)).toBe(true);
  });

  it('is dropped when logs bring it again, by processes that knew it too, and counted', async () => {
    const before = await notices();
    await read(linesOf(6, rowsOf(40, ROWS, NEW_LEVEL)));
    expect(await notices()).toBe(before + 2 * ROWS);
    const answer = await post(linesOf(6, rowsOf(41, 50, NEW_LEVEL), 'h'));
    expect(answer).toMatchObject({ ok: true, value: { accepted: 50 } });
    expect(await notices()).toBe(before + 2 * ROWS + 100);
    await post([
      `{"type":"prediction","model":"loans","features":{"${DEVICE}":${NUMBERS[2]}`,
      JSON.stringify({
        type: 'prediction',
        model: 'loans',
        features: { [CHANNEL]: NEW_LEVEL, age: 41 },
        timestamp: 'x',
      }),
    ]);
    await judge(6);
    await foldCrowdedWindows(pool, catalog, silentLog);
    await nothingHolds();
    const kept = await pool.query<{ bytes: Buffer }>(`select bytes from dead_letter order by id`);
    expect(kept.rows.map(({ bytes }) => bytes.toString())).toEqual([
      '',
      JSON.stringify({ type: 'prediction', model: 'loans', features: { age: 41 }, timestamp: 'x' }),
    ]);
  });

  it('others are judged as ever', async () => {
    const measured = await pool.query<{ name: string; rows: number; missing: number }>(
      `select m.name, m.rows_current::int as rows, m.missing_current as missing from measurement m
       join "window" w on w.id = m.window_id
       where w.start_at = $1 and m.segment = '' and m.series = 'closed' and m.subject = 'feature' order by name`,
      [new Date(START_MS + 6 * HOUR_MS)],
    );
    expect(measured.rows).toEqual(
      ['age', 'income', 'site'].map((name) => ({ name, rows: ROWS + 50, missing: 0 })),
    );
    // Windows of before can be judged again from what is left of them.
    await pool.query(`insert into outbox (kind, key, payload)
      select 'evaluate', 'again-' || id, jsonb_build_object('kind', 'evaluate', 'windowId', id::text, 'series', 'closed')
      from "window" where state <> 'open'`);
    await judge(8);
    expect((await pool.query('select 1 from unreadable_part where part_id > 1')).rowCount).toBe(0);
    await nothingHolds();
  });

  it('a verdict that was being made meanwhile is made once more, without it', async () => {
    const windowId = (
      await pool.query<{ id: string }>(`select max(id)::text as id from "window" where state <> 'open'`)
    ).rows[0]!.id;
    const computed: number[] = [];
    const judged = async () =>
      await evaluate(
        {
          pool,
          catalog,
          compute: async (input) => {
            const output = evaluateWindow(input);
            computed.push(output.segments[0]!.compared.features.length);
            if (computed.length === 1) await forget('age');
            return output;
          },
          clock: { nowMs: () => START_MS + 12 * HOUR_MS },
          log: silentLog,
        },
        { kind: 'evaluate', windowId, series: 'closed' },
      );
    expect(await keepingUp(catalog, judged)).toBe('evaluated');
    expect(computed).toEqual([3, 2]);
    const measured = await pool.query(`select 1 from measurement where name = 'age'`);
    expect(measured.rowCount).toBe(0);
    expect(await undoForgotten(pool, model.id, 'age')).toBe(true);
  });

  it('a process that has not heard of it yet gives its name no place', async () => {
    const stale = { scope: `columns/${model.id}`, names: [CHANNEL], limit: 9, free: [], asOf: 0 };
    expect(await admitNames(pool, stale)).toEqual(new Set());
    await nothingHolds(names);
  });

  it('is left out of a baseline that is made anew', async () => {
    const saved = await storeBaseline(pool, MODEL, '1', trainingTable(), { file: 'training.csv' });
    expect(saved).toMatchObject({ revision: 2, forgotten: [DEVICE, CHANNEL] });
    await nothingHolds();
  });

  it('is counted again from then on once that is undone', async () => {
    expect(await undoForgotten(pool, model.id, DEVICE)).toBe(true);
    expect(await undoForgotten(pool, model.id, DEVICE)).toBe(false);
    const before = await notices();
    await read(linesOf(7, rowsOf(50, 20)));
    expect(await notices()).toBe(before + 20);
    expect(tablesHolding(await wholeDump(pool), spellings(DEVICE)).has('prediction_chunk')).toBe(true);
    const saved = await storeBaseline(pool, MODEL, '1', trainingTable(), { file: 'training.csv' });
    expect(saved.forgotten).toEqual([CHANNEL]);
    await nothingHolds([...spellings(CHANNEL), ...LEVELS.flatMap(spellings)]);
  });
});

function trainingTable() {
  const rows = rowsOf(1, 3_000);
  const column = (name: keyof Row): (number | string)[] => rows.map((row) => row[name] ?? 0);
  const features = Object.fromEntries(
    ([DEVICE, CHANNEL, 'income', 'age', 'site'] as const).map((name) => [name, column(name)]),
  );
  features[DEVICE]![3] = NUMBERS[0]!;
  const timestampMs = rows.map((_, n) => START_MS - 20 * DAY_MS + n * 8 * MINUTE_MS);
  return tableOf({ features, timestampMs, score: rows.map(() => 0.5) });
}

/** Of every row there is. */
async function digestOf(pool: Pool): Promise<string[]> {
  const dump = await wholeDump(pool);
  return dump
    .filter(({ table }) => table !== 'oldest_writer')
    .map(({ table, bytes }) => `${table} ${bytes[0]!.toString()}`)
    .sort();
}
