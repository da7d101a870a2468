/** docs/limits.md: every bound it states is held, however much a producer makes up. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { MAX_POINTS, parseProgress } from '../../../src/act/retrain/progress.ts';
import { METRIC_FAMILIES } from '../../../src/api/metrics/fleet-families.ts';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { MAX_DEAD_LETTER_BYTES } from '../../../src/core/events/dead-letter.ts';
import { LABEL_SOURCES, type FeatureValue } from '../../../src/core/events/events.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { RawRecord } from '../../../src/core/events/log-source.ts';
import { remember } from '../../../src/core/memory/remember.ts';
import { NAMED_SURPLUS } from '../../../src/core/events/surplus.ts';
import type { Table } from '../../../src/core/table.ts';
import { deadLetter } from '../../../src/decode/dead-letter.ts';
import { createDecoder } from '../../../src/decode/decoder.ts';
import { MAX_SHAPE_TEXT_BYTES, TextColumn } from '../../../src/decode/fast/text-column.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { letterOfRecord } from '../../../src/decode/record-decoder.ts';
import { SchemaRegistry } from '../../../src/ingest/registry/schema-registry.ts';
import { admitColumns } from '../../../src/pipeline/windows/admit-columns.ts';
import { admitSegments } from '../../../src/pipeline/intake/admit-segments.ts';
import { MAX_JOINED_SEGMENTS, MAX_STRETCHES } from '../../../src/pipeline/intake/flat-intake.ts';
import { IdLedger } from '../../../src/pipeline/intake/id-ledger.ts';
import { admit, type IntakeContext } from '../../../src/pipeline/intake/intake.ts';
import { MAX_CACHED_WINDOWS, ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { MAX_BUFFERED_ROWS } from '../../../src/pipeline/consume/partition-consumer.ts';
import { startApi } from '../../../src/pipeline/serve/start-api.ts';
import { CategoricalProfile } from '../../../src/stats/profile/categorical-profile.ts';
import { ConfusionCounts } from '../../../src/stats/profile/outcomes/confusion.ts';
import type { ReferenceProfile } from '../../../src/stats/profile/feature-reference.ts';
import { InputProfile } from '../../../src/stats/profile/input-profile.ts';
import { OperationalProfile } from '../../../src/stats/profile/operational-profile.ts';
import { MOST_SAMPLED_CLASSES, RowSample } from '../../../src/stats/profile/rows/row-sample.ts';
import { unknownCategorical } from '../../../src/stats/profile/without-baseline.ts';
import { buildReference } from '../../../src/stats/table/table-reference.ts';
import { createPool, inTransaction, type Pool } from '../../../src/store/connection/pool.ts';
import { pipelineFacts } from '../../../src/store/read-models/pipeline.ts';
import { addSurplus } from '../../../src/store/windows/surplus-columns.ts';
import { CheckpointBuffer } from '../../../src/window/checkpoint/buffer.ts';
import {
  MAX_CELLS,
  MAX_OPENED_WINDOWS,
  MAX_WINDOWS,
  UNLIMITED,
} from '../../../src/window/checkpoint/limits.ts';
import { keptProbabilities, MOST_STORED } from '../../../src/window/kept-probabilities.ts';
import { ModelColumns } from '../../../src/window/model-columns.ts';
import { NOTICES } from '../../../src/window/checkpoint/notices.ts';
import { ReachedWindows } from '../../../src/window/checkpoint/reached-windows.ts';
import { MOST_WINDOWS, SampleCutoffs } from '../../../src/window/checkpoint/sample-cutoffs.ts';
import { SeenIds } from '../../../src/window/checkpoint/seen-ids.ts';
import { SegmentRegistry, segmentText } from '../../../src/window/segments.ts';
import { SEALED_FROM_CELLS, StoredRows } from '../../../src/window/checkpoint/stored-rows.ts';
import { SurplusCounts } from '../../../src/window/checkpoint/surplus-counts.ts';
import { configOf } from '../../config/example.ts';
import { decodeJson, decodeText, eventOf, POSITION, reasonOf, RECORD_MS } from '../../decode/decode.ts';
import { createReader, testKernel } from '../../decode/fast/fast-decoder.ts';
import { headersKept } from '../../ingest/kafka/record-batch.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { freePort } from '../../harness/free-port.ts';
import { modelSpec } from '../../harness/model-spec.ts';

const document = readFileSync(join(import.meta.dirname, '../../../docs/limits.md'), 'utf8');
/** Structure → the number that the table states. */
const stated = new Map(
  [...document.matchAll(/^\| (?!structure)(.+?) \| ([\d,]+) \|/gm)].map(([, structure = '', number = '']) => [
    structure,
    Number(number.replaceAll(',', '')),
  ]),
);

