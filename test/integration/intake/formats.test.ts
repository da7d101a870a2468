/** A topic of another format, end to end to the store: halves joined by id, refusals replayed with their headers. */
import { beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { RawRecord } from '../../../src/core/events/log-source.ts';
import { createLogDecoders } from '../../../src/pipeline/intake/log-decoders.ts';
import type { PartitionConsumer } from '../../../src/pipeline/consume/partition-consumer.ts';
import { replayDeadLetters } from '../../../src/pipeline/intake/replay-dead-letters.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { configOf } from '../../config/example.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { expectConserved } from '../../harness/database/conservation.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { startSchemaRegistry } from '../../harness/kafka/schema-registry.ts';
import { partitionConsumer } from '../partition-log.ts';

const RECEIVED_MS = Date.UTC(2026, 2, 1, 13);
const config = async (models: string, registryUrl: string) =>
  await configOf(`
kafka:
  brokers: "k:9092"
  topics: { predictions: [{ topic: kserve, format: kserve }, { topic: framed, encoding: registry }] }
schema_registry: { url: "${registryUrl}" }
models: [{ name: ${models}, task: classification, features_from: features }]`);

const headers = (type: string, id: string) =>
  new Map(
    Object.entries({
      ce_type: `org.kubeflow.serving.inference.${type}`,
      ce_id: id,
      ce_inferenceservicename: 'iris',
      ce_time: '2026-03-01T12:00:00.123456789Z',
    }).map(([name, value]) => [name, Buffer.from(value)]),
  );

describeWith(['postgres'], 'formats', () => {
  let pool: Pool;
  let url: string;
  beforeAll(async () => {
    ({ url } = await createDatabase('formats'));
    pool = createPool({ connectionString: url, max: 6, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
  });

  async function consumer(models: string, registryUrl: string): Promise<PartitionConsumer> {
    const resolved = await config(models, registryUrl);
    const decode = createLogDecoders(resolved, systemClock);
    return await partitionConsumer(pool, { specs: resolved.models, decode });
  }
  const batch = (topic: string, records: Omit<RawRecord, 'offset' | 'timestampMs' | 'key'>[]) => ({
    source: `kafka:${topic}`,
    topic,
    partition: 0,
    eventType: 'prediction' as const,
    records: records.map((record, index) => ({
      ...record,
      key: null,
      offset: BigInt(index),
      timestampMs: RECEIVED_MS,
    })),
    fromOffset: 0n,
    nextOffset: BigInt(records.length),
    highOffset: BigInt(records.length),
    heartbeat: () => Promise.resolve(),
  });

  it('counts both halves of a call in either order, and replays what an unknown model left', async () => {
    const one = await consumer('other', 'http://127.0.0.1:1');
    const response = Buffer.from('{"predictions":[1,2]}');
    const request = Buffer.from('{"instances":[[1,2],[3,4]]}');
    await one.onRecords(
      batch('kserve', [
        { value: response, headers: headers('response', 'a') },
        { value: request, headers: headers('request', 'a') },
        {
          value: Buffer.from('{}'),
          headers: new Map([
            ['ce_type', Buffer.from('x')],
            ['ce_id', Buffer.from('b')],
          ]),
        },
        { value: request },
      ]),
    );
    await one.checkpointAll();
    expect(await expectConserved(pool)).toEqual({
      prediction: { read: 3, unknown_model: 1, ignored: 1, dead_letter: 1 },
      features: { read: 1, unknown_model: 1 },
    });
    // One letter for each record, however many rows it has.
    const letters = await pool.query('select reason from dead_letter order by "offset"');
    expect(letters.rows).toEqual([
      { reason: 'unknown_model' },
      { reason: 'unknown_model' },
      { reason: 'missing_fields' },
    ]);
    const mended = await config('iris', 'http://127.0.0.1:1');
    const asked = { config: mended, databaseUrl: url, reason: null, model: null, limit: null };
    expect(await replayDeadLetters({ ...asked, dryRun: true })).toMatchObject({ accepted: 4 });
    expect(await replayDeadLetters({ ...asked, dryRun: false })).toEqual({
      accepted: 4,
      duplicates: 0,
      truncated: 0,
      withheld: 0,
      stillDead: [{ reason: 'missing_fields', count: 1 }],
    });
    expect(await expectConserved(pool)).toEqual({
      prediction: { read: 4, windowed: 2, ignored: 1, dead_letter: 1 },
      features: { read: 2, windowed: 2 },
    });
    const joined = await pool.query<{ ids: string }>('select count(*) as ids from prediction');
    expect(Number(joined.rows[0]?.ids)).toBe(2);
  });

  it('waits while the schema registry is away, and loses nothing', async () => {
    await using registry = await startSchemaRegistry();
    registry.add(1, { schema: '{}', schemaType: 'JSON' });
    const one = await consumer('iris', registry.url);
    const event =
      '{"type":"prediction","model":"iris","prediction_id":"z","prediction":1,"timestamp":1772366400}';
    const records = [{ value: Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), Buffer.from(event)]) }];
    registry.failure = 503;
    await expect(one.onRecords(batch('framed', records))).rejects.toThrow(/answers 503/);
    registry.failure = null;
    expect((await one.onRecords(batch('framed', records))).nextOffset).toBe(1n);
    await one.checkpointAll();
    expect((await expectConserved(pool))['prediction']).toMatchObject({ read: 5, windowed: 3 });
  });
});
