/**
 * Whatever happens on the way (crashes, replays, zombies, repeated and reordered events, foldings, requests sent again),
 * what is stored is what one plain pass over the log would count: in the hours, in what they add up to, in segments.
 * The oracle filters and counts; it shares no code with the line.
 */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { idHash } from '../../../src/core/ids/id-hash.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { Table } from '../../../src/core/table.ts';
import { foldCrowdedWindows } from '../../../src/pipeline/windows/fold-windows.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { sweepLabels } from '../../../src/pipeline/labels/label-joiner.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import type { PartitionConsumer } from '../../../src/pipeline/consume/partition-consumer.ts';
import { sweepWindows } from '../../../src/pipeline/windows/sweeper.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { CategoricalProfile } from '../../../src/stats/profile/categorical-profile.ts';
import { InputProfile } from '../../../src/stats/profile/input-profile.ts';
import { LabelProfile } from '../../../src/stats/profile/outcomes/label-profile.ts';
import { NumericProfile } from '../../../src/stats/profile/numeric-profile.ts';
import { decodeRowSample } from '../../../src/stats/profile/rows/row-sample-codec.ts';
import { RowSample } from '../../../src/stats/profile/rows/row-sample.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { partsOf } from '../../harness/database/window-parts.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { expectConserved } from '../../harness/database/conservation.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import {
  fetched,
  labelLine,
  LOG_SOURCE,
  partitionConsumer,
  predictionLine,
  readToEnd,
  RECEIVED_MS,
} from '../partition-log.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 2, 1, 9);
const LEVELS = ['DE', 'FR'];
const GRID = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const SOURCES = ['inferred', 'user', 'natural'];
const FOREVER = { graceMs: 0, acceptLateMs: 3_650 * 24 * HOUR_MS };
/** Of rows; some hours hold that many alone, others do not. */
const COUNTED = 8;
const SPEC = modelSpec({
  segments: ['country'],
  windows: [
    { sizeMs: HOUR_MS, ...FOREVER },
    { sizeMs: 3 * HOUR_MS, ...FOREVER },
    { sizeMs: HOUR_MS, rows: COUNTED, ...FOREVER },
  ],
});
const PARTITIONS = 2;
/** Ids are dealt out to the partitions and to whoever posts. */
const WAYS = PARTITIONS + 1;

interface Prediction {
  readonly kind: 'prediction';
  readonly id: number;
  readonly minute: number;
  readonly x: number | string | null;
  readonly country: string | null;
  readonly approve: boolean;
  readonly score: number;
}
interface Label {
  readonly kind: 'label';
  readonly id: number;
  readonly minute: number;
  readonly approve: boolean;
  readonly source: number;
  readonly final: boolean;
}
type Entry = Prediction | Label | { readonly kind: 'garbage'; readonly id: number };

const id = fc.integer({ min: 0, max: 40 });
const minute = fc.integer({ min: 0, max: 179 });
const number = fc.oneof(
  fc.integer({ min: -2, max: 12 }),
  fc.double({ min: -3, max: 13, noNaN: true }),
  fc.constantFrom(null, 'oops'),
);
const entry: fc.Arbitrary<Entry> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('prediction' as const),
      id,
      minute,
      x: number,
      country: fc.constantFrom('DE', 'FR', 'IT', null),
      approve: fc.boolean(),
      score: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('label' as const),
      id,
      minute,
      approve: fc.boolean(),
      source: fc.nat(2),
      final: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('garbage' as const), id }) },
);
/** What happens next, to which worker, at which partition, and how much of it. */
const step = fc.record({
  what: fc.constantFrom(
    'read',
    'read',
    'read',
    'post',
    'post again',
    'checkpoint',
    'crash',
    'back',
    'sweep',
    'fold',
    'rebalance',
  ),
  worker: fc.nat(1),
  partition: fc.nat(PARTITIONS - 1),
  amount: fc.integer({ min: 1, max: 40 }),
});

