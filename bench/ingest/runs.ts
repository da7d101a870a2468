import { spawn } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import { createBaseline, type ReaderOptions, startReader } from './shiftwatch-reader.ts';
import { type Measured, steadyRate } from './steady-rate.ts';
import type { PythonWork } from './variants.ts';

const MAX_TRAINING_VALUES = 500_000;

export interface BareRun {
  readonly brokers: string;
  readonly topic: string;
  readonly parse: boolean;
  readonly events: number;
  readonly onStart: (pid: number) => void;
}

export async function runBare({ brokers, topic, parse, events, onStart }: BareRun): Promise<Measured> {
  const script = join(import.meta.dirname, 'bare-reader.ts');
  const args = [script, '--brokers', brokers, '--topic', topic, ...(parse ? ['--parse'] : [])];
  return await watch(process.execPath, args, { events, onStart });
}

export interface PythonRun extends Omit<BareRun, 'parse'> {
  readonly python: string;
  readonly work: PythonWork['work'];
}

/** Its note says the versions. */
export async function runPython({ python, work, brokers, topic, ...run }: PythonRun): Promise<Measured> {
  const script = join(import.meta.dirname, 'peers/reader.py');
  const group = `${work}-${process.pid}-${Date.now()}`;
  const args = ['-W', 'ignore', script, '--brokers', brokers, '--topic', topic, '--group', group];
  return await watch(python, [...args, '--work', work], run);
}

/** A process that prints how many events it has read; what it prints before them is its note. */
async function watch(
  program: string,
  args: readonly string[],
  { events, onStart }: Pick<BareRun, 'events' | 'onStart'>,
): Promise<Measured> {
  // Python readers would report the run to the makers of what they use.
  const env = {
    ...process.env,
    DO_NOT_TRACK: '1',
    WHYLOGS_NO_ANALYTICS: 'True',
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  const pid = child.pid ?? 0;
  onStart(pid);
  let done = 0;
  let note = '';
  let rest = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (/^\d/.test(line)) done = Number(line.split(' ')[0]);
      else note = line;
    }
  });
  try {
    return {
      ...(await steadyRate([pid], events, async () => Promise.resolve(done))),
      note,
    };
  } finally {
    child.kill('SIGKILL');
  }
}

export interface ShiftwatchRun extends ReaderOptions {
  readonly processes: number;
  readonly events: number;
  readonly onStart: (pid: number) => void;
  readonly stop: (pid: number) => Promise<void>;
}

export async function runShiftwatch(options: ShiftwatchRun): Promise<Measured> {
  // A training file of so many values, whatever its width.
  createBaseline(options, Math.min(10_000, Math.ceil(MAX_TRAINING_VALUES / options.features)));
  const db = new pg.Client({ connectionString: options.database });
  await db.connect();
  const before = await walPosition(db);
  const children = Array.from({ length: options.processes }, () => startReader(options));
  const pids = children.map((child) => child.pid ?? 0);
  pids.forEach(options.onStart);
  try {
    const measured = await steadyRate(pids, options.events, async () => {
      const found = await db.query<{ done: string }>(
        `select coalesce(sum(next_offset), 0)::text as done from source_position where source like 'kafka:%'`,
      );
      return Number(found.rows[0]?.done ?? 0);
    });
    const counted = await db.query<{ n: string }>(
      `select sum(count)::text as n from event_count where outcome = 'windowed'`,
    );
    const windowed = Number(counted.rows[0]?.n ?? 0);
    if (windowed !== options.events) throw new Error(`${windowed} events counted, not ${options.events}`);
    const walMb = (await walPosition(db)) - before;
    const { checkpoints, parts, bytes } = await storedParts(db);
    const note = [
      `${((walMb / options.events) * 1e6).toFixed(0)} MB WAL per million`,
      `${((walMb * 1e3) / checkpoints).toFixed(0)} kB WAL per checkpoint of one partition`,
      `${(bytes / parts / options.features).toFixed(0)} bytes a feature in each of ${parts} parts`,
    ];
    return { ...measured, note: note.join(', ') };
  } finally {
    for (const pid of pids) await options.stop(pid);
    await db.end();
  }
}

/** What the checkpoints stored of windows: nothing has been folded, because nobody evaluates. */
async function storedParts(db: pg.Client): Promise<{ checkpoints: number; parts: number; bytes: number }> {
  const found = await db.query<{ checkpoints: number; parts: number; bytes: number }>(
    `select count(distinct (partition, from_offset))::int as checkpoints, count(*)::int as parts,
       sum(length(delta))::float8 as bytes
     from window_part where kind = 'input'`,
  );
  return found.rows[0] ?? { checkpoints: 0, parts: 0, bytes: 0 };
}

/** Megabytes of write-ahead log so far. */
async function walPosition(db: pg.Client): Promise<number> {
  const found = await db.query<{ mb: number }>(
    `select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 / 1e6 as mb`,
  );
  return found.rows[0]?.mb ?? 0;
}
