/**
 * How fast shiftwatch ingests, beside bare kafkajs, on one real broker in one run. `npm run bench:ingest -- --help`.
 */
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { silentLog } from '../../src/core/log.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded/start.ts';
import { silenceTimeoutNegativeWarning } from '../../test/harness/kafka/kafkajs-warning.ts';
import { provideKafka } from '../../test/harness/providers/kafka.ts';
import { endProcess, TestRun } from '../../test/harness/test-run.ts';
import { createMessages } from './messages.ts';
import { runBare, runShiftwatch } from './runs.ts';
import type { Measured } from './steady-rate.ts';

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    partitions: { type: 'string', default: '4' },
    features: { type: 'string', default: '20' },
    segments: { type: 'string', default: '1' },
    processes: { type: 'string', default: '1' },
    only: { type: 'string', default: 'abcd' },
    repeat: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

if (flags.help) {
  process.stdout.write(
    `node bench/ingest/main.ts [--events 1000000] [--partitions 4] [--features 20] [--segments 1]
  [--processes 1] [--only abcd] [--repeat 1]

a  a bare kafkajs consumer that only counts
b  the same with JSON.parse
c  shiftwatch's ingest role, checkpoints every 5 s, predictions not stored
d  the same, with every prediction stored for its label

Needs Java for the broker (jars come through Maven), or TEST_KAFKA_BROKERS.
`,
  );
  process.exit(0);
}

silenceTimeoutNegativeWarning();
const events = Number(flags.events);
const features = Number(flags.features);
const segments = Number(flags.segments);
const run = new TestRun();
const kafka = await provideKafka(run);
if (kafka.service.status !== 'ready') throw new Error(`${kafka.service.why}. ${kafka.service.fix}.`);
const brokers = kafka.service.address;
const postgres = await startEmbeddedPostgres({ directory: join(run.folder, 'postgres'), log: silentLog });
run.record(postgres.pid);

try {
  const topic = 'bench-ingest';
  const bytes = await fill(topic);
  const results = new Map<string, Measured[]>();
  for (let round = 0; round < Number(flags.repeat); round++) {
    for (const variant of flags.only) {
      process.stderr.write(`${variant} …\n`);
      const measured = await measure(variant, topic, round);
      results.set(variant, [...(results.get(variant) ?? []), measured]);
    }
  }
  report(bytes, results);
} finally {
  await postgres.stop();
  await run.end();
}

/** Appends the messages once; every variant reads the same ones. Returns the mean size of a message. */
async function fill(topic: string): Promise<number> {
  const client = new Kafka({ clientId: 'bench', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  const numPartitions = Number(flags.partitions);
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions }] });
  await admin.disconnect();
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const message = createMessages({ features, segments }, 1);
  const batch = Math.max(100, Math.min(5_000, Math.round(4e6 / (40 * features))));
  let bytes = 0;
  for (let sent = 0; sent < events; sent += batch) {
    const size = Math.min(batch, events - sent);
    const messages = Array.from({ length: size }, (_, i) => {
      const value = JSON.stringify(message(sent + i));
      bytes += value.length;
      return { value, partition: (sent + i) % numPartitions };
    });
    await producer.send({ topic, messages });
    process.stderr.write(`\rproduced ${sent + size} of ${events}`);
  }
  process.stderr.write('\n');
  await producer.disconnect();
  return bytes / events;
}

async function measure(variant: string, topic: string, round: number): Promise<Measured> {
  if (variant === 'a' || variant === 'b') {
    return await runBare({
      brokers,
      topic,
      parse: variant === 'b',
      events,
      onStart: (pid) => run.record(pid),
    });
  }
  const name = `bench_${variant}_${round}`;
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  return await runShiftwatch({
    folder: run.folder,
    database: url.href,
    brokers,
    topic,
    features,
    segments,
    storePredictions: variant === 'd',
    processes: Number(flags.processes),
    events,
    onStart: (pid) => run.record(pid),
    stop: async (pid) => await endProcess(pid, 'SIGTERM'),
  });
}

function report(bytes: number, results: ReadonlyMap<string, readonly Measured[]>): void {
  const names: Record<string, string> = {
    a: 'kafkajs, count only',
    b: 'kafkajs + JSON.parse',
    c: 'shiftwatch, not storing predictions',
    d: 'shiftwatch, storing all predictions',
  };
  const median = (all: readonly number[]): number =>
    all.toSorted((x, y) => x - y)[all.length >> 1] ?? Number.NaN;
  const figures = new Map(
    [...results].map(([variant, all]) => [
      variant,
      {
        rate: median(all.map((each) => each.eventsPerSecond)),
        cpu: median(all.map((each) => each.cpuSecondsPerMillion)),
        mb: median(all.map((each) => each.peakMb)),
        growth: all[0]?.growth ?? null,
        extra: all[0]?.note ?? '',
      },
    ]),
  );
  const base = figures.get('b');
  process.stdout.write(
    `${events} events of ${Math.round(bytes)} bytes, ${features} features, ${segments} segments, ` +
      `${flags.partitions} partitions, ${flags.processes} process(es), ${flags.repeat} round(s)\n` +
      `${cpus()[0]?.model ?? 'unknown processor'} × ${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}\n\n` +
      '|   | variant | events/s | against b | CPU s per million | b against it | peak MB | MB in the second and the last million | |\n|---|---|---:|---:|---:|---:|---:|---:|---|\n',
  );
  for (const [variant, { rate, cpu, mb, growth, extra }] of figures) {
    const against = base === undefined ? '' : (rate / base.rate).toFixed(2);
    const grown = growth === null ? '' : `${Math.round(growth.earlyMb)}, ${Math.round(growth.lateMb)}`;
    const cpuAgainst = base === undefined ? '' : (base.cpu / cpu).toFixed(2);
    process.stdout.write(
      `| ${variant} | ${names[variant] ?? variant} | ${Math.round(rate)} | ${against} | ${cpu.toFixed(2)} | ${cpuAgainst} | ${Math.round(mb)} | ${grown} | ${extra} |\n`,
    );
  }
}
