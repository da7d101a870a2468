import { afterAll, beforeAll, expect, test } from 'vitest';
import { idHash } from '../../../src/core/ids/id-hash.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { RawRecord, RecordBatch } from '../../../src/core/events/log-source.ts';
import { foldCrowdedWindows } from '../../../src/pipeline/windows/fold-windows.ts';
import { sweepLabels } from '../../../src/pipeline/labels/label-joiner.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import type { PartitionConsumer } from '../../../src/pipeline/consume/partition-consumer.ts';
import { InputProfile } from '../../../src/stats/profile/input-profile.ts';
import { LabelProfile } from '../../../src/stats/profile/outcomes/label-profile.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { partsOf } from '../../harness/database/window-parts.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { partitionConsumer } from '../partition-log.ts';

const HOUR = Date.UTC(2026, 2, 1, 12);
const SOURCE = 'kafka:ml.predictions';
const UNKNOWN = '{"type":"prediction","model":"nobody","features":{}}';

describeWith(['postgres'], 'checkpoints', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('checkpoint');
    pool = createPool({ connectionString: url, max: 12, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  async function consumer(startAtEnd = false): Promise<PartitionConsumer> {
    return await partitionConsumer(pool, { specs: [modelSpec()], startAtEnd });
  }

  test('a worker that dies between two checkpoints neither loses nor doubles an event', async () => {
    const partition = 0;
    const log = predictions('crash', 500);
    const first = await consumer();
    await first.onRecords(batch(partition, log, 0, 200));
    await first.checkpointAll();
    await first.onRecords(batch(partition, log, 200, 350));
    // Dies here: offsets 200 to 349 were read and never stored. Another begins where Kafka thinks it was.
    const second = await consumer();
    const again = await second.onRecords(batch(partition, log, 350, 400));
    expect(again.nextOffset).toBe(200n);
    await second.onRecords(batch(partition, log, 150, 500));
    await second.checkpointAll();
    expect(await windowRows(pool, 'crash')).toBe(500);
    expect(await stored(pool, 'crash')).toBe(500);
  });

  test('a zombie that still holds a partition stores nothing', async () => {
    const partition = 1;
    const log = predictions('zombie', 300);
    const [zombie, owner] = [await consumer(), await consumer()];
    await zombie.onRecords(batch(partition, log, 0, 100));
    await owner.onRecords(batch(partition, log, 0, 300));
    await owner.checkpointAll();
    expect(await zombie.checkpointAll()).toEqual([]);
    const outcome = await zombie.onRecords(batch(partition, log, 100, 200));
    expect(outcome.nextOffset).toBe(299n);
    expect(await windowRows(pool, 'zombie')).toBe(300);
  });

  test('three writers that replay one partition at random count every event once', async () => {
    const partition = 2;
    const log = predictions('writers', 1_000);
    const writers = await Promise.all([consumer(), consumer(), consumer()]);
    const random = seeded(7);
    let done = false;
    const work = async (writer: PartitionConsumer): Promise<void> => {
      let at = 0;
      while (!done) {
        const to = Math.min(1_000, at + 1 + Math.floor(random() * 120));
        const outcome = await writer.onRecords(batch(partition, log, at, to));
        at = Number(outcome.nextOffset);
        if (random() < 0.5) await writer.checkpointAll();
        if (random() < 0.1) await writer.onRevoked();
        if (at >= 1_000) {
          await writer.checkpointAll();
          done ||= (await position(pool, partition)) === 1_000;
          at = 0;
        }
      }
    };
    await Promise.all(writers.map(work));
    expect(await windowRows(pool, 'writers')).toBe(1_000);
    expect(await stored(pool, 'writers')).toBe(1_000);
    expect(await outcomes(pool, partition)).toEqual({ windowed: 1_000 });
  });

  test('a checkpoint that failed is tried again with the same counts', async () => {
    const partition = 6;
    const log = [...predictions('retry', 20), ...predictions('retry', 10)];
    const one = await consumer();
    await one.onRecords(batch(partition, log, 0, 20));
    await one.checkpointAll();
    await one.onRecords(batch(partition, log, 20, 30));
    // The last statement of the transaction fails, after the duplicates were taken back out of the counts.
    await pool.query('alter table watermark add constraint broken check (false) not valid');
    await expect(one.checkpointAll()).rejects.toThrow('broken');
    await pool.query('alter table watermark drop constraint broken');
    await one.checkpointAll();
    expect(await windowRows(pool, 'retry')).toBe(20);
    expect(await outcomes(pool, partition)).toEqual({ windowed: 20, duplicate: 10 });
    expect(await position(pool, partition)).toBe(30);
  });

  test('many checkpoints of an open window fold into few parts with the same counts', async () => {
    const partition = 7;
    const log = predictions('folded', 150);
    const one = await consumer();
    for (let at = 0; at < log.length; at++) {
      await one.onRecords(batch(partition, log, at, at + 1));
      await one.checkpointAll();
    }
    expect((await parts(pool, 'folded', 'input')).length).toBe(150);
    const catalog = await ModelCatalog.open(pool, [modelSpec()]);
    expect(await foldCrowdedWindows(pool, catalog, silentLog)).toBe(1);
    expect((await parts(pool, 'folded', 'input')).length).toBe(1);
    expect(await windowRows(pool, 'folded')).toBe(150);
  });

  test('a repeated prediction_id counts once, in one checkpoint and across them', async () => {
    const partition = 3;
    const log = [...predictions('twice', 10), ...predictions('twice', 10), ...predictions('twice', 12)];
    const one = await consumer();
    await one.onRecords(batch(partition, log, 0, 20));
    await one.checkpointAll();
    await one.onRecords(batch(partition, log, 20, 32));
    await one.checkpointAll();
    expect(await windowRows(pool, 'twice')).toBe(12);
    expect(await outcomes(pool, partition)).toEqual({ windowed: 12, duplicate: 20 });
  });

  test('what cannot be read is a dead letter, counted with everything else', async () => {
    const partition = 4;
    const good = predictions('mixed', 3);
    const log = [good[0], 'not json', good[1], UNKNOWN, good[2]].map((text) => text ?? '');
    const one = await consumer();
    await one.onRecords(batch(partition, log, 0, 5));
    await one.checkpointAll();
    expect(await outcomes(pool, partition)).toEqual({ windowed: 3, dead_letter: 1, unknown_model: 1 });
    const letters = await pool.query(
      `select reason, "offset", convert_from(bytes, 'UTF8') as text from dead_letter where partition = $1 order by id`,
      [partition],
    );
    expect(letters.rows).toEqual([
      { reason: 'malformed_json', offset: 1, text: 'not json' },
      { reason: 'unknown_model', offset: 3, text: UNKNOWN },
    ]);
  });

  test('labels join before, with and after their prediction, and a revision replaces the old label', async () => {
    const partition = 5;
    const ids = ['l1', 'l2', 'l3'];
    const catalog = await ModelCatalog.open(pool, [modelSpec()]);
    const one = await consumer();
    const log = [
      label('l1', 'deny', 1),
      prediction('l1', 'labels'),
      prediction('l2', 'labels'),
      label('l2', 'approve', 1),
      prediction('l3', 'labels'),
      label('l3', 'approve', 5),
      label('l3', 'deny', 2),
    ];
    const sweep = { pool, catalog, reevaluateAfterMs: 0, log: silentLog };
    await one.onRecords(batch(partition, log, 0, 1));
    await one.checkpointAll();
    expect(await sweepLabels(sweep)).toMatchObject({ joined: 0, deferred: 1 });
    await one.onRecords(batch(partition, log, 1, 6));
    await one.checkpointAll();
    expect(await sweepLabels(sweep)).toMatchObject({ joined: 3 });
    // Older than the one that counts: arrival order does not matter.
    await one.onRecords(batch(partition, log, 6, 7));
    await one.checkpointAll();
    expect(await sweepLabels(sweep)).toMatchObject({ joined: 0, superseded: 1 });
    await one.onRecords(batch(partition, [...log, label('l1', 'approve', 9)], 7, 8));
    await one.checkpointAll();
    expect(await sweepLabels(sweep)).toMatchObject({ joined: 0, superseded: 1 });
    const rows = await pool.query(
      `select id_hash::text as id, class, score, label from prediction
       where id_hash = any($1::bigint[]) order by array_position($1::bigint[], id_hash)`,
      [ids.map((id) => idHash(id).toString())],
    );
    expect(rows.rows).toEqual(
      ids.map((id) => ({ id: idHash(id).toString(), class: 'approve', score: 0.8, label: 'approve' })),
    );
    const labels = new LabelProfile(null, 'classification');
    for (const part of await parts(pool, 'labels', 'label')) {
      labels.merge(LabelProfile.decode(part.delta, null, 'classification'));
    }
    expect(labels.labelled).toBe(3);
    expect(labels.performance).toMatchObject({ n: 3, correct: 3 });
  });
});

function prediction(id: string, version: string): string {
  return JSON.stringify({
    type: 'prediction',
    prediction_id: id,
    model: 'credit-risk',
    model_version: version,
    timestamp: HOUR + 60_000,
    features: { age: 42, country: 'DE' },
    prediction: 'approve',
    score: 0.8,
  });
}

function predictions(version: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => prediction(`${version}-${index}`, version));
}

