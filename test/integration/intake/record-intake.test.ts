import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { ModelSpec, Task } from '../../../src/core/model.ts';
import type { RawRecord } from '../../../src/core/events/log-source.ts';
import type { Table } from '../../../src/core/table.ts';
import { PrivateFields } from '../../../src/core/privacy/private-fields.ts';
import { Privacy } from '../../../src/core/privacy/privacy.ts';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { createDecoder } from '../../../src/decode/decoder.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { forgetFeature } from '../../../src/pipeline/history/feature/forget-feature.ts';
import { IdLedger } from '../../../src/pipeline/intake/id-ledger.ts';
import { admit, type IntakeContext } from '../../../src/pipeline/intake/intake.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { RecordIntake } from '../../../src/pipeline/intake/record-intake.ts';
import { encodeRowSample } from '../../../src/stats/profile/rows/row-sample-codec.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { CheckpointBuffer } from '../../../src/window/checkpoint/buffer.ts';
import { decodeFeatureChunk } from '../../../src/window/feature-chunk.ts';
import { NO_CLASS, type PredictionColumns } from '../../../src/window/prediction-columns.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';

/** With probabilities by name: rows that are read by their keys have them in another order. */
function keptRow(rows: PredictionColumns, row: number) {
  const { classes = [], values = [] } = rows.probabilitiesOf(row) ?? {};
  return {
    id: [rows.ids.high(row), rows.ids.low(row)],
    eventMs: rows.eventMs[row],
    value: rows.values[row],
    score: rows.scores[row],
    class: rows.classes[rows.classCodes[row] ?? NO_CLASS] ?? null,
    segments: rows.segmentLists[rows.segmentCodes[row] ?? 0],
    holdout: rows.holdouts[row],
    probabilities: new Map(classes.map((name, k) => [name, values[k]])),
  };
}

const START = Date.UTC(2026, 2, 1, 12);
const LOG = { source: 'kafka:ml.predictions', partition: 3 };
const FOREVER = { graceMs: 0, acceptLateMs: 1e12 };
const windows = [
  { sizeMs: HOUR_MS, ...FOREVER },
  { sizeMs: 6 * HOUR_MS, ...FOREVER },
];
const soon = [
  { sizeMs: HOUR_MS, graceMs: HOUR_MS, acceptLateMs: HOUR_MS },
  { sizeMs: 6 * HOUR_MS, graceMs: HOUR_MS, acceptLateMs: 4 * HOUR_MS },
];
const MODELS: readonly ModelSpec[] = [
  modelSpec({
    name: 'whole',
    windows,
    columnLimit: 2,
    segments: ['country', 'channel'],
    groups: ['channel', 'size'],
  }),
  // Some of its rows are late for some of the windows, or for all.
  modelSpec({ name: 'sampled', windows: soon, segments: ['country'], sampling: 0.5 }),
  modelSpec({ name: 'counted', windows, columnLimit: 0, storePredictions: false, segments: [] }),
  modelSpec({ name: 'number', windows, task: 'regression', positiveClass: null, segments: ['size'] }),
  modelSpec({
    name: 'apart',
    windows,
    featuresFrom: 'features',
    segments: ['country'],
    groups: ['channel'],
  }),
  modelSpec({
    name: 'private',
    windows,
    segments: ['country'],
    groups: ['channel'],
    privateFields: new PrivateFields(['other'], ['size', 'country', 'prediction_id'], 'k'.repeat(32)),
  }),
  modelSpec({
    name: 'unknown-baseline',
    windows,
    columnLimit: 3,
    segments: ['country'],
    groups: ['channel'],
  }),
];
const LIMITS = { ...DEFAULT_DECODE_LIMITS, privacy: Privacy.of(MODELS) };

const json = fc.oneof(
  { weight: 6, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true, min: -50, max: 150 }) },
  { weight: 6, arbitrary: fc.constantFrom('DE', 'FR', 'é', 'a "quoted" one', '') },
  { weight: 1, arbitrary: fc.constantFrom(null, true, false, 0, 1, [1], { a: 1 }, 1e308) },
);

const message = fc.record(
  {
    type: fc.constantFrom('prediction', 'prediction', 'prediction', 'features', 'label'),
    prediction_id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'),
    model: fc.constantFrom(...MODELS.map(({ name }) => name), 'nobody'),
    model_version: fc.constantFrom('1', '2'),
    timestamp: fc.integer({ min: START - 8 * HOUR_MS, max: START + 8 * HOUR_MS }),
    // More columns than some of the models have room for.
    features: fc.record(
      { size: json, country: json, other: json, more: json, most: json },
      { requiredKeys: ['size'] },
    ),
    tags: fc.record({ channel: json, country: json }, { requiredKeys: [] }),
    prediction: fc.constantFrom<unknown>('approve', 'deny', 1, 0.5, '3', true, null),
    label: fc.constantFrom<unknown>('approve', 1, 'x'),
    score: fc.constantFrom<unknown>(0.2, 0.9, null, 1, 7),
    holdout: fc.boolean(),
    probabilities: fc.constantFrom<unknown>(
      { approve: 0.4, deny: 0.6 },
      { approve: 0.4, deny: 0.5, ask: 0.1 },
      null,
    ),
  },
  { requiredKeys: ['model', 'features', 'prediction', 'timestamp'] },
);