const SPEC = modelSpec({ name: 'clicks', segments: ['country'] });
const names = (count: number, prefix = 'n'): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const valuesOf = (given: readonly string[], value: unknown = 1): Record<string, unknown> =>
  Object.fromEntries(given.map((name) => [name, value]));
const prediction = (changes: object = {}) => ({
  type: 'prediction',
  model: SPEC.name,
  prediction_id: 'a',
  timestamp: RECORD_MS,
  features: { age: 1 },
  prediction: 'x',
  ...changes,
});
const reference: ReferenceProfile = buildReference(training(), {
  task: 'classification',
  positiveClass: null,
});

/** The largest of two neighbouring sizes that is taken: `size` is, and one more is not. */
function edge(size: number, isTaken: (size: number) => boolean): number {
  return isTaken(size) && !isTaken(size + 1) ? size : Number.NaN;
}

describeWith(['postgres'], 'docs/limits.md', () => {
  let pool: Pool;
  let events: string;
  let other: ModelCatalog;
  let catalog: ModelCatalog;
  beforeAll(async () => {
    const { url } = await createDatabase('limits');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const port = await freePort();
    const config = await configOf(
      `api: { listen: "127.0.0.1:${port}" }\nmodels: [{ name: ${SPEC.name}, task: classification }]`,
    );
    [catalog, other] = [await ModelCatalog.open(pool, [SPEC]), await ModelCatalog.open(pool, [SPEC])];
    const api = await startApi({
      config,
      pool,
      catalog,
      ledger: new IdLedger(),
      clock: systemClock,
      log: silentLog,
      failure: () => null,
      onLabels: () => undefined,
    });
    atEnd(api.stop);
    events = `${api.url}/api/v1/events`;
  });

  const context = (): IntakeContext => ({
    db: pool,
    catalog,
    segments: new SegmentRegistry(),
    ledger: new IdLedger(),
  });
  async function take(lines: readonly object[]): Promise<CheckpointBuffer> {
    const buffer = new CheckpointBuffer();
    const decode = createDecoder(DEFAULT_DECODE_LIMITS, {});
    await admit(
      lines.map((line, i) => {
        const position = { ...POSITION, offset: BigInt(i) };
        const bytes = Buffer.from(JSON.stringify(line));
        const result = decode(bytes, position, RECORD_MS);
        return { result, type: result.ok ? result.value.type : 'unknown', position, bytes };
      }),
      buffer,
      context(),
    );
    return buffer;
  }
  const post = async (body: string, key?: string): Promise<number> => {
    const headers = {
      'content-type': 'application/x-ndjson',
      ...(key !== undefined && { 'idempotency-key': key }),
    };
    return (await fetch(events, { method: 'POST', body, headers })).status;
  };
  const rowsOf = async (sql: string, values: unknown[] = []): Promise<number> =>
    (await pool.query<{ n: number }>(`select count(*)::int as n from ${sql}`, values)).rows[0]?.n ??
    Number.NaN;

  /** Drives a structure beyond its bound and answers what it holds then. */
  const drivers: Record<string, (bound: number) => number | Promise<number>> = {
    'features of an event': (most) =>
      edge(most, (n) => decodeJson(prediction({ features: valuesOf(names(n)) })).ok),
    'tags of an event': (most) => edge(most, (n) => decodeJson(prediction({ tags: valuesOf(names(n)) })).ok),
    "classes of an event's probabilities": (most) =>
      edge(most, (n) => decodeJson(prediction({ probabilities: valuesOf(names(n), 0) })).ok),
    'bytes of a message': (most) => edge(most, (n) => decodeText(JSON.stringify(prediction()).padEnd(n)).ok),
    'levels of nesting': (most) =>
      edge(most, (n) => {
        // The envelope and its features are two.
        const nested = '['.repeat(n - 2) + ']'.repeat(n - 2);
        return decodeText(
          JSON.stringify(prediction({ features: { a: 0 } })).replace('"a":0', `"a":${nested}`),
        ).ok;
      }),
    "characters of a feature's name": (most) =>
      edge(most, (n) => {
        const event = eventOf(decodeJson(prediction({ features: { ['n'.repeat(n)]: 1 } })));
        return event.type === 'prediction' && event.features.size === 1;
      }),
    'characters of an id': (most) =>
      edge(most, (n) => decodeJson(prediction({ prediction_id: 'i'.repeat(n) })).ok),
    'characters of a text': () => {
      const event = eventOf(decodeJson(prediction({ features: { a: 'x'.repeat(5_000) } })));
      return event.type === 'prediction' ? String(event.features.get('a')).length : Number.NaN;
    },
    "columns of a model beyond its baseline's": async (most) => {
      const columns = new ModelColumns(SPEC);
      columns.learn(reference);
      await claim(columns, 9_001, most);
      return await rowsOf(`admitted_name where scope = 'columns/9001'`);
    },
    'columns of a model without a baseline': async (most) => {
      await claim(new ModelColumns(SPEC), 9_002, most);
      return await rowsOf(`admitted_name where scope = 'columns/9002'`);
    },
    'surplus columns of a model by name': async (most) => {
      const modelId = catalog.model(SPEC.name)?.id ?? 0;
      for (const prefix of ['a', 'b']) {
        const counts = new SurplusCounts();
        for (const name of names(3 * most, prefix)) counts.add(modelId, [name]);
        expect(counts.entries()[0]?.names).toHaveLength(NAMED_SURPLUS);
        await inTransaction(pool, async (tx) => await addSurplus(tx, counts.entries()));
      }
      const [row] = (await pipelineFacts(pool)).surplus_columns;
      expect(row?.dropped).toBe(6 * most);
      return row?.names.length ?? Number.NaN;
    },
    'characters of such a name': () => {
      const counts = new SurplusCounts();
      counts.add(1, ['x'.repeat(256)]);
      return counts.entries()[0]?.names[0]?.length ?? Number.NaN;
    },
    'names in a window that its baseline does not know': (most) => {
      const profile = new InputProfile(reference, 'classification');
      for (const name of names(3 * most)) profile.addFeatures(new Map([[name, 1]]), 1);
      expect(profile.unknownFeatures.total).toBe(3 * most);
      return profile.unknownFeatures.size;
    },
    'features of a window without a baseline': (most) => {
      const profile = new InputProfile(null, 'classification');
      for (const name of names(3 * most)) profile.addFeatures(new Map([[name, 1]]), 1);
      expect(profile.featureRows).toBe(3 * most);
      return profile.untyped?.list().length ?? Number.NaN;
    },
    'new levels of a feature in a window': (most) => {
      const profile = new CategoricalProfile(unknownCategorical('a'));
      for (const level of names(3 * most)) profile.add(level, 1);
      expect(profile.n).toBe(3 * most);
      return profile.newLevels.size;
    },
    'errors of a window by name': (most) => {
      const profile = new OperationalProfile();
      for (const error of names(3 * most)) profile.add({ error }, 1);
      return profile.errors.size;
    },
    'classes with a row of their own in a confusion matrix': (most) => {
      const counts = new ConfusionCounts([]);
      for (const name of names(3 * most)) counts.add(name, name, 1);
      expect(counts.correct).toBe(3 * most);
      return counts.classes.length;
    },
    'classes of the probabilities kept with a prediction': (most) =>
      edge(most, (n) => keptProbabilities(new Map(names(n).map((name) => [name, 0])), MOST_STORED) !== null),
    'classes of the probabilities in a sample of rows': (most) =>
      edge(
        most,
        (n) => keptProbabilities(new Map(names(n).map((name) => [name, 0])), MOST_SAMPLED_CLASSES) !== null,
      ),
    'versions of a model': async (most) => {
      const model = catalog.model(SPEC.name);
      if (model === null) return Number.NaN;
      await pool.query(
        `insert into model_version (model_id, name) select $1, 'run-' || n from generate_series(1, $2::int) n`,
        [model.id, most - 10],
      );
      const made = names(25, 'v').map(
        async (name, i) => await [catalog, other][i % 2]?.versionId(model, name),
      );
      const admitted = (await Promise.all(made)).filter((id) => id !== null);
      expect(admitted.length).toBeLessThanOrEqual(10);
      // What is there already is known, whoever made it.
      expect(await other.versionId(model, 'run-7')).not.toBeNull();
      const third = await ModelCatalog.open(pool, [SPEC]);
      expect(await third.versionId(model, 'one more')).toBeNull();
      return await rowsOf('model_version where model_id = $1', [model.id]);
    },
    'models of names that are not configured': async () => {
      const before = await rowsOf('model');
      const buffer = await take(names(300).map((model) => prediction({ model })));
      expect(buffer.counts).toEqual([{ type: 'prediction', outcome: 'unknown_model', count: 300 }]);
      return (await rowsOf('model')) - before;
    },
    'values of a segment or group apart': async (most) => {
      const of = { modelVersionId: 77, feature: 'country' };
      const registries = [new SegmentRegistry(), new SegmentRegistry()];
      const [one, two] = [names(3 * most, 'a'), names(3 * most, 'b')].map((values) =>
        values.map((value) => ({ ...of, value })),
      );
      await Promise.all([
        ...(one ?? []).map(
          async (value) => await admitSegments(pool, registries[0] ?? new SegmentRegistry(), [value], 0),
        ),
        ...(two ?? []).map(
          async (value) => await admitSegments(pool, registries[1] ?? new SegmentRegistry(), [value], 0),
        ),
      ]);
      const named = registries.map(
        (registry) => new Set([...(one ?? []), ...(two ?? [])].map((value) => registry.name(value))),
      );
      expect(named[0]).toEqual(named[1]);
      return (named[0]?.size ?? Number.NaN) - 1;
    },
    "characters of a segment's value": () => segmentText('x'.repeat(500)).length,
    'combinations of segments remembered in a checkpoint': () => remembered(MAX_JOINED_SEGMENTS),
    'stretches of time remembered for a shape': () => remembered(MAX_STRETCHES),
    'windows remembered': () => remembered(MAX_CACHED_WINDOWS),
    'windows a checkpoint opens': (most) => {
      const windows = new ReachedWindows({ openedWindows: MAX_OPENED_WINDOWS, windows: MAX_WINDOWS });
      for (const name of names(3 * most)) windows.reach([name], () => false);
      return windows.size;
    },
    'windows a checkpoint goes to': (most) => {
      const windows = new ReachedWindows({ openedWindows: MAX_OPENED_WINDOWS, windows: MAX_WINDOWS });
      for (const name of names(3 * most)) windows.reach([name], () => true);
      return windows.size;
    },
    'rows of a checkpoint': () => {
      const buffer = new CheckpointBuffer(null, undefined, { ...UNLIMITED, rows: MAX_BUFFERED_ROWS });
      const letter = deadLetter(POSITION, 'malformed_json', '', null);
      while (!buffer.isFull) buffer.addDeadLetter('prediction', letter);
      return Math.floor(buffer.weight);
    },
    'values of eight bytes held by checkpoints of a process': () => {
      const buffer = new CheckpointBuffer(null, undefined, { ...UNLIMITED, cells: MAX_CELLS });
      // One object many times: counted is what each would take.
      const letter = deadLetter(POSITION, 'malformed_json', '', new Uint8Array(MAX_DEAD_LETTER_BYTES));
      for (let i = 0; i < 5_000 && !buffer.isFull; i++) buffer.addDeadLetter('prediction', letter);
      return buffer.cells;
    },
    'values of a stored group before it is compressed': (most) => {
      const stored = new StoredRows();
      const features = new Map<string, FeatureValue>(names(1_000).map((name) => [name, 1]));
      const event = eventOf(decodeJson(prediction()));
      if (event.type !== 'prediction') return Number.NaN;
      const owner = { modelId: 1, modelVersionId: 1, segments: [] };
      let highest = 0;
      for (let row = 0; row < 2_500; row++) {
        stored.add({ ...event, features }, owner, row, row);
        highest = Math.max(highest, ...stored.groups.map((group) => group.features.cells));
      }
      expect(stored.groups.length).toBe(3);
      expect(stored.groups.reduce((sum, { features: chunk }) => sum + chunk.rows, 0)).toBe(2_500);
      // One row more than there is room for.
      expect(highest - most).toBeLessThan(1_000);
      return SEALED_FROM_CELLS;
    },
    "rows of a window's sample": (most) => {
      const sample = new RowSample(reference);
      const predicted = { prediction: 'x', score: null, segments: [], atMs: 0, probabilities: null };
      for (let i = 0; i < 3 * most; i++) {
        sample.addPrediction((BigInt(i) * 7_919n) % 100_003n, new Map(), predicted);
        expect(sample.held).toBeLessThanOrEqual(1.25 * most);
      }
      return sample.rows.length;
    },
    "windows whose samples' cutoffs are remembered": (most) => {
      const cutoffs = new SampleCutoffs();
      const sample = new RowSample(reference, { cutoff: 5n });
      for (let window = 0; window < 3 * most; window++) cutoffs.note(window, sample);
      expect(MOST_WINDOWS).toBe(most);
      return Array.from({ length: 3 * most }, (_, window) => cutoffs.of(window)).filter((of) => of !== null)
        .length;
    },
    'ids of a model in memory': async () => {
      const seen = new SeenIds(1_000);
      for (let id = 1; id < 10_000; id++) {
        seen.add(id, id);
        expect(seen.size).toBeLessThanOrEqual(2_000);
      }
      return (await configOf(`models: [{ name: m, task: regression }]`)).dedupe.maxIds;
    },
    'shapes of messages compared as bytes': () => shapesKept().literal,
    'versions of models whose messages are read by their keys': () => shapesKept().keyed,
    "texts remembered of a shape's column": (most) => {
      const column = new TextColumn(testKernel(), { bytes: 1e9 });
      for (const name of names(3 * most)) column.learn(Buffer.from(name), name);
      return column.texts.length;
    },
    'bytes of memory the counting kernel may use': () => testKernel().bytes.length,
    'bytes of texts remembered of a shape': (most) => {
      const line = prediction({ features: valuesOf(names(12), 'x') });
      const reader = createReader(DEFAULT_DECODE_LIMITS);
      reader.learn(Buffer.from(JSON.stringify(line)), eventOf(decodeJson(line)));
      let columns: readonly { readonly texts: readonly string[] }[] = [];
      for (let i = 0; i < 1_500; i++) {
        const text = String(i).padStart(512, '.');
        const value = Buffer.from(JSON.stringify(prediction({ features: valuesOf(names(12), text) })));
        const row = reader.read([{ value, timestampMs: RECORD_MS }], 0);
        columns = row?.layout.features ?? [];
      }
      const held = columns.flatMap(({ texts }) => texts).reduce((sum, text) => sum + text.length, 0);
      expect(held).toBeLessThanOrEqual(most);
      // No room for one more.
      expect(held + 512).toBeGreaterThanOrEqual(most);
      return MAX_SHAPE_TEXT_BYTES;
    },
    'bytes of a dead letter': (most) =>
      deadLetter(POSITION, 'too_large', '', new Uint8Array(3 * most)).bytes.length,
    "characters of a dead letter's reason in words": (most) =>
      deadLetter(POSITION, 'too_large', 'x'.repeat(3 * most), null).detail.length,
    'headers of a record by name': async () => await headersKept(names(5_000)),
    'bytes of headers kept with a dead letter': (most) =>
      edge(most, (n) => {
        const headers = new Map([['h', new Uint8Array(n - 1)]]);
        return letterOfRecord(POSITION, 'too_large', '', { ...RECORD, headers }, null).headers !== undefined;
      }),
    'bytes of a key kept with a dead letter': (most) =>
      edge(most, (n) => {
        return (
          letterOfRecord(POSITION, 'too_large', '', { ...RECORD, key: new Uint8Array(n) }, null).key !==
          undefined
        );
      }),
    'kinds of notices': () => NOTICES.length,
    'types of events counted': async () => {
      const made = names(100).map((type) => prediction({ type }));
      const label = { type: 'label', model: SPEC.name, prediction_id: 'a', label: 'x', timestamp: RECORD_MS };
      const buffer = await take([
        ...made,
        prediction({ type: 'features' }),
        label,
        prediction({ model: 'nobody' }),
      ]);
      return new Set([...buffer.counts.map(({ type }) => type), ...buffer.read.keys()]).size;
    },
    'sources of labels': () => {
      const label = { type: 'label', model: SPEC.name, prediction_id: 'a', label: 'x', timestamp: RECORD_MS };
      const given = [...LABEL_SOURCES, ...names(100)];
      for (const source of names(100))
        expect(reasonOf(decodeJson({ ...label, source }))).toBe('invalid_field');
      return given.filter((source) => decodeJson({ ...label, source }).ok).length;
    },
    'schemas of a registry remembered': async (most) => {
      const server = createServer((_request, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ schema: '{}', schemaType: 'JSON' }));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      atEnd(() => new Promise<void>((resolve) => server.close(() => resolve())));
      const { port } = server.address() as AddressInfo;
      const registry = new SchemaRegistry(
        { url: `http://127.0.0.1:${port}`, credentials: null, timeoutMs: 60_000 },
        systemClock,
      );
      const ids = Array.from({ length: most + 200 }, (_, id) => `id:${id + 1}`);
      for (let at = 0; at < ids.length; at += 100) await registry.load(new Set(ids.slice(at, at + 100)));
      return ids.filter((id) => registry.get(id) !== undefined).length;
    },
    'characters of an `Idempotency-Key`': async (most) => {
      expect(await post(JSON.stringify(prediction()), 'k'.repeat(most + 1))).toBe(400);
      expect(await post(JSON.stringify(prediction()), 'k'.repeat(most))).toBe(202);
      return most;
    },
    'events of a posted body': async (most) => {
      const before = await rowsOf('dead_letter');
      expect(await post('{}\n'.repeat(most + 1))).toBe(413);
      expect(await rowsOf('dead_letter')).toBe(before);
      return most;
    },
    'bytes of a posted body': async (most) => {
      expect(await post(' '.repeat(most + 1))).toBe(413);
      expect(await post(JSON.stringify(prediction()).padEnd(1_000_000))).toBe(202);
      return most;
    },
    'points of a training run in one report': () =>
      edge(
        MAX_POINTS,
        (n) => parseProgress(Array.from({ length: n }, () => ({ metric: 'loss', value: 1 }))).ok,
      ),
    'label values in `/metrics/fleet` that logs make up': () => {
      const labels = new Set(METRIC_FAMILIES.flatMap((family) => family.labels));
      // All others are names of the configuration or of closed lists.
      const fixed =
        'source event_type outcome unit what kind partition model state cause series reason metric section name host duty role';
      expect([...labels].filter((label) => !fixed.split(' ').includes(label))).toEqual(['version']);
      return stated.get('versions of a model') ?? Number.NaN;
    },
  };

  async function claim(columns: ModelColumns, modelId: number, most: number): Promise<void> {
    expect(columns.limit).toBe(most);
    for (let at = 0; at < 3 * most; at += 150)
      await admitColumns(pool, modelId, columns, names(150, `c${at}_`));
    expect(columns.isFull).toBe(true);
    expect(columns.size).toBe(most + columns.own.length);
  }

  it('has a driver for every row, and a row for every driver', () => {
    expect([...stated.keys()].toSorted()).toEqual(Object.keys(drivers).toSorted());
  });

  it.each([...stated])('%s: %i', async (structure, number) => {
    expect(await drivers[structure]?.(number)).toBe(number);
  });

  it('of a model are not passed by training data that comes later', async () => {
    const columns = new ModelColumns({ segments: [], groups: [], columnLimit: 2 });
    await admitColumns(pool, 9_003, columns, ['a', 'b', 'c']);
    expect(['a', 'b', 'c'].map((name) => columns.has(name))).toEqual([true, true, false]);
    columns.learn({ ...reference, features: reference.features.map((each) => ({ ...each, name: 'b' })) });
    // Its place is free again.
    await admitColumns(pool, 9_003, columns, ['c', 'd']);
    expect(['b', 'c', 'd'].map((name) => columns.has(name))).toEqual([true, true, false]);
    await storeBaseline(pool, SPEC, 'run-1', training(), { file: 'training.csv' });
  });
});

