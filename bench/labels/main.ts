/**
 * How fast labels meet predictions of the last two months while ingestion goes on, on a real broker and database.
 * `npm run bench:labels -- --help`.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpus, totalmem } from 'node:os';
import pg from 'pg';
import { silentLog } from '../../src/core/log.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded/start.ts';
import { silenceTimeoutNegativeWarning } from '../../test/harness/kafka/kafkajs-warning.ts';
import { provideKafka } from '../../test/harness/providers/kafka.ts';
import { endProcess, TestRun } from '../../test/harness/test-run.ts';
import { createMessages } from '../ingest/messages.ts';
import { cpuSeconds, serverCpuSeconds } from '../ingest/process-use.ts';
import { createBaseline, startReader, type ReaderOptions } from '../ingest/shiftwatch-reader.ts';
import { fillTopic } from './fill-topic.ts';
import { joinedRates, type Look } from './joined-rates.ts';

const { values: flags } = parseArgs({
  options: {
    days: { type: 'string', default: '60' },
    kept: { type: 'string', default: '1500000' },
    labels: { type: 'string', default: '500000' },
    live: { type: 'string', default: '1500000' },
    order: { type: 'string', default: 'random' },
    help: { type: 'boolean', default: false },
  },
});

if (flags.help) {
  process.stdout.write(
    `node bench/labels/main.ts [--days 60] [--kept 1500000] [--labels 500000] [--live 1500000] [--order random]

Keeps so many predictions spread over so many days, then lets one process read labels of them and new predictions at
once, from two topics.

--order random   labels of any of the days, in any order
--order day      labels of one day after another, as they come when outcomes take equally long

Needs Java for the broker (jars come through Maven), or TEST_KAFKA_BROKERS.
`,
  );
  process.exit(0);
}

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 2, 1);
const [days, kept, labels, live] = [flags.days, flags.kept, flags.labels, flags.live].map(Number) as [
  number,
  number,
  number,
  number,
];

silenceTimeoutNegativeWarning();
const run = new TestRun();
const kafka = await provideKafka(run);
if (kafka.service.status !== 'ready') throw new Error(`${kafka.service.why}. ${kafka.service.fix}.`);
const brokers = kafka.service.address;
const postgres = await startEmbeddedPostgres({ directory: join(run.folder, 'postgres'), log: silentLog });
run.record(postgres.pid);

try {
  const reader: ReaderOptions = {
    folder: run.folder,
    database: postgres.url,
    brokers,
    topic: 'bench-predictions',
    labelTopic: 'bench-labels',
    storePredictions: true,
    features: 20,
    segments: 1,
  };
  const message = createMessages({ features: 20, segments: 1 }, 1);
  const prediction = (i: number, ms: number) => ({ ...message(i), timestamp: new Date(ms).toISOString() });
  await fillTopic(brokers, reader.topic, kept, (i) =>
    prediction(i, START_MS + Math.floor((i / kept) * days * DAY_MS)),
  );
  await fillTopic(brokers, 'bench-labels', 0, () => ({}));
  createBaseline(reader, 10_000);
  const db = new pg.Client({ connectionString: postgres.url });
  await db.connect();
  db.on('error', () => undefined);
  const look = async (pid: number): Promise<Look> => {
    const found = await db.query<{ joined: string; windowed: string; parked: string }>(
      `select coalesce(sum(count) filter (where outcome = 'joined'), 0) as joined,
         coalesce(sum(count) filter (where outcome = 'windowed'), 0) as windowed,
         coalesce(sum(count) filter (where outcome = 'parked'), 0) as parked
       from event_count`,
    );
    const row = found.rows[0];
    return {
      atMs: performance.now(),
      joined: Number(row?.joined),
      windowed: Number(row?.windowed),
      parked: Number(row?.parked),
      readerCpu: cpuSeconds(pid),
      databaseCpu: serverCpuSeconds(postgres.pid),
    };
  };

  process.stderr.write('keeping …\n');
  const history = await joinedRates(startReader(reader), run, look, ({ windowed }) => windowed >= kept);
  await endProcess(history.pid, 'SIGTERM');

  const ofLabel = flags.order === 'day' ? (i: number) => Math.floor((i / labels) * kept) : scattered(kept);
  await fillTopic(brokers, 'bench-labels', labels, (i) => ({
    type: 'label',
    model: 'credit-risk',
    prediction_id: `prediction-${String(ofLabel(i)).padStart(12, '0')}`,
    label: i % 5 === 0 ? 'deny' : 'approve',
    timestamp: START_MS + (days + 1) * DAY_MS,
  }));
  await fillTopic(brokers, reader.topic, live, (i) =>
    prediction(kept + i, START_MS + (days + i / live) * DAY_MS),
  );
  process.stderr.write('joining …\n');
  const joining = await joinedRates(startReader(reader), run, look, ({ joined }) => joined >= labels);
  await endProcess(joining.pid, 'SIGTERM');
  const blocks = await db.query<{ n: number }>('select count(*)::int as n from prediction_block');
  await db.end();
  process.stdout.write(
    `${labels} labels (${flags.order}) of ${kept} predictions of ${days} days, in ${blocks.rows[0]?.n} blocks; ` +
      `${live} new predictions beside them\n` +
      `${cpus()[0]?.model ?? 'unknown processor'} × ${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}\n\n` +
      `| | labels joined/s | predictions ingested/s meanwhile | CPU s of the reader | of the database |\n|---|---:|---:|---:|---:|\n` +
      `| joining | ${Math.round(joining.labelsPerSecond)} | ${Math.round(joining.predictionsPerSecond)} | ${joining.readerCpu.toFixed(1)} | ${joining.databaseCpu.toFixed(1)} |\n`,
  );
} finally {
  await postgres.stop();
  await run.end();
}

/** Every number below `n` once, in an order without order: a step that shares no divisor with it. */
function scattered(n: number): (i: number) => number {
  let step = Math.floor(0.618_033_988_75 * n) | 1;
  while (divisor(step, n) !== 1) step += 2;
  return (i) => Number((BigInt(i) * BigInt(step)) % BigInt(n));
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