const label = fc.record(
  {
    type: fc.constantFrom('label', 'label', 'label', 'prediction'),
    prediction_id: fc.constantFrom('a', 'b', 'c', 'd', 'é', ''),
    model: fc.constantFrom(...MODELS.map(({ name }) => name), 'nobody'),
    timestamp: fc.oneof(
      fc.integer({ min: START - 8 * HOUR_MS, max: START + 8 * HOUR_MS }),
      fc.constantFrom(new Date(START).toISOString(), 'yesterday', START / 1_000),
    ),
    label: fc.constantFrom<unknown>('approve', 1, 1.5, ' 1.0 ', 'x', '', true, null, [1]),
    source: fc.constantFrom('natural', 'user', 'inferred', null, 'nobody'),
    final: fc.constantFrom(true, false, null, 1),
    prediction: fc.constantFrom<unknown>('approve', 1),
  },
  { requiredKeys: ['type', 'model', 'label', 'prediction_id', 'prediction'] },
);

describeWith(['postgres'], 'the fast way and the ordinary way', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('record_intake');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    for (const model of MODELS.slice(0, -1)) {
      for (const version of ['1', '2']) {
        await storeBaseline(pool, model, version, training(model), { file: 'training.csv' });
      }
    }
  });
  afterAll(async () => await pool.end());

  async function context(): Promise<IntakeContext> {
    const catalog = await ModelCatalog.open(pool, MODELS);
    return { db: pool, catalog, segments: new SegmentRegistry(), ledger: new IdLedger() };
  }

  type Message = object & { readonly prediction_id?: string };
  const leaveTheSame = async (numRuns: number, of: fc.Arbitrary<Message> = message): Promise<void> =>
    await fc.assert(
      fc.asyncProperty(
        fc.array(of, { maxLength: 60 }),
        fc.integer({ min: 1, max: 30 }),
        async (messages, cut) => {
          // Each shape comes again, or nothing would be read the fast way.
          const records = [...messages, ...messages.map(renamed)].map((value, i): RawRecord => ({
            offset: BigInt(i),
            key: null,
            timestampMs: START,
            value: Buffer.from(JSON.stringify(value)),
          }));
          const [fast, ordinary] = [new CheckpointBuffer(), new CheckpointBuffer()];
          const intake = new RecordIntake(await context(), LIMITS, null);
          for (let from = 0; from < records.length; from += cut) {
            await intake.take(LOG, records.slice(from, from + cut), fast);
          }
          const decode = createDecoder(LIMITS, {});
          const decoded = records.map(({ offset, value, timestampMs }) => {
            const position = { ...LOG, offset };
            const result = decode(value, position, timestampMs);
            return {
              result,
              type: result.ok ? result.value.type : 'unknown',
              position,
              bytes: value ?? new Uint8Array(),
            };
          });
          await admit(decoded, ordinary, await context());
          expect(contents(fast)).toEqual(contents(ordinary));
        },
      ),
      { numRuns, seed: 7 },
    );

  const forget = async (name: string, feature: string): Promise<void> => {
    const found = await pool.query<{ id: number; task: Task }>('select id, task from model where name = $1', [
      name,
    ]);
    await forgetFeature(pool, { model: { ...found.rows[0]!, name }, name: feature, isDry: false });
  };

  test('leave the same counts, ids, rows and dead letters behind', async () => await leaveTheSame(150));

  test('labels leave the same behind', async () => await leaveTheSame(80, label));

  const takeMany = async () => {
    const buffer = new CheckpointBuffer();
    const intake = new RecordIntake(await context(), DEFAULT_DECODE_LIMITS, 'prediction');
    const records = Array.from({ length: 500 }, (_, i): RawRecord => {
      const features = { size: i % 90, country: 'DE', other: 1 };
      const value = {
        model: 'whole',
        model_version: '1',
        timestamp: START + i,
        prediction_id: `p${i}`,
        features,
        probabilities: { approve: i / 500, deny: 1 - i / 500, ask: 0.001 * i },
      };
      return {
        offset: BigInt(i),
        key: null,
        timestampMs: START,
        value: Buffer.from(JSON.stringify({ ...value, prediction: 'deny' })),
      };
    });
    await intake.take(LOG, records, buffer);
    return { buffer, fastRows: intake.fastRows };
  };

  test('the fast way is taken', async () => {
    const { buffer, fastRows } = await takeMany();
    // The first open windows and name segments.
    expect(fastRows).toBeGreaterThan(440);
    expect(buffer.counts).toEqual([{ type: 'prediction', outcome: 'windowed', count: 500 }]);
    expect(buffer.stored.groups[0]?.rows.probabilitiesOf(250)).toEqual({
      classes: ['approve', 'deny', 'ask'],
      values: [0.5, 0.5, 0.25],
    });
  });

  test('the fast way is taken by labels', async () => {
    const buffer = new CheckpointBuffer();
    const intake = new RecordIntake(await context(), DEFAULT_DECODE_LIMITS, 'label');
    const records = Array.from({ length: 500 }, (_, i): RawRecord => {
      const value = { model: 'whole', prediction_id: `p${i}`, label: i % 2 === 0 ? 'deny' : 'approve' };
      return {
        offset: BigInt(i),
        key: null,
        timestampMs: START,
        value: Buffer.from(JSON.stringify({ ...value, timestamp: START - i, final: i % 3 === 0 })),
      };
    });
    await intake.take(LOG, records, buffer);
    expect(intake.fastRows).toBeGreaterThan(490);
    expect(buffer.counts).toEqual([{ type: 'label', outcome: 'parked', count: 500 }]);
    expect(buffer.labels.predictionId(499)).toBe('p499');
    expect(buffer.labels.candidate(499)).toMatchObject({ label: 'approve', final: false, atMs: START - 499 });
  });

  test('the fast way is taken where a column is forgotten, too, and leaves it out', async () => {
    await forget('whole', 'other');
    const { buffer, fastRows } = await takeMany();
    expect(fastRows).toBeGreaterThan(490);
    expect(buffer.notices.entries()).toContainEqual({ notice: 'forgotten_columns', count: 500 });
    const rows = buffer.stored.groups.flatMap(({ features }) => decodeFeatureChunk(features.encode()));
    expect(rows.map((features) => [...features.keys()])).toEqual(rows.map(() => ['size', 'country']));
  });

  test('both leave the same behind where columns are forgotten, of the baseline, beyond it, and of segments', async () => {
    await forget('sampled', 'size');
    await forget('apart', 'country');
    await forget('unknown-baseline', 'more');
    await forget('number', 'other');
    await leaveTheSame(80);
  });
});