const RECORD: RawRecord = { offset: 0n, timestampMs: RECORD_MS, key: null, value: Buffer.from('x') };

/** Of two hundred versions of a model, each of which is hit, so that it earns the next one. */
function shapesKept() {
  const reader = createReader(DEFAULT_DECODE_LIMITS);
  for (const version of names(200)) {
    const line = prediction({ model_version: version });
    const value = Buffer.from(JSON.stringify(line));
    reader.learn(value, eventOf(decodeJson(line)));
    reader.read([{ value, timestampMs: RECORD_MS }], 0);
  }
  return reader.shapes;
}

function remembered(most: number): number {
  const map = new Map<number, number>();
  for (let i = 0; i < 3 * most; i++) remember(map, i, i, most);
  expect(map.has(3 * most - 1)).toBe(true);
  return map.size;
}

function training(): Table {
  const rows = 100;
  const codes = Int32Array.from({ length: rows }, (_, i) => i % 2);
  return {
    rows,
    features: [{ name: 'age', kind: 'numeric', values: Float64Array.from(codes, (_, i) => i), invalid: 0 }],
    prediction: { name: 'prediction', kind: 'categorical', codes, levels: ['x', 'y'], invalid: 0 },
    score: null,
    label: null,
    timestampMs: null,
    predictionId: null,
  };
}