function label(id: string, value: string, minute: number): string {
  return JSON.stringify({
    type: 'label',
    prediction_id: id,
    model: 'credit-risk',
    label: value,
    timestamp: HOUR + minute * 60_000,
  });
}

function batch(partition: number, log: readonly string[], from: number, to: number): RecordBatch {
  const records = log.slice(from, to).map((text, index): RawRecord => ({
    offset: BigInt(from + index),
    timestampMs: HOUR + 3_600_000,
    key: null,
    value: Buffer.from(text),
  }));
  return {
    source: SOURCE,
    topic: 'ml.predictions',
    partition,
    eventType: null,
    records,
    fromOffset: BigInt(from),
    nextOffset: BigInt(from + records.length),
    highOffset: BigInt(log.length),
    heartbeat: async () => {},
  };
}

async function parts(pool: Pool, version: string, kind: string) {
  const found = await pool.query<{ id: number }>(
    `select w.id from "window" w join model_version v on v.id = w.model_version_id where v.name = $1`,
    [version],
  );
  const all = await Promise.all(found.rows.map(async ({ id }) => await partsOf(pool, id)));
  return all.flat().filter((part) => part.kind === kind);
}

async function windowRows(pool: Pool, version: string): Promise<number> {
  const profile = new InputProfile(null, 'classification');
  for (const part of await parts(pool, version, 'input')) {
    profile.merge(InputProfile.decode(part.delta, null, 'classification'));
  }
  return profile.rows;
}

async function stored(pool: Pool, version: string): Promise<number> {
  const found = await pool.query<{ n: number }>(
    `select count(*) as n from prediction p join model_version v on v.id = p.model_version_id where v.name = $1`,
    [version],
  );
  return found.rows[0]?.n ?? 0;
}

async function outcomes(pool: Pool, partition: number): Promise<Record<string, number>> {
  const found = await pool.query<{ outcome: string; count: number }>(
    `select outcome, sum(count)::bigint as count from event_count where source = $1 and partition = $2 and count > 0 group by 1`,
    [SOURCE, partition],
  );
  return Object.fromEntries(found.rows.map((row) => [row.outcome, row.count]));
}

async function position(pool: Pool, partition: number): Promise<number> {
  const found = await pool.query<{ next_offset: number }>(
    'select next_offset from source_position where source = $1 and partition = $2',
    [SOURCE, partition],
  );
  return found.rows[0]?.next_offset ?? 0;
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