function renamed<T extends { prediction_id?: string }>(value: T): T {
  return value.prediction_id === undefined ? value : { ...value, prediction_id: `${value.prediction_id}2` };
}

/** Everything a checkpoint stores of a buffer, in an order of its own. */
function contents(buffer: CheckpointBuffer) {
  const byText = <T>(items: readonly T[]): T[] =>
    items.toSorted((a, b) => (JSON.stringify(a, replacer) < JSON.stringify(b, replacer) ? -1 : 1));
  return {
    events: buffer.events,
    counts: byText(buffer.counts),
    surplus: byText(buffer.surplus.entries()),
    forgotten: buffer.notices.entries().filter(({ notice }) => notice === 'forgotten_columns'),
    read: byText([...buffer.read].filter(([, count]) => count !== 0)),
    times: byText([...buffer.times.seen]),
    // A window may be touched without gaining a row.
    touched: byText([...buffer.touched].filter(([, rows]) => rows > 0)),
    deadLetters: buffer.deadLetters.map(({ type, letter }) => [type, letter.reason]),
    labels: buffer.labels.map(({ idHash, modelId }, at) => [
      idHash,
      modelId,
      buffer.labels.predictionId(at),
      buffer.labels.candidate(at),
    ]),
    ids: buffer.heldIds.map(({ modelId, kind, list }) => [
      modelId,
      kind,
      Buffer.from(list.encode()).toString('hex'),
    ]),
    deltas: byText(
      buffer
        .deltas()
        .map(({ window, segment, rows, profile }) => [
          window.id,
          segment,
          rows,
          Buffer.from(profile.encode()).toString('hex'),
        ]),
    ),
    samples: byText(
      buffer
        .samples()
        .map(({ window, sample }) => [window.id, Buffer.from(encodeRowSample(sample)).toString('hex')]),
    ),
    stored: byText(
      buffer.stored.groups.map(({ features, rows, ...group }) => ({
        ...group,
        rows: Array.from({ length: rows.length }, (_, row) => keptRow(rows, row)),
        features: decodeFeatureChunk(features.encode()).map((row) =>
          byText([...row].map(([k, v]) => [k, String(v)])),
        ),
      })),
    ),
  };
}

function replacer(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function training(model: ModelSpec): Table {
  const random = createRandom(5);
  const rows = 500;
  const codes = Int32Array.from({ length: rows }, () => (random() < 0.5 ? 0 : 1));
  const size = Float64Array.from({ length: rows }, () => Math.round(100 * random()));
  const outcome = (name: string) =>
    model.task === 'regression'
      ? ({ name, kind: 'numeric', values: size, invalid: 0 } as const)
      : ({ name, kind: 'categorical', codes, levels: ['approve', 'deny'], invalid: 0 } as const);
  return {
    rows,
    features: [
      { name: 'size', kind: 'numeric', values: size, invalid: 0 },
      { name: 'country', kind: 'categorical', codes, levels: ['DE', 'FR'], invalid: 0 },
    ],
    prediction: outcome('prediction'),
    score: { name: 'score', kind: 'numeric', values: size.map((each) => each / 100), invalid: 0 },
    label: outcome('label'),
    timestampMs: null,
    predictionId: null,
  };
}