describeWith(['postgres'], 'a random log on a random day', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('batch-oracle');
    pool = createPool({ connectionString: url, max: 6, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
  });

  let runs = 0;
  let countWindows = 0;

  it('ends with what one plain pass counts', async () => {
    const log = fc.array(entry, { minLength: 20, maxLength: 160 });
    await fc.assert(
      fc.asyncProperty(log, fc.array(step, { maxLength: 40 }), async (entries, steps) => {
        runs += 1;
        await storeBaseline(pool, SPEC, `v${runs}`, training(), {});
        const catalog = await ModelCatalog.open(pool, [SPEC]);
        const logs = logsOf(entries, runs);
        await live(pool, logs, poster(pool, catalog, entries, runs), steps);
        countWindows += await compare(pool, entries, runs);
        await expectConserved(pool);
      }),
      { numRuns: 30, seed: 20_261_124 },
    );
    expect(runs).toBeGreaterThanOrEqual(30);
    expect(countWindows, 'windows of so many rows that were held against the oracle').toBeGreaterThan(30);
  });
});

/** One event of an id is in one partition, as a keyed topic has it: of repeated ones, the first is known. */
function logsOf(entries: readonly Entry[], run: number) {
  return Array.from({ length: PARTITIONS }, (_, n) => ({
    partition: run * PARTITIONS + n,
    values: entries.filter((each) => each.id % WAYS === n).map((each) => lineOf(each, run)),
  }));
}

interface Poster {
  post(amount: number): Promise<void>;
  /** The answer was lost on the way. */
  postAgain(): Promise<void>;
  postRest(): Promise<void>;
}

/** A client that posts its part of the log in batches, each with a key of its own. */
function poster(pool: Pool, catalog: ModelCatalog, entries: readonly Entry[], run: number): Poster {
  const lines = entries.filter((each) => each.id % WAYS === PARTITIONS).map((each) => lineOf(each, run));
  const { limits, segments } = { limits: DEFAULT_DECODE_LIMITS, segments: new SegmentRegistry() };
  const accept = createAcceptEvents({ pool, catalog, segments, limits, reevaluateAfterMs: 0 });
  let at = 0;
  let last: Parameters<typeof accept>[0] | null = null;
  const post = async (amount: number): Promise<void> => {
    const batch = lines.slice(at, at + amount);
    if (batch.length === 0) return;
    last = { body: Buffer.from(batch.join('\n')), idempotencyKey: `${run}/${at}`, receivedAtMs: RECEIVED_MS };
    expect((await accept(last)).ok).toBe(true);
    at += batch.length;
  };
  return {
    post,
    postAgain: async () => {
      if (last !== null) expect((await accept(last)).ok).toBe(true);
    },
    postRest: async () => await post(lines.length),
  };
}

function lineOf(each: Entry, run: number): string {
  if (each.kind === 'garbage') return `garbage ${each.id}`;
  const timestamp = START_MS + each.minute * 60_000;
  if (each.kind === 'label') {
    const { source, final } = each;
    const label = each.approve ? 'approve' : 'deny';
    return labelLine(`${run}-${each.id}`, label, { timestamp, source: SOURCES[source], final });
  }
  return predictionLine(`${run}-${each.id}`, `v${run}`, {
    timestamp,
    features: { x: each.x, country: each.country },
    prediction: each.approve ? 'approve' : 'deny',
    score: each.score,
  });
}

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function live(
  pool: Pool,
  logs: ReturnType<typeof logsOf>,
  client: Poster,
  steps: readonly Step[],
): Promise<void> {
  const start = async (): Promise<PartitionConsumer> => await partitionConsumer(pool, { specs: [SPEC] });
  const workers = [await start(), await start()];
  const at = workers.map(() => logs.map(() => 0));
  const catalog = await ModelCatalog.open(pool, [SPEC]);
  const sweep = { pool, catalog, reevaluateAfterMs: 0, log: silentLog };
  for (const { what, worker: w, partition: p, amount } of steps) {
    const [worker, log, positions] = [workers[w], logs[p], at[w]];
    if (worker === undefined || log === undefined || positions === undefined)
      throw new Error('no such worker');
    const from = Math.min(positions[p] ?? 0, log.values.length);
    if (what === 'read' && from < log.values.length) {
      positions[p] = Number((await worker.onRecords(fetched(log, from, from + amount))).nextOffset);
    }
    if (what === 'post') await client.post(amount);
    if (what === 'post again') await client.postAgain();
    if (what === 'checkpoint') await worker.checkpointAll();
    if (what === 'crash') workers[w] = await start();
    if (what === 'back') positions[p] = Math.max(0, from - amount);
    if (what === 'sweep') await sweepLabels(sweep);
    if (what === 'fold') await foldCrowdedWindows(pool, catalog, silentLog);
    if (what === 'rebalance') await worker.onRevoked();
  }
  // Zombies have their last word before and after the one who finishes.
  await workers[1]?.checkpointAll();
  const last = await start();
  for (const log of logs) await readToEnd(last, log, 0);
  await workers[0]?.checkpointAll();
  await client.postRest();
  await client.postAgain();
  await pool.query('update pending_label set next_try_at = now()');
  await sweepLabels(sweep);
  // Everything is read to its end, so that all hours close and windows of so many rows are made of them.
  await pool.query('update source_position set high_checked_at = now()');
  await sweepWindows({ pool, catalog, logSources: [LOG_SOURCE], idleAfterMs: 0 });
}

