/**
 * Hours of ordinary load on a whole shiftwatch, with deaths: memory, connections and conservation are to stay flat, and
 * every count is to be exact in the end. `node bench/soak/main.ts --help`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { stringify } from 'yaml';
import { silentLog } from '../../src/core/log.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded/start.ts';
import { freePort } from '../../test/harness/free-port.ts';
import { silenceTimeoutNegativeWarning } from '../../test/harness/kafka/kafkajs-warning.ts';
import { provideKafka } from '../../test/harness/providers/kafka.ts';
import { provideRedis } from '../../test/harness/providers/redis.ts';
import { endProcess, TestRun } from '../../test/harness/test-run.ts';
import { SEGMENT_FEATURE } from '../ingest/messages.ts';
import { createTrainingFile } from './training-file.ts';
import { SteadyLoad } from './load.ts';
import { lookAt, type Look } from './look.ts';

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '1500' },
    labels: { type: 'string', default: '500' },
    features: { type: 'string', default: '50' },
    segments: { type: 'string', default: '20' },
    queue: { type: 'string', default: 'postgres' },
    'kill-every': { type: 'string', default: '0' },
    'swap-every': { type: 'string', default: '0' },
    'shift-every': { type: 'string', default: '0' },
    roles: { type: 'string', default: 'ingest,evaluate,act,api' },
    'node-options': { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});

if (flags.help) {
  process.stdout.write(
    `node bench/soak/main.ts [--minutes 60] [--rate 1500] [--labels 500] [--features 50] [--segments 20]
  [--queue postgres|redis] [--kill-every SECONDS] [--swap-every SECONDS] [--shift-every SECONDS]
  [--roles ingest,evaluate,act,api]

Sends predictions and labels to a real broker at a steady rate and lets one shiftwatch with all roles watch windows of
one and five minutes. --kill-every ends it by SIGKILL that often and starts it again; --swap-every stops it by SIGTERM
and starts it on the other queue; --shift-every moves one feature of ten by half a standard deviation in every second
span of that length, so that an incident opens, lasts and ends. Prints a line of resident memory, heap, connections, lag and what is unaccounted for
every ten seconds, then holds all counts against what was sent: exit 1 where they differ.

Needs Java for the broker (jars come through Maven), and redis-server for --queue redis or --swap-every.
`,
  );
  process.exit(0);
}

const LOOK_EVERY_MS = 10_000;
/** It is waited for as long as it counts on: a machine that had other work to do leaves a million events to catch up with. */
const SETTLED_WITHIN_MS = 120_000;

silenceTimeoutNegativeWarning();
const [minutes, rate, labelRate, features, segments, killEvery, swapEvery, shiftEvery] = [
  flags.minutes,
  flags.rate,
  flags.labels,
  flags.features,
  flags.segments,
  flags['kill-every'],
  flags['swap-every'],
  flags['shift-every'],
].map(Number) as [number, number, number, number, number, number, number, number];

const run = new TestRun();
const kafka = await provideKafka(run);
if (kafka.service.status !== 'ready') throw new Error(`${kafka.service.why}. ${kafka.service.fix}.`);
const redis = flags.queue === 'redis' || swapEvery > 0 ? await provideRedis(run) : null;
if (redis !== null && redis.status !== 'ready') throw new Error(`${redis.why}. ${redis.fix}.`);
const postgres = await startEmbeddedPostgres({ directory: join(run.folder, 'postgres'), log: silentLog });
run.record(postgres.pid);
const folder = mkdtempSync(join(run.folder, 'soak-'));
const port = await freePort();
const program = join(import.meta.dirname, '../../bin/shiftwatch.js');
const output = openSync(join(folder, 'output'), 'a');

function configure(backend: string): void {
  const url = redis?.status === 'ready' ? redis.address : undefined;
  const config = {
    database: postgres.url,
    queue: backend === 'redis' ? { backend, url } : { backend },
    api: { listen: `127.0.0.1:${port}` },
    kafka: {
      brokers: kafka.service.status === 'ready' ? kafka.service.address : '',
      group_id: 'soak',
      session_timeout: '10s',
      topics: { predictions: ['soak-predictions'], labels: ['soak-labels'] },
    },
    models: [
      {
        name: 'credit-risk',
        task: 'classification',
        positive_class: 'approve',
        windows: [
          { size: '1m', grace: '10s', accept_late: '1h' },
          { size: '5m', grace: '10s', accept_late: '1h' },
        ],
        segments: [SEGMENT_FEATURE],
        labels: { horizon: '1d', mature_after: '4m' },
      },
    ],
  };
  writeFileSync(join(folder, 'shiftwatch.yaml'), stringify(config));
}

function start(args: readonly string[]): ChildProcess {
  const nodeOptions = flags['node-options'].split(' ').filter((each) => each !== '');
  const child = spawn(process.execPath, [...nodeOptions, program, ...args], {
    cwd: folder,
    stdio: ['ignore', output, output],
  });
  run.record(child.pid ?? 0);
  return child;
}

