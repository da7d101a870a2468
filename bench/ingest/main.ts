/**
 * How fast shiftwatch ingests, beside bare kafkajs, on one real broker in one run. `npm run bench:ingest -- --help`.
 */
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { silentLog } from '../../src/core/log.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded/start.ts';
import { silenceTimeoutNegativeWarning } from '../../test/harness/kafka/kafkajs-warning.ts';
import { provideKafka } from '../../test/harness/providers/kafka.ts';
import { endProcess, TestRun } from '../../test/harness/test-run.ts';
import { benchCache, environmentOf } from '../compare/python.ts';
import { figuresOf, reportOf } from './report.ts';
import { createDatabaseOn } from '../evaluate/database-on.ts';
import { createMessages } from './messages.ts';
import { runBare, runPython, runShiftwatch } from './runs.ts';
import type { Measured } from './steady-rate.ts';
import { type PythonWork, VARIANTS } from './variants.ts';

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    partitions: { type: 'string', default: '4' },
    features: { type: 'string', default: '20' },
    segments: { type: 'string', default: '1' },
    processes: { type: 'string', default: '1' },
    only: { type: 'string', default: 'abcdefg' },
    repeat: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (flags.help) {
  process.stdout.write(
    `node bench/ingest/main.ts [--events 1000000] [--partitions 4] [--features 20] [--segments 1]
  [--processes 1] [--only abcdefg] [--repeat 1] [--json]

a  a bare kafkajs consumer that only counts
b  the same with JSON.parse
c  shiftwatch's ingest role, checkpoints every 5 s, predictions not stored
d  the same, with every prediction stored for its label
e  a Python consumer: confluent-kafka and json
f  the same with a whylogs profile, a pandas frame a poll; of at most 20 million values
g  as e, with River's ADWIN on each number; of at most 40 million values
h  as f, an event at a time, which is slower; of at most 2 million values; only when asked for

Needs Java for the broker (jars come through Maven), or TEST_KAFKA_BROKERS. e to h need python3, and install what they use once, into
environments in a cache folder (SHIFTWATCH_BENCH_CACHE, else in the temporary folder). Medians of --repeat rounds.
--json prints the figures by letter as one object.
`,
  );
  process.exit(0);
}

silenceTimeoutNegativeWarning();
const loadBefore = loadavg()[0] ?? 0;
const unknown = flags.only.split('').filter((letter) => VARIANTS[letter] === undefined);
if (unknown.length > 0) throw new RangeError(`--only knows ${Object.keys(VARIANTS).join('')}`);
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
      if (measured !== null) results.set(variant, [...(results.get(variant) ?? []), measured]);
    }
  }
  const figures = figuresOf(results);
  const setting =
    `${events} events of ${Math.round(bytes)} bytes, ${features} features, ${segments} segments, ` +
    `${flags.partitions} partitions, ${flags.processes} process(es), ${flags.repeat} round(s)`;
  process.stdout.write(flags.json ? `${JSON.stringify(figures)}\n` : reportOf(figures, setting, loadBefore));
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

/** Null where Python or its packages are not to be had, which is said. */
async function measurePython(work: PythonWork, topic: string): Promise<Measured | null> {
  const environment = await environmentOf(benchCache(), work.environment);
  if ('failed' in environment) {
    process.stderr.write(`left out: ${environment.failed}\n`);
    return null;
  }
  const most = Math.min(events, Math.floor(work.mostValues / features));
  const onStart = (pid: number): void => run.record(pid);
  const { python } = environment;
  const measured = await runPython({ python, work: work.work, brokers, topic, events: most, onStart });
  return most === events ? measured : { ...measured, note: `the first ${most} events; ${measured.note}` };
}

async function measure(variant: string, topic: string, round: number): Promise<Measured | null> {
  const python = VARIANTS[variant]?.python;
  if (python !== undefined) return await measurePython(python, topic);
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
  const database = await createDatabaseOn(postgres.url, name);
  return await runShiftwatch({
    folder: run.folder,
    database,
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
