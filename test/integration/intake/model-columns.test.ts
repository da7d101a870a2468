/** Columns that events make up: how many a model may have, which those are, and what becomes of the rest. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import type { Table } from '../../../src/core/table.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { pipelineFacts, type SurplusRow } from '../../../src/store/read-models/pipeline.ts';
import { decodeFeatureChunk } from '../../../src/window/feature-chunk.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { fetched, partitionConsumer, predictionLine, readToEnd } from '../partition-log.ts';

const LIMIT = 3;

describeWith(['postgres'], 'columns of a model', () => {
  let pool: Pool;
  const start = (spec: ModelSpec) => partitionConsumer(pool, { specs: [spec] });
  let models = 0;
  /** A model of its own for each test: its columns stay. */
  function model(overrides: Partial<ModelSpec> = {}): ModelSpec {
    models += 1;
    return modelSpec({ name: `model-${models}`, columnLimit: LIMIT, ...overrides });
  }
  beforeAll(async () => {
    const { url } = await createDatabase('model_columns');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
  });

  let ids = 0;
  const line = (spec: ModelSpec, features: object, version = '1'): string => {
    ids += 1;
    return predictionLine(`p${ids}`, version, { model: spec.name, features });
  };
  /** A partition of its own for each reading. */
  let partitions = 0;
  async function read(spec: ModelSpec, values: readonly string[], records = 100): Promise<void> {
    partitions += 1;
    await readToEnd(await start(spec), { partition: partitions, values }, 0, records);
  }

  it.each(['with a baseline', 'without one'])(
    'are those that came first, and the events of all others count: %s',
    async (which) => {
      const spec = model();
      if (which === 'with a baseline') await baseline(spec);
      const values = Array.from({ length: 40 }, (_, n) =>
        line(spec, { age: n, [`extra_${n % 5}`]: n, [`once_${n}`]: 1 }),
      );
      await read(spec, values);
      const stored = await columnsOf(spec);
      const beyond =
        which === 'with a baseline' ? ['extra_0', 'once_0', 'extra_1'] : ['age', 'extra_0', 'once_0'];
      expect([...stored.keys()].toSorted()).toEqual([...new Set(['age', ...beyond])].toSorted());
      expect(stored.get('age')).toBe(40);
      expect(stored.get('extra_0')).toBe(8);
      expect(await outcomes(spec)).toEqual(40);
      const kept = [...stored.values()].reduce((sum, rows) => sum + rows, 0);
      const told = await surplusOf(spec);
      expect(told?.dropped).toBe(3 * 40 - kept);
      expect(told?.names).toHaveLength(20);
      expect(told?.names.slice(0, 2)).toEqual(
        which === 'with a baseline' ? ['once_1', 'extra_2'] : ['extra_1', 'once_1'],
      );
    },
  );

  it('of the baseline and the configuration never give way', async () => {
    const spec = model({ segments: ['country'] });
    await read(
      spec,
      Array.from({ length: 10 }, (_, n) => line(spec, { [`flood_${n}`]: n })),
    );
    await baseline(spec, 'late', ['late_1', 'late_2']);
    await read(
      spec,
      Array.from({ length: 5 }, (_, n) => line(spec, { country: 'DE', late_1: n, late_2: n }, 'late')),
    );
    const stored = await columnsOf(spec);
    expect(['country', 'late_1', 'late_2'].map((name) => stored.get(name))).toEqual([5, 5, 5]);
  });

  it('that a new baseline brings come back, also of messages whose shape is known', async () => {
    const spec = model();
    await baseline(spec);
    const consumer = await start(spec);
    const atHour = (hour: number, n: number) =>
      predictionLine(`h${hour}-${n}-${spec.name}`, '1', {
        model: spec.name,
        timestamp: Date.UTC(2026, 2, 1, hour, 1),
        features: { age: n, a: 1, b: 2, c: 3, d: 4 },
      });
    partitions += 1;
    const values = [
      ...Array.from({ length: 30 }, (_, n) => atHour(10, n)),
      ...Array.from({ length: 30 }, (_, n) => atHour(11, n)),
    ];
    const partition = partitions;
    await readToEnd(consumer, { partition, values: values.slice(0, 30) }, 0);
    expect((await columnsOf(spec)).get('d')).toBeUndefined();
    await baseline(spec, '1', ['age', 'd']);
    await readToEnd(consumer, { partition, values }, 30);
    expect((await columnsOf(spec)).get('d')).toBe(30);
  });

  it('are the same for two processes that begin at once', async () => {
    const spec = model();
    const [a, b] = [await start(spec), await start(spec)];
    const flood = (who: string) =>
      Array.from({ length: 200 }, (_, n) => line(spec, { [`${who}_${n % 10}`]: n, age: n }));
    partitions += 2;
    const logs = [
      { partition: partitions - 1, values: flood('a') },
      { partition: partitions, values: flood('b') },
    ] as const;
    await Promise.all([readToEnd(a, logs[0], 0, 20), readToEnd(b, logs[1], 0, 20)]);
    expect((await columnsOf(spec)).size).toBe(LIMIT);
    expect(await admitted(spec)).toHaveLength(LIMIT);
    expect(await outcomes(spec)).toBe(400);
  });

  it('are the same for who reads again after a process was killed before its checkpoint', async () => {
    const spec = model();
    const values = Array.from({ length: 60 }, (_, n) => line(spec, { [`name_${n % 12}`]: n }));
    partitions += 1;
    const log = { partition: partitions, values };
    const killed = await start(spec);
    await killed.onRecords(fetched(log, 0, 30));
    const chosen = await admitted(spec);
    expect(await outcomes(spec)).toBe(0);
    // Another partition of the model comes in between.
    await read(
      spec,
      Array.from({ length: 10 }, (_, n) => line(spec, { [`other_${n}`]: n })),
    );
    await readToEnd(await start(spec), log, 0, 7);
    expect(await admitted(spec)).toEqual(chosen);
    const stored = await columnsOf(spec);
    expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(chosen.map((name) => [name, 5])));
    expect((await surplusOf(spec))?.dropped).toBe(60 + 10 - 15);
  });

  it('do not depend on how a log is cut, nor on the way a message takes', async () => {
    const feature = fc.constantFrom('age', 'a', 'b', 'c', 'd', 'e', 'f', 'g');
    const features = fc.dictionary(feature, fc.constantFrom<unknown>(1, 2.5, 'x', null, true, [1]), {
      maxKeys: 6,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(features, { minLength: 1, maxLength: 25 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        async (rows, hasBaseline, firstCut, secondCut) => {
          const [one, other] = [model(), model()];
          for (const [spec, cut] of [
            [one, firstCut],
            [other, secondCut],
          ] as const) {
            if (hasBaseline) await baseline(spec);
            // Each shape comes again: first the ordinary way, then the fast one.
            await read(
              spec,
              [...rows, ...rows, ...rows].map((each) => line(spec, each)),
              cut,
            );
          }
          expect(await columnsOf(one)).toEqual(await columnsOf(other));
          const [first, second] = [await surplusOf(one), await surplusOf(other)];
          expect([first?.dropped, first?.names]).toEqual([second?.dropped, second?.names]);
          const names = new Set(rows.flatMap((row) => Object.keys(row)));
          const expected = [...names].filter((name) => !hasBaseline || name !== 'age').slice(0, LIMIT);
          expect((await admitted(one)).toSorted()).toEqual(expected.toSorted());
        },
      ),
      { numRuns: 15, seed: 3 },
    );
  });

  it('are the same over HTTP, where a body is one transaction', async () => {
    const spec = model();
    const accept = createAcceptEvents({
      pool,
      catalog: await ModelCatalog.open(pool, [spec]),
      segments: new SegmentRegistry(),
      limits: DEFAULT_DECODE_LIMITS,
      reevaluateAfterMs: 0,
    });
    const lines = Array.from({ length: 500 }, (_, n) => line(spec, { [`n_${n}`]: 1, [`m_${n}`]: 'x' }));
    const body = Buffer.from(lines.join('\n'));
    const answer = await accept({ body, idempotencyKey: null, receivedAtMs: Date.UTC(2026, 2, 1, 13) });
    expect(answer).toMatchObject({ ok: true, value: { accepted: 500, dead_letters: [] } });
    expect([...(await columnsOf(spec)).keys()]).toEqual(['n_0', 'm_0', 'n_1']);
    expect(await surplusOf(spec)).toMatchObject({ dropped: 997 });
  });

  it('are named short and whole in what is told of them', async () => {
    const spec = model({ columnLimit: 0 });
    await read(spec, [line(spec, { [`<script>${'é'.repeat(200)}`]: 1, '\u202Eevil': 2 })]);
    const told = await surplusOf(spec);
    expect(told?.names.map((name) => name.length)).toEqual([80, 5]);
    expect(told?.dropped).toBe(2);
  });

  describe('of windows without a baseline that are wide', () => {
    const WIDE = 500;
    const WINDOWS = 30;
    const wide = (spec: ModelSpec) =>
      Array.from({ length: WINDOWS }, (_, hour) =>
        predictionLine(`wide-${spec.name}-${hour}`, '1', {
          model: spec.name,
          timestamp: Date.UTC(2026, 1, 20, hour, 1),
          features: Object.fromEntries(Array.from({ length: WIDE }, (__, n) => [`w${n}`, hour])),
        }),
      );
    const windowsOf = async ({ name }: ModelSpec) =>
      await pool.query<{ windows: number; checkpoints: number }>(
        `select count(distinct p.window_id)::int as windows, count(distinct p.from_offset)::int as checkpoints
         from window_part p join "window" w on w.id = p.window_id
         join model_version v on v.id = w.model_version_id join model m on m.id = v.model_id
         where m.name = $1 and p.kind = 'input'`,
        [name],
      );

    it('close a checkpoint before their counts fill the memory', async () => {
      const spec = model({ columnLimit: WIDE });
      await read(spec, wide(spec));
      const [found] = (await windowsOf(spec)).rows;
      expect(found?.windows).toBe(WINDOWS);
      expect(found?.checkpoints).toBe(2);
    });

    it('are too much for one body, which says how much it may be and stores nothing', async () => {
      const spec = model({ columnLimit: WIDE });
      const accept = createAcceptEvents({
        pool,
        catalog: await ModelCatalog.open(pool, [spec]),
        segments: new SegmentRegistry(),
        limits: DEFAULT_DECODE_LIMITS,
        reevaluateAfterMs: 0,
      });
      const batch = { idempotencyKey: null, receivedAtMs: Date.UTC(2026, 2, 1, 13) };
      const lines = wide(spec);
      const refused = await accept({ ...batch, body: Buffer.from(lines.join('\n')) });
      expect(refused).toMatchObject({ ok: false, error: { reason: 'too_many_events' } });
      expect(!refused.ok && refused.error.detail).toMatch(
        /windows.*at most 128 MiB are taken at once; split the body/,
      );
      expect((await windowsOf(spec)).rows).toEqual([{ windows: 0, checkpoints: 0 }]);
      for (const half of [lines.slice(0, 15), lines.slice(15)]) {
        expect(await accept({ ...batch, body: Buffer.from(half.join('\n')) })).toMatchObject({ ok: true });
      }
      expect((await windowsOf(spec)).rows).toEqual([{ windows: WINDOWS, checkpoints: 2 }]);
    });
  });

  describe('facts', () => {
    it('say by source how many values were left out', async () => {
      const { notices } = await pipelineFacts(pool);
      const counted = notices.filter(({ notice }) => notice === 'surplus_columns');
      const { surplus_columns: surplus } = await pipelineFacts(pool);
      const sum = (rows: readonly { count: number }[]) => rows.reduce((all, { count }) => all + count, 0);
      expect(sum(counted)).toBe(sum(surplus.map(({ dropped }) => ({ count: dropped }))));
    });
  });

  async function baseline(spec: ModelSpec, version = '1', names = ['age']): Promise<void> {
    await storeBaseline(pool, spec, version, training(names), { file: 'training.csv' });
  }

  /** Column → rows that name it, in all that is stored of a model. */
  async function columnsOf({ name }: ModelSpec): Promise<Map<string, number>> {
    const chunks = await pool.query<{ data: Buffer }>(
      `select c.data from prediction_chunk c join model_version v on v.id = c.model_version_id
       join model m on m.id = v.model_id where m.name = $1 order by c.id`,
      [name],
    );
    const columns = new Map<string, number>();
    for (const row of chunks.rows.flatMap(({ data }) => decodeFeatureChunk(data))) {
      for (const column of row.keys()) columns.set(column, (columns.get(column) ?? 0) + 1);
    }
    return columns;
  }

  async function surplusOf({ name }: ModelSpec): Promise<SurplusRow | undefined> {
    return (await pipelineFacts(pool)).surplus_columns.find((row) => row.model === name);
  }

  async function admitted({ name }: ModelSpec): Promise<string[]> {
    const found = await pool.query<{ name: string }>(
      `select a.name from admitted_name a join model m on a.scope = 'columns/' || m.id where m.name = $1 order by a.name`,
      [name],
    );
    return found.rows.map((row) => row.name);
  }

  /** Rows of the model that are in a window. */
  async function outcomes({ name }: ModelSpec): Promise<number> {
    const found = await pool.query<{ n: number }>(
      `select coalesce(sum(b.rows), 0)::int as n from prediction_block b join model m on m.id = b.model_id
       where m.name = $1`,
      [name],
    );
    return found.rows[0]?.n ?? 0;
  }
});

function training(names: readonly string[]): Table {
  const rows = 300;
  const codes = Int32Array.from({ length: rows }, (_, i) => i % 2);
  return {
    rows,
    features: names.map((name) => ({
      name,
      kind: 'numeric',
      values: Float64Array.from({ length: rows }, (_, i) => i),
      invalid: 0,
    })),
    prediction: { name: 'prediction', kind: 'categorical', codes, levels: ['approve', 'deny'], invalid: 0 },
    score: null,
    label: null,
    timestampMs: null,
    predictionId: null,
  };
}