const load = new SteadyLoad({
  brokers: kafka.service.address,
  predictionTopic: 'soak-predictions',
  labelTopic: 'soak-labels',
  features,
  segments,
  predictionsPerSecond: rate,
  labelsPerSecond: labelRate,
  shiftEveryMs: shiftEvery * 1_000,
});
const looks: Look[] = [];
let exact = false;
try {
  let backend = flags.queue;
  configure(backend);
  createTrainingFile(join(folder, 'training.jsonl'), { features, segments });
  const baseline = start([
    'baseline',
    'create',
    '--model',
    'credit-risk',
    '--version',
    '3',
    'training.jsonl',
  ]);
  await new Promise((resolve) => baseline.once('exit', resolve));
  const db = new pg.Client({ connectionString: postgres.url, application_name: 'soak' });
  db.on('error', () => undefined);
  await db.connect();
  await load.start();
  let child = start(['serve', '--roles', flags.roles]);
  const begunMs = Date.now();
  let [killed, swapped] = [0, 0];
  while (Date.now() - begunMs < minutes * 60_000) {
    await sleep(LOOK_EVERY_MS - ((Date.now() - begunMs) % LOOK_EVERY_MS));
    const look = await lookAt(child.pid ?? 0, db, `http://127.0.0.1:${port}`, Date.now() - begunMs);
    looks.push(look);
    process.stdout.write(`${line(look, backend)} kills ${killed} swaps ${swapped}\n`);
    if (child.exitCode !== null)
      throw new Error(`shiftwatch ended with ${child.exitCode}; see ${folder}/output`);
    const seconds = (Date.now() - begunMs) / 1_000;
    if (killEvery > 0 && seconds >= (killed + 1) * killEvery) {
      await endProcess(child.pid ?? 0);
      child = start(['serve', '--roles', flags.roles]);
      killed += 1;
    } else if (swapEvery > 0 && seconds >= (swapped + 1) * swapEvery) {
      await endProcess(child.pid ?? 0, 'SIGTERM');
      backend = backend === 'redis' ? 'postgres' : 'redis';
      configure(backend);
      child = start(['serve', '--roles', flags.roles]);
      swapped += 1;
    }
  }
  await load.stop();
  exact = await countsAreExact(db, child);
  await endProcess(child.pid ?? 0, 'SIGTERM');
  const alerts = await db.query<{ alerts: number }>('select count(*)::int as alerts from alert');
  await db.end();
  process.stdout.write(`alerts ${alerts.rows[0]?.alerts}\n`);
  report();
} finally {
  await load.stop();
  await postgres.stop();
  await run.end();
}
process.exitCode = exact ? 0 : 1;

/** Waits until all that was sent is stored, and holds the counts against it. */
async function countsAreExact(db: pg.Client, child: ChildProcess): Promise<boolean> {
  const { sent } = load;
  const expected = {
    windowed: sent.predictions,
    duplicate: sent.repeated,
    dead_letter: sent.garbage,
    labels: sent.labels,
  };
  let last = '';
  let deadline = Date.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const found = await db.query<Record<keyof typeof expected, number>>(
      `select
         coalesce(sum(count) filter (where outcome = 'windowed'), 0)::float8 as windowed,
         coalesce(sum(count) filter (where outcome = 'duplicate'), 0)::float8 as duplicate,
         coalesce(sum(count) filter (where outcome = 'dead_letter'), 0)::float8 as dead_letter,
         (select coalesce(sum(count), 0)::float8 from event_read where event_type = 'label') as labels
       from event_count where event_type <> 'label'`,
    );
    const counted = JSON.stringify(found.rows[0]);
    if (counted !== last) deadline = Date.now() + SETTLED_WITHIN_MS;
    last = counted;
    const same = counted === JSON.stringify(expected);
    if (same || Date.now() > deadline || child.exitCode !== null) {
      process.stdout.write(`sent    ${JSON.stringify(expected)}\ncounted ${counted}\n`);
      return same;
    }
    await sleep(500);
  }
}

function line(look: Look, backend: string): string {
  const {
    atMs,
    residentMb,
    anonymousMb,
    heapMb,
    externalMb,
    connections,
    lag,
    unaccounted,
    verdicts,
    threads,
  } = look;
  return (
    `${(atMs / 60_000).toFixed(1).padStart(5)} min  resident ${residentMb.toFixed(0)} MB (anonymous ${anonymousMb.toFixed(0)}, ` +
    `heap ${heapMb?.toFixed(0)}, external ${externalMb?.toFixed(0)})  threads ${threads}  connections ${connections}  ` +
    `lag ${lag}  unaccounted ${unaccounted}  verdicts ${verdicts}  ${backend}`
  );
}

function report(): void {
  const peak = Math.max(...looks.map((each) => each.residentMb));
  const tenths = Array.from({ length: 10 }, (_, i) => {
    const part = looks.slice(Math.floor((i * looks.length) / 10), Math.floor(((i + 1) * looks.length) / 10));
    const sorted = part.map((each) => each.residentMb).toSorted((a, b) => a - b);
    return sorted[sorted.length >> 1]?.toFixed(0) ?? '';
  });
  process.stdout.write(
    `${cpus()[0]?.model ?? 'unknown processor'} × ${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}\n` +
      `${rate} predictions/s of ${features} features, ${labelRate} labels/s, ${segments} segments, ${minutes} min: ` +
      `peak ${peak.toFixed(0)} MB, median of each tenth ${tenths.join(', ')} MB; ` +
      `connections at most ${Math.max(...looks.map((each) => each.connections))}; ` +
      `unaccounted ${Math.max(...looks.map((each) => Math.abs(each.unaccounted)))}; ${exact ? 'exact' : 'NOT EXACT'}\n`,
  );
}
