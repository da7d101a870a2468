import { beforeAll, expect, it } from 'vitest';
import { idHash } from '../../../src/core/ids/id-hash.ts';
import { silentLog } from '../../../src/core/log.ts';
import { loadRowSample } from '../../../src/pipeline/predictions/load-row-sample.ts';
import { mergePredictionBlocks } from '../../../src/pipeline/predictions/merge-predictions.ts';
import { halvesOf, hashOf, PredictionFinder } from '../../../src/pipeline/predictions/prediction-finder.ts';
import { createPool, inTransaction, type Pool } from '../../../src/store/connection/pool.ts';
import { PackNames } from '../../../src/store/predictions/pack-names.ts';
import {
  addPacks,
  listBlocks,
  loadPacks,
  nextBlockId,
} from '../../../src/store/predictions/prediction-blocks.ts';
import { decodeFeatureChunk } from '../../../src/window/feature-chunk.ts';
import { MergedRows } from '../../../src/window/merged-rows.ts';
import { packRows } from '../../../src/window/pack-rows.ts';
import { type KeptRow, PredictionPack } from '../../../src/window/prediction-pack.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { fetched, partitionConsumer, predictionLine } from '../partition-log.ts';

const DAY = Date.UTC(2026, 2, 1);
const HOUR = Date.UTC(2026, 2, 1, 9);
const SHARES = { classes: ['a', 'b', 'c'], values: [0.5, 0.25, 0.25] };
const CHECKPOINTS = 80;
const ROWS = 50;
const ids = Array.from({ length: CHECKPOINTS * ROWS }, (_, i) => `p${i}`);

