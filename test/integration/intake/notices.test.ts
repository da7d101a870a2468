/** Whatever way an event comes and is read, what was noticed about it is counted once, with the event. */
import { beforeAll, expect, it } from 'vitest';
import { METRIC_FAMILIES } from '../../../src/api/metrics/fleet-families.ts';
import { fleetRegistry } from '../../../src/api/metrics/fleet-registry.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { IdLedger } from '../../../src/pipeline/intake/id-ledger.ts';
import { createLogDecoders } from '../../../src/pipeline/intake/log-decoders.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { pipelineFacts } from '../../../src/store/read-models/pipeline.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { configOf } from '../../config/example.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { partitionConsumer } from '../partition-log.ts';

const SECONDS = 1_772_366_400;

describeWith(['postgres'], 'notices', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('notices');
    pool = createPool({ connectionString: url, max: 6, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
  });

  const noticed = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await pipelineFacts(pool)).notices.map(({ source, notice, count }) => [`${source} ${notice}`, count]),
    );
  const event = (id: string, timestamp: unknown) =>
    JSON.stringify({
      type: 'prediction',
      model: 'm',
      prediction_id: id,
      timestamp,
      features: { a: 1 },
      prediction: 1,
    });

  it('are counted from bytes and by the ordinary way, over Kafka, mapped and posted, and not twice', async () => {
    const config = await configOf(`
kafka:
  brokers: "k:9092"
  topics: { predictions: [plain, { topic: mapped, mapping: own }] }
mapping: { own: { model: { const: m }, prediction: y, timestamp: t } }
models: [{ name: m, task: regression }]`);
    const catalog = await ModelCatalog.open(pool, config.models);
    const options = {
      pool,
      catalog,
      segments: new SegmentRegistry(),
      ledger: new IdLedger(),
      limits: DEFAULT_DECODE_LIMITS,
      reevaluateAfterMs: 0,
    };
    const decode = createLogDecoders(config, systemClock);
    const consumer = await partitionConsumer(pool, { specs: config.models, decode });
    const batch = (topic: string, values: readonly string[]) => ({
      source: `kafka:${topic}`,
      topic,
      partition: 0,
      eventType: 'prediction' as const,
      records: values.map((value, index) => ({
        key: null,
        value: Buffer.from(value),
        offset: BigInt(index),
        timestampMs: SECONDS * 1_000,
      })),
      fromOffset: 0n,
      nextOffset: BigInt(values.length),
      highOffset: BigInt(values.length),
      heartbeat: () => Promise.resolve(),
    });
    await consumer.onRecords(
      batch('plain', [
        // The first of a shape is learned from; the others are read from their bytes.
        ...Array.from({ length: 10 }, (_, i) => event(`s-${i}`, SECONDS)),
        ...Array.from({ length: 5 }, (_, i) => event(`ms-${i}`, SECONDS * 1_000)),
        event('ns', `${SECONDS}000000000`),
        event('iso', '2026-03-01T12:00:00Z'),
        event('nan', SECONDS).replace('"a":1', '"a":NaN'),
        event('odd', '2026-03-01T12:00:00Z').replace('"a":1', '"a":1,"":2'),
        event('future', SECONDS * 2),
      ]),
    );
    await consumer.onRecords(batch('mapped', [`{"y":1,"t":${SECONDS}000000}`]));
    await consumer.checkpointAll();
    const accept = createAcceptEvents(options);
    const body = Buffer.from([event('h-1', SECONDS), event('h-2', `${SECONDS * 1_000}`)].join('\n'));
    const posted = { body, idempotencyKey: 'k', receivedAtMs: SECONDS * 1_000 };
    await accept(posted);
    await accept(posted);
    expect(await noticed()).toEqual({
      'http epoch_ms': 1,
      'http epoch_s': 1,
      'kafka:mapped epoch_us': 1,
      'kafka:plain bare_numbers': 1,
      'kafka:plain dropped_names': 1,
      'kafka:plain epoch_ms': 5,
      'kafka:plain epoch_ns': 1,
      'kafka:plain epoch_s': 11,
    });
    const facts = await pipelineFacts(pool);
    const families = METRIC_FAMILIES.map((each) => ({
      ...each,
      samples: each.samples(facts, SECONDS * 1_000),
    }));
    const metrics = await fleetRegistry(families).metrics();
    expect(metrics).toContain('shiftwatch_epoch_timestamps_total{source="kafka:plain",unit="s"} 11\n');
    expect(metrics).toContain('shiftwatch_tolerated_total{source="kafka:plain",what="bare_numbers"} 1\n');
  });
});