/** 0 to 9, ten times each: every one a point of the grid. */
function training(): Table {
  const rows = 100;
  const x = Float64Array.from({ length: rows }, (_, n) => n % 10);
  const codes = Int32Array.from({ length: rows }, (_, n) => n % 2);
  return {
    rows,
    features: [
      { name: 'country', kind: 'categorical', codes, levels: LEVELS, invalid: 0 },
      { name: 'x', kind: 'numeric', values: x, invalid: 0 },
    ],
    prediction: { name: 'prediction', kind: 'categorical', codes, levels: ['approve', 'deny'], invalid: 0 },
    score: { name: 'score', kind: 'numeric', values: x.map((value) => value / 10), invalid: 0 },
    label: { name: 'label', kind: 'categorical', codes, levels: ['approve', 'deny'], invalid: 0 },
    timestampMs: null,
    predictionId: null,
  };
}

/** Answers how many windows of so many rows there were. */
async function compare(pool: Pool, entries: readonly Entry[], run: number): Promise<number> {
  const first = new Map<number, Prediction>();
  for (const each of entries) {
    if (each.kind === 'prediction' && !first.has(each.id)) first.set(each.id, each);
  }
  const labels = entries.flatMap((each, position) => (each.kind === 'label' ? { ...each, position } : []));
  const catalog = await ModelCatalog.open(pool, [SPEC]);
  const windows = await pool.query<Window>(
    `select w.id, w.baseline_id, w.size_ms, w.start_at, w.end_at from "window" w
     join model_version v on v.id = w.model_version_id
     where v.name = $1 order by w.start_at`,
    [`v${run}`],
  );
  const predictions = [...first.values()];
  expectWindows(windows.rows, predictions);
  for (const window of windows.rows) {
    const rows = inside(window, predictions);
    const reference = await catalog.reference(window.baseline_id);
    const parts = await partsOf(pool, window.id);
    for (const segment of ['', 'DE', 'FR', 'IT']) {
      const name = segment === '' ? '' : `country=${segment}`;
      const expected = segment === '' ? rows : rows.filter(({ country }) => country === segment);
      const input = new InputProfile(reference, 'classification');
      const joined = new LabelProfile(reference, 'classification');
      for (const part of parts.filter((one) => one.segment === name)) {
        if (part.kind === 'input') input.merge(InputProfile.decode(part.delta, reference, 'classification'));
        if (part.kind === 'label') joined.merge(LabelProfile.decode(part.delta, reference, 'classification'));
      }
      expectInputs(input, expected);
      expectLabels(joined, expected, labels);
    }
    const sample = new RowSample(reference);
    for (const { kind, delta } of parts) if (kind === 'rows') sample.merge(decodeRowSample(delta, reference));
    expectSample(sample, rows, run);
  }
  return windows.rows.filter(({ size_ms: size }) => size === -COUNTED).length;
}

interface Window {
  readonly id: number;
  readonly baseline_id: number;
  readonly size_ms: number;
  readonly start_at: Date;
  readonly end_at: Date;
}

function inside({ start_at: from, end_at: to }: Window, predictions: readonly Prediction[]): Prediction[] {
  const timeOf = ({ minute: at }: Prediction): number => START_MS + at * 60_000;
  return predictions.filter((one) => timeOf(one) >= from.getTime() && timeOf(one) < to.getTime());
}