describeWith(['postgres'], 'blocks of predictions', () => {
  let pool: Pool;
  let modelId: number;
  let versionId: number;
  beforeAll(async () => {
    const { url } = await createDatabase('prediction-blocks');
    pool = createPool({ connectionString: url, max: 6, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const windows = [{ sizeMs: 3_600_000, graceMs: 0, acceptLateMs: 1e12 }];
    const one = await partitionConsumer(pool, { specs: [modelSpec({ segments: ['country'], windows })] });
    const values = ids.map((id, i) =>
      predictionLine(id, '1', { ...contentOf(i), timestamp: HOUR + i * 1_000 }),
    );
    for (let at = 0; at < values.length; at += ROWS) {
      await one.onRecords(fetched({ partition: 0, values }, at, at + ROWS));
      await one.checkpointAll();
    }
    const version = await pool.query<{ id: number; model_id: number }>(
      'select id, model_id from model_version',
    );
    modelId = version.rows[0]?.model_id ?? 0;
    versionId = version.rows[0]?.id ?? 0;
  });

  const everything = async () =>
    (
      await pool.query<Record<string, unknown>>(
        `select id_hash::text, model_version_id, event_at, class, value, score, holdout, segments, chunk_id, chunk_row
         from prediction order by prediction.id_hash`,
      )
    ).rows;
  const findAll = async (finder: PredictionFinder) =>
    await finder.find(
      pool,
      { modelId, kind: 0 },
      ids.map((id) => halvesOf(idHash(id))),
    );

  it('are merged without losing or changing a row, also while rows are looked for', async () => {
    const before = await everything();
    expect(before.map((row) => row['id_hash'])).toEqual(
      ids
        .map(idHash)
        .sort((a, b) => (a < b ? -1 : 1))
        .map(String),
    );
    expect(before.find((row) => row['id_hash'] === String(idHash('p7')))).toMatchObject({
      event_at: new Date(HOUR + 7_000),
      class: 'approve',
      value: null,
      score: 0.7,
      holdout: true,
      segments: ['country=FR'],
      chunk_row: 7,
    });
    const finder = new PredictionFinder();
    expect((await listBlocks(pool, { modelId, kind: 0 })).length).toBe(CHECKPOINTS);
    const [merged, racing, found] = await Promise.all([
      mergePredictionBlocks(pool),
      mergePredictionBlocks(pool),
      findAll(finder),
    ]);
    expect([merged, racing].sort((a, b) => a - b)).toEqual([0, CHECKPOINTS]);
    expect(found.map((row) => row?.score)).toEqual(ids.map((_, i) => contentOf(i).score));
    expect(found.map((row) => row?.probabilities)).toEqual(ids.map((_, i) => keptProbabilities(i)));
    expect(await listBlocks(pool, { modelId, kind: 0 })).toMatchObject([{ rows: ids.length, bits: 7 }]);
    expect(await everything()).toEqual(before);
    const again = await findAll(finder);
    expect(again.map((row) => row && hashOf(row))).toEqual(ids.map(idHash));
    expect(again.map((row) => row?.probabilities)).toEqual(ids.map((_, i) => keptProbabilities(i)));
    const strangers = await finder.find(pool, { modelId, kind: 0 }, [halvesOf(idHash('nobody'))]);
    expect(strangers).toEqual([undefined]);
    expect(await mergePredictionBlocks(pool)).toBe(0);
  });

  it('give one row of a pack alone, and all of it where that row cannot be cut out', async () => {
    // Milliseconds of the day, and that there is a class and a score, as the row behind its hash begins.
    const word = 123_456 + 2 ** 28 + 2 ** 30;
    type Told = Pick<KeptRow, 'high' | 'low' | 'probabilities'>;
    const rows: [Told, Told, Told] = [
      { high: 5, low: 77, probabilities: null },
      // Its hash stands within the row before it, too: the low half, and then the time.
      { high: 77, low: word, probabilities: null },
      { high: 9, low: 1, probabilities: null },
    ];
    const kept = { holdout: false, segments: ['country=FR'], prediction: 'deny', chunkId: 1, chunkRow: 3 };
    const packOf = (given: readonly Told[]): Uint8Array => {
      const merged = new MergedRows();
      for (const [i, row] of given.entries())
        merged.add({ ...kept, score: i / 8, eventMs: DAY + 123_456, modelVersionId: 7, ...row });
      return packRows(merged.rows, merged, 0).data[0] ?? new Uint8Array();
    };
    const data = [packOf(rows), packOf([{ ...rows[0], probabilities: SHARES }, rows[1]])];
    const found = await inTransaction(pool, async (tx) => {
      const blockId = await nextBlockId(tx);
      await addPacks(tx, blockId, '2026-03-01', { buckets: [0, 1], data });
      const asked = [
        { bucket: 0, row: { high: 5, low: 77 } },
        { bucket: 0, row: { high: 77, low: word } },
        { bucket: 0, row: { high: 9, low: 1 } },
        { bucket: 0, row: { high: 1, low: 9 } },
        { bucket: 0, row: null },
        { bucket: 1, row: { high: 5, low: 77 } },
        { bucket: 2, row: { high: 5, low: 77 } },
      ];
      const names = new PackNames();
      for (const { bucket, row } of asked)
        if (row === null) names.addWhole(blockId, bucket);
        else names.addRow(blockId, bucket, row.high, row.low);
      const packs = new Map<number, Uint8Array>();
      await loadPacks(tx, '2026-03-01', names, (name, pack) => void packs.set(name, pack));
      return packs;
    });
    const packs = [0, 1, 2, 3, 4, 5, 6].map((n) => {
      const bytes = found.get(n);
      return bytes === undefined ? null : new PredictionPack(bytes, DAY);
    });
    expect(packs.map((pack) => pack?.rows ?? null)).toEqual([1, 3, 1, null, 3, 2, null]);
    const rowOf = (n: number, high: number, low: number) => packs[n]?.row(packs[n]?.find(high, low) ?? -1);
    expect(rowOf(0, 5, 77)).toEqual({
      ...kept,
      ...rows[0],
      score: 0,
      eventMs: DAY + 123_456,
      modelVersionId: 7,
    });
    expect(rowOf(1, 77, word)).toMatchObject({ ...rows[1], score: 1 / 8 });
    expect(rowOf(2, 9, 1)).toEqual({
      ...kept,
      ...rows[2],
      score: 2 / 8,
      eventMs: DAY + 123_456,
      modelVersionId: 7,
    });
    expect(rowOf(5, 5, 77)).toMatchObject({ probabilities: SHARES });
  });

  it('give the rows of a window with the smallest hashes, labelled ones first', async () => {
    const window = { modelVersionId: versionId, startMs: HOUR, endMs: HOUR + 1_800_000 };
    const inWindow = ids.slice(0, 1_800).sort((a, b) => (idHash(a) < idHash(b) ? -1 : 1));
    const labelled = [inWindow[1_500], inWindow[700]].flatMap((id) => id ?? []);
    for (const id of labelled) {
      await pool.query(
        `insert into prediction_label select model_id, id_hash, event_at::date, model_version_id, event_at, 'deny', null,
           2, true, event_at, '' from prediction where id_hash = $1`,
        [String(idHash(id))],
      );
    }
    const numberOf = (id: string): number => Number(id.slice(1));
    const numbers = async (labelledFirst: boolean, pieceBytes?: number) => {
      const options = {
        featuresApart: false,
        labelledFirst,
        ...(pieceBytes !== undefined && { pieceBytes }),
      };
      const sample = await loadRowSample(pool, window, 300, options);
      return sample.rows.map(({ chunkId, chunkRow, label, score }) => {
        const chunk = sample.chunks.get(chunkId ?? 0);
        const features = chunk === undefined ? null : decodeFeatureChunk(chunk)[chunkRow ?? -1];
        return { x: features?.get('x'), label, score };
      });
    };
    const expected = (id: string) => ({
      x: numberOf(id),
      label: labelled.includes(id) ? 'deny' : null,
      score: contentOf(numberOf(id)).score,
    });
    expect(await numbers(false)).toEqual(inWindow.slice(0, 300).map(expected));
    // A chunk at a time.
    expect(await numbers(false, 1)).toEqual(inWindow.slice(0, 300).map(expected));
    const others = inWindow.filter((id) => !labelled.includes(id));
    expect(await numbers(true)).toEqual([...labelled.toReversed(), ...others.slice(0, 298)].map(expected));
  });

  it('of quiet days become one', async () => {
    const one = await partitionConsumer(pool, { specs: [modelSpec({ name: 'quiet' })] });
    for (const id of ['a', 'b']) {
      const values = [predictionLine(id, '1', { model: 'quiet', timestamp: HOUR })];
      await one.onRecords(fetched({ partition: id === 'a' ? 1 : 2, values }, 0));
      await one.checkpointAll();
    }
    expect(await mergePredictionBlocks(pool)).toBe(0);
    await pool.query(`update prediction_block set created_at = now() - interval '2 hours'`);
    expect(await mergePredictionBlocks(pool)).toBe(2);
    expect(await mergePredictionBlocks(pool)).toBe(0);
  });
});

function contentOf(i: number) {
  return {
    prediction: i % 3 === 0 ? 'deny' : 'approve',
    score: i % 10 === 0 ? 0.25 : (i % 10) / 10,
    holdout: i % 7 === 0,
    features: { x: i, country: i % 2 === 0 ? 'DE' : 'FR' },
    ...(i % 4 === 0 && { probabilities: { approve: i / 5_000, deny: 0.5, ask: 1 / (i + 3) } }),
  };
}

function keptProbabilities(i: number) {
  const given = contentOf(i).probabilities;
  return given === undefined ? null : { classes: Object.keys(given), values: Object.values(given) };
}
