import { beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { sweepLabels } from '../../../src/pipeline/labels/label-joiner.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { replayDeadLetters } from '../../../src/pipeline/intake/replay-dead-letters.ts';
import { tidyBlocks } from '../../../src/store/predictions/id-blocks.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { isKept } from '../../../src/window/kept.ts';
import { idHash } from '../../../src/core/ids/id-hash.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { configOf } from '../../config/example.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { expectConserved } from '../../harness/database/conservation.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { fetched, labelLine, partitionConsumer, predictionLine, RECEIVED_MS } from '../partition-log.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

describeWith(['postgres'], 'conservation', () => {
  let pool: Pool;
  let url: string;
  beforeAll(async () => {
    ({ url } = await createDatabase('conservation'));
    pool = createPool({ connectionString: url, max: 6, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
  });

  let partitions = 0;
  /** Puts lines through a partition of its own. */
  async function read(spec: ModelSpec, values: readonly string[]): Promise<void> {
    partitions += 1;
    const one = await partitionConsumer(pool, { specs: [spec] });
    await one.onRecords(fetched({ partition: partitions, values }, 0));
    await one.checkpointAll();
  }

  async function before(): Promise<Record<string, Record<string, number>>> {
    return await expectConserved(pool);
  }

  it('holds for every way an event can go, at every step of it', async () => {
    const spec = modelSpec();
    const catalog = await ModelCatalog.open(pool, [spec]);
    await read(spec, [
      predictionLine('a', '1'),
      predictionLine('a', '1'),
      predictionLine('b', '1'),
      predictionLine(null, '1'),
      labelLine('a', 'deny'),
      labelLine('a', 'approve', { timestamp: RECEIVED_MS + 1 }),
      labelLine('never', 'deny'),
      'not json',
      predictionLine('c', '1', { model: 'nobody' }),
      labelLine('c', 'deny', { model: 'nobody' }),
      JSON.stringify({ ...(JSON.parse(predictionLine('d', '1')) as object), type: 'features' }),
    ]);
    expect(await before()).toEqual({
      features: { read: 1, ignored: 1 },
      label: { read: 4, waiting: 3, unknown_model: 1 },
      prediction: { read: 5, windowed: 3, duplicate: 1, unknown_model: 1 },
      unknown: { read: 1, dead_letter: 1 },
    });

    const sweep = { pool, catalog, reevaluateAfterMs: 0, log: silentLog };
    await sweepLabels(sweep);
    expect((await before())['label']).toEqual({
      read: 4,
      joined: 1,
      superseded: 1,
      waiting: 1,
      unknown_model: 1,
    });
    await pool.query(
      `update pending_label set received_at = now() - interval '40 days', next_try_at = now()`,
    );
    await sweepLabels(sweep);
    expect((await before())['label']).toMatchObject({ expired: 1, joined: 1, superseded: 1 });

    // Two of three letters can be read now that the model is known.
    const config = await configOf('models: [{ name: nobody, task: classification }]');
    const request = { config, databaseUrl: url, reason: null, model: null, limit: null, dryRun: false };
    await replayDeadLetters(request);
    expect(await before()).toMatchObject({
      label: { read: 4, waiting: 1 },
      prediction: { read: 5, windowed: 4, duplicate: 1 },
      unknown: { read: 1, dead_letter: 1 },
    });
  });

  it('a letter that is read again is of the time of its record, and not of now', async () => {
    const early = { model: 'later', timestamp: RECEIVED_MS + 11 * MINUTE_MS };
    await read(modelSpec(), [
      predictionLine('p', '1', { model: 'later', timestamp: undefined }),
      predictionLine('q', '1', early),
    ]);
    const config = await configOf('models: [{ name: later, task: classification }]');
    const request = { config, databaseUrl: url, reason: null, model: 'later', limit: null, dryRun: false };
    const outcome = await replayDeadLetters(request);
    expect(outcome).toMatchObject({
      accepted: 1,
      stillDead: [{ reason: 'timestamp_in_future', count: 1 }],
    });
    const { rows: windows } = await pool.query<{ at: Date }>(
      `select distinct w.start_at as at from "window" w join model_version v on v.id = w.model_version_id
       join model m on m.id = v.model_id where m.name = 'later'`,
    );
    expect(windows.map(({ at }) => at.getTime())).toEqual([RECEIVED_MS]);
    const left = await pool.query<{ reason: string }>(
      "select reason from dead_letter where model = 'later' and replayed_at is null",
    );
    expect(left.rows).toEqual([{ reason: 'timestamp_in_future' }]);
  });

  it.each([-2e14, -1, 9e18, Number.NaN])(
    'a record of the time %d is put aside as any other',
    async (timestampMs) => {
      partitions += 1;
      const one = await partitionConsumer(pool, { specs: [modelSpec()] });
      const batch = fetched({ partition: partitions, values: ['not json'] }, 0);
      await one.onRecords({
        ...batch,
        records: [...batch.records].map((record) => ({ ...record, timestampMs })),
      });
      await one.checkpointAll();
      const kept = await pool.query('select recorded_at from dead_letter where partition = $1', [partitions]);
      expect(kept.rows).toEqual([{ recorded_at: null }]);
    },
  );

  it('holds for HTTP, whose answer says the same', async () => {
    const earlier = (await before())['prediction'] ?? {};
    const spec = modelSpec();
    const catalog = await ModelCatalog.open(pool, [spec]);
    const accept = createAcceptEvents({
      pool,
      catalog,
      segments: new SegmentRegistry(),
      limits: DEFAULT_DECODE_LIMITS,
      reevaluateAfterMs: 0,
    });
    const now = { timestamp: RECEIVED_MS + 20 * DAY_MS };
    const body = [
      predictionLine('h1', '1', now),
      predictionLine('h1', '1', now),
      predictionLine('a', '1', now),
      predictionLine('late', '1'),
      'garbage',
    ].join('\n');
    const batch = { body: Buffer.from(body), idempotencyKey: 'k', receivedAtMs: RECEIVED_MS + 20 * DAY_MS };
    const answer = await accept(batch);
    expect(answer).toMatchObject({
      ok: true,
      value: { accepted: 1, late: 1, ignored: 0, duplicates: 2, dead_letters: [{ index: 4 }] },
    });
    expect(await accept(batch)).toEqual(answer);
    const after = (await before())['prediction'] ?? {};
    const gained = Object.keys(after).map((name) => [name, (after[name] ?? 0) - (earlier[name] ?? 0)]);
    expect(Object.fromEntries(gained)).toMatchObject({ read: 4, windowed: 1, duplicate: 2, late: 1 });
  });

  it('knows the ids of kept predictions for as long as they are kept, whatever else it has forgotten', async () => {
    const spec = modelSpec({
      name: 'remembers',
      windows: [{ sizeMs: DAY_MS, graceMs: 0, acceptLateMs: 1e13 }],
    });
    const line = (id: string, daysEarlier: number): string =>
      predictionLine(id, '1', { model: 'remembers', timestamp: RECEIVED_MS - daysEarlier * DAY_MS });
    const counts = async (): Promise<number[]> => {
      const { duplicate = 0, windowed = 0 } = (await before())['prediction'] ?? {};
      return [windowed, duplicate];
    };
    const [windowed = 0, duplicates = 0] = await counts();
    await read(spec, [line('x', 100), line('y', 30)]);
    // The same id with another time, on another day, is still the same prediction.
    await read(spec, [line('x', 50), line('y', 1), line('x', 100)]);
    expect(await counts()).toEqual([windowed + 2, duplicates + 3]);
    await pool.query(`update id_block set created_at = now() - interval '31 days'`);
    await tidyBlocks(pool, 1_000_000, 30 * DAY_MS);
    const blocks = await pool.query('select 1 from id_block');
    expect(blocks.rows).toEqual([]);
    const one = await partitionConsumer(pool, { specs: [spec] });
    // It finds two of them among the kept, drops what it holds, and is given the records once more.
    const values = [line('x', 40), line('z', 30), line('y', 30)];
    for (let reading = 1; reading <= 2; reading++) {
      await one.onRecords(fetched({ partition: 900, values }, 0));
      await one.checkpointAll();
    }
    expect(await counts()).toEqual([windowed + 3, duplicates + 5]);
  });

  it('keeps the asked-for share of predictions, counts all, and ignores labels of the others', async () => {
    const spec = modelSpec({ name: 'sampled', sampling: 0.25 });
    const catalog = await ModelCatalog.open(pool, [spec]);
    const sweep = { pool, catalog, reevaluateAfterMs: 0, log: silentLog };
    // What other tests have left waiting.
    await sweepLabels(sweep);
    const earlier = (await before())['label'] ?? {};
    const ids = Array.from({ length: 2_000 }, (_, n) => `s${n}`);
    const kept = ids.filter((id) => isKept(spec, idHash(id)));
    expect(kept.length).toBeGreaterThan(430);
    expect(kept.length).toBeLessThan(570);
    await read(spec, [
      ...ids.map((id) => predictionLine(id, '1', { model: 'sampled' })),
      ...ids.map((id) => labelLine(id, 'deny', { model: 'sampled' })),
    ]);
    await sweepLabels(sweep);
    const rows = await pool.query<{ n: number; stored: number }>(
      `select (select sum(p.rows)::int from window_part p join "window" w on w.id = p.window_id
           join model_version v on v.id = w.model_version_id join model m on m.id = v.model_id
           where m.name = 'sampled' and p.kind = 'input') as n,
         (select count(*)::int from prediction p join model m on m.id = p.model_id where m.name = 'sampled') as stored`,
    );
    expect(rows.rows[0]).toEqual({ n: 2_000, stored: kept.length });
    const after = (await before())['label'] ?? {};
    expect((after['ignored'] ?? 0) - (earlier['ignored'] ?? 0)).toBe(2_000 - kept.length);
    expect((after['joined'] ?? 0) - (earlier['joined'] ?? 0)).toBe(kept.length);
  });
});