/** Hours that hold anything, all three together, and as many hours in a row as hold so many rows. */
function expectWindows(windows: readonly Window[], predictions: readonly Prediction[]): void {
  const hours = [0, 1, 2].map(
    (hour) => predictions.filter((one) => Math.floor(one.minute / 60) === hour).length,
  );
  const rowsOf = (size: number): number[] =>
    windows.filter(({ size_ms: each }) => each === size).map((window) => inside(window, predictions).length);
  expect(rowsOf(HOUR_MS)).toEqual(hours.filter((rows) => rows > 0));
  expect(rowsOf(3 * HOUR_MS)).toEqual(predictions.length === 0 ? [] : [predictions.length]);
  const counted: number[] = [];
  let gathered = 0;
  for (const rows of hours) {
    gathered += rows;
    if (gathered < COUNTED) continue;
    counted.push(gathered);
    gathered = 0;
  }
  expect(rowsOf(-COUNTED)).toEqual(counted);
}

/** Fewer rows than a sample holds: each of them is there, as it was logged first. */
function expectSample(sample: RowSample, rows: readonly Prediction[], run: number): void {
  expect(sample.cutoff).toBeNull();
  const kept = sample.rows.map(([hash, { values, predicted }]) => ({ hash, values, predicted }));
  const expected = rows.map(({ id, minute, country, x, approve, score }) => ({
    hash: idHash(`${run}-${id}`),
    // JSON has no −0.
    values: [country, x === 0 ? 0 : x],
    predicted: {
      prediction: approve ? 'approve' : 'deny',
      score: score === 0 ? 0 : score,
      probabilities: null,
      atMs: START_MS + minute * 60_000,
      segments: country === null ? [] : [`country=${country}`],
    },
  }));
  expect(kept).toEqual(expected.sort((a, b) => (a.hash < b.hash ? -1 : 1)));
}

function expectInputs(profile: InputProfile, rows: readonly Prediction[]): void {
  expect(profile.rows).toBe(rows.length);
  const [country, x] = profile.features;
  if (!(x instanceof NumericProfile) || !(country instanceof CategoricalProfile))
    throw new Error('other features');
  const values = rows.flatMap((row) => (typeof row.x === 'number' ? row.x : []));
  expect([...x.equal]).toEqual(GRID.map((point) => values.filter((value) => value === point).length));
  const edges = [-Infinity, ...GRID, Infinity];
  expect([...x.between]).toEqual(
    edges.slice(1).map((to, n) => values.filter((v) => v > (edges[n] ?? 0) && v < to).length),
  );
  expect(x.missing).toBe(rows.filter((row) => row.x === null).length);
  expect(x.invalid).toBe(rows.filter((row) => row.x === 'oops').length);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length === 0) expect(x.mean).toBeNull();
  else expect(Math.abs((x.mean ?? Infinity) - mean)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(mean)));

  expect(country.missing).toBe(rows.filter((row) => row.country === null).length);
  expect([...country.counts]).toEqual(
    country.reference.levels.map((level) => rows.filter((row) => row.country === level).length),
  );
  const italian = rows.filter((row) => row.country === 'IT').length;
  expect(country.newLevels.entries()).toEqual(italian === 0 ? [] : [['IT', italian]]);
}

function expectLabels(
  profile: LabelProfile,
  rows: readonly Prediction[],
  labels: readonly (Label & { position: number })[],
): void {
  const outcomes = rows.flatMap((row) => {
    const [best] = labels
      .filter((label) => label.id === row.id)
      .sort(
        (a, b) =>
          b.source - a.source ||
          Number(b.final) - Number(a.final) ||
          b.minute - a.minute ||
          b.position - a.position,
      );
    return best === undefined ? [] : { row, approved: best.approve };
  });
  expect(profile.labelled).toBe(outcomes.length);
  if (outcomes.length === 0) return;
  const performance = profile.performance;
  if (performance?.task !== 'classification') throw new Error('no performance');
  expect(performance.n).toBe(outcomes.length);
  expect(performance.correct).toBe(outcomes.filter(({ row, approved }) => row.approve === approved).length);
  const brier = outcomes.reduce((sum, { row, approved }) => sum + (row.score - (approved ? 1 : 0)) ** 2, 0);
  expect(Math.abs((performance.brier?.sum ?? Number.NaN) - brier)).toBeLessThanOrEqual(
    1e-12 * Math.max(1, brier),
  );
}
