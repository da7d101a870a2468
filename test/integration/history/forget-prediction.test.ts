import { beforeAll, expect, it } from 'vitest';
import { fillHistory, historyModel, START_MS } from '../../../bench/history/fill.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { idHash } from '../../../src/core/ids/id-hash.ts';
import { silentLog } from '../../../src/core/log.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { forgetPrediction } from '../../../src/pipeline/history/forget-prediction.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { halvesOf, PredictionFinder } from '../../../src/pipeline/predictions/prediction-finder.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { decodeReference } from '../../../src/stats/profile/reference-codec.ts';
import { decodeRowSample } from '../../../src/stats/profile/rows/row-sample-codec.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { loadBaselineProfile } from '../../../src/store/evaluation/baselines.ts';
import { loadChunks } from '../../../src/store/predictions/prediction-chunks.ts';
import { decodeFeatureRows } from '../../../src/window/feature-chunk.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { type DumpedRow, numberPatterns, spellings, tablesHolding, wholeDump } from '../whole-dump.ts';

const SHAPE = { windows: 2, rows: 300, segments: 2, features: 6 };
const ID = 'w1-7';
const OTHER = 'w1-8';

describeWith(['postgres'], 'forgetting a prediction', () => {
  let pool: Pool;
  let modelIds: number[];
  const rowOf = async (id: string) =>
    (await new PredictionFinder().find(pool, { modelId: modelIds[0]!, kind: 0 }, [halvesOf(idHash(id))]))[0];
  const featuresOf = async (id: string) => {
    const row = (await rowOf(id))!;
    const chunks = await loadChunks(pool, { fromMs: row.eventMs, toMs: row.eventMs }, new Set([row.chunkId]));
    return decodeFeatureRows(chunks.get(row.chunkId)!, [row.chunkRow]).get(row.chunkRow);
  };
  const isSampled = async (id: string): Promise<boolean> => {
    const parts = await pool.query<{ delta: Buffer; baseline: number }>(
      `select p.delta, w.baseline_id as baseline from window_part p join "window" w on w.id = p.window_id where p.kind = 'rows'`,
    );
    const reference = decodeReference(await loadBaselineProfile(pool, parts.rows[0]!.baseline));
    return parts.rows.some(
      ({ delta }) => decodeRowSample(delta, reference, null).remove(idHash(id)) !== null,
    );
  };
  const post = async (lines: readonly (object | string)[]) => {
    const accept = createAcceptEvents({
      pool,
      catalog: await ModelCatalog.open(pool, [historyModel()]),
      segments: new SegmentRegistry(),
      limits: DEFAULT_DECODE_LIMITS,
      reevaluateAfterMs: 0,
    });
    const body = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
    return await accept({
      body: Buffer.from(body),
      idempotencyKey: null,
      receivedAtMs: START_MS + 2 * HOUR_MS,
    });
  };
  const forget = async (id: string, isDry = false) => await forgetPrediction(pool, { id, modelIds, isDry });
  const NOTHING = { predictions: 0, labels: 0, waiting_labels: 0, samples: 0, dead_letters: 0, batches: 0 };

  beforeAll(async () => {
    const { url } = await createDatabase('forget');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    await fillHistory(pool, SHAPE, async () => {});
    const models = await pool.query<{ id: number }>('select id from model');
    modelIds = models.rows.map(({ id }) => id);
  });

  it('takes out its row, features, label and place in samples, and leaves all others', async () => {
    const features = await featuresOf(OTHER);
    expect(features?.size).toBe(SHAPE.features);
    const gone = await featuresOf(ID);
    const before = await pool.query(
      `select count(*)::int as n, sum(rows)::int as rows from prediction_block`,
    );
    const dry = await forget(ID, true);
    expect(dry).toEqual({ ...NOTHING, predictions: 1, labels: 1, samples: 1 });
    expect(await featuresOf(ID)).toEqual(gone);
    expect(await forget(ID)).toEqual(dry);
    expect(await rowOf(ID)).toBeUndefined();
    expect(await isSampled(ID)).toBe(false);
    expect(await isSampled(OTHER)).toBe(true);
    expect(await featuresOf(OTHER)).toEqual(features);
    const after = await pool.query(`select count(*)::int as n, sum(rows)::int as rows from prediction_block`);
    expect(after.rows).toEqual([{ n: before.rows[0].n, rows: before.rows[0].rows - 1 }]);
    const value = gone?.get('x_1');
    const chunks = await pool.query<{ id: number }>('select id from prediction_chunk');
    const all = await loadChunks(
      pool,
      { fromMs: START_MS, toMs: START_MS + DAY_MS },
      new Set(chunks.rows.map(({ id }) => id)),
    );
    const values = [...all.values()].flatMap((data) =>
      [
        ...decodeFeatureRows(
          data,
          Array.from({ length: SHAPE.rows }, (_, i) => i),
        ).values(),
      ].map((row) => row.get('x_1')),
    );
    expect(values.length).toBeGreaterThan(SHAPE.rows);
    expect(values).not.toContain(value);
    expect(await forget(ID)).toEqual(NOTHING);
  });

  it('a log that brings it again brings a repetition', async () => {
    const event = {
      type: 'prediction',
      model: 'history',
      model_version: '1',
      prediction_id: ID,
      timestamp: START_MS + HOUR_MS,
      features: { x_1: 1 },
      prediction: 'deny',
      score: 0.2,
    };
    expect(await post([event])).toMatchObject({ ok: true, value: { accepted: 0, duplicates: 1 } });
    expect(await rowOf(ID)).toBeUndefined();
  });

  it('labels that wait for it and messages that nobody could read go, however they spell it', async () => {
    const id = 'Zoë "42"\\7';
    const label = { type: 'label', model: 'history', prediction_id: id, timestamp: START_MS, label: 'deny' };
    const spelled = JSON.stringify({ prediction_id: id }).replaceAll('ë', '\\u00EB');
    await post([
      label,
      `{"type":"prediction",${spelled.slice(1)}`,
      // Whoever writes JSON may escape any letter, and put JSON into JSON.
      String.raw`{"type":"prediction","prediction_id":"\u005aoë \"4\u0032\"\\7"}`,
      JSON.stringify({ type: 'prediction', prediction_id: 'x', value: JSON.stringify({ id }) }),
      '{"type":"prediction","prediction_id":"Zoe"}',
      // Of others, who are called much the same.
      JSON.stringify({ type: 'prediction', prediction_id: `${id}7` }),
      JSON.stringify({ type: 'prediction', prediction_id: `${id}-2` }),
      JSON.stringify({ type: 'prediction', prediction_id: `AZoë "42"\\7` }),
    ]);
    expect((await pool.query('select 1 from dead_letter')).rowCount).toBe(7);
    expect(await forget(id)).toEqual({ ...NOTHING, waiting_labels: 1, dead_letters: 3 });
    expect((await pool.query('select 1 from pending_label')).rowCount).toBe(0);
    expect((await pool.query('select 1 from dead_letter')).rowCount).toBe(4);
  });

  it('nothing of it is left in the whole database but counts', async () => {
    const id = 'ZQ-forgotten-77ab';
    const [value, lost] = [918_273.645, 827_364.591];
    const event = {
      type: 'prediction',
      model: 'history',
      model_version: '1',
      prediction_id: id,
      timestamp: START_MS + HOUR_MS + 1,
      features: { site: 'site-0', x_1: value, x_2: 'ZQ text in a number' },
      prediction: 'deny',
      score: 0.2,
    };
    const other = { ...event, prediction_id: 'ZQ-other', features: { site: 'site-0', x_1: 1.25 } };
    const label = { type: 'label', model: 'history', timestamp: START_MS, label: 'deny' };
    await post([event, other, { ...label, prediction_id: `${id}-waits` }]);
    await post([
      { ...label, prediction_id: id },
      `{"type":"prediction","prediction_id":"${id}","features":{"x_1":${lost}`,
    ]);
    // Counts stay: a sum of a window's may be of this row alone.
    const isCounted = ({ table, bytes }: DumpedRow): boolean =>
      table === 'window_part' && /,input,/.test(bytes[0]!.toString());
    const held = async (patterns: readonly Buffer[]) => [
      ...tablesHolding(
        (await wholeDump(pool)).filter((row) => !isCounted(row)),
        patterns,
      ).keys(),
    ];
    const [ids, values] = [spellings(id), [value, lost].flatMap((each) => numberPatterns(each, 3))];
    values.push(...spellings('ZQ text in a number'));
    expect(await held(ids)).toEqual(['dead_letter', 'pending_label']);
    expect(await held(values)).toEqual(
      expect.arrayContaining(['dead_letter', 'prediction_chunk', 'window_part']),
    );
    expect(await forget(id)).toMatchObject({
      predictions: 1,
      samples: 1,
      waiting_labels: 1,
      dead_letters: 1,
    });
    await forget(`${id}-waits`);
    expect(await held([...ids, ...values])).toEqual([]);
    expect(await rowOf('ZQ-other')).toBeDefined();
  });
});
