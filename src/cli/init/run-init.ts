import { access, writeFile } from 'node:fs/promises';
import { parseConfig } from '../../config/load.ts';
import { formatProblem } from '../../config/problem.ts';
import type { Config } from '../../config/resolve.ts';
import { UsageError, UserError } from '../../core/errors.ts';
import { configText } from '../../init/config-text.ts';
import type { Io } from '../terminal/io.ts';
import { counted, progressLine } from '../terminal/progress-line.ts';
import { readOptions } from '../terminal/table-options.ts';
import type { InitFlags, InitSource } from './init-source.ts';
import { nextSteps } from './next-steps.ts';

const LINGER_MS = 1_000;

/** Prints or writes a first configuration, and says what to do next. */
export async function runInit(file: string | undefined, flags: InitFlags, io: Io): Promise<void> {
  expectOneSource(file, flags);
  const path = flags.write === true ? 'shiftwatch.yaml' : flags.write;
  if (path !== undefined) await expectNoFile(path);
  const source = file === undefined ? await ofTopic(flags, io) : await ofFile(file, flags, io);
  for (const note of source.noticed.notes) io.say(`note: ${note}\n`);
  const text = configText(source.noticed, source.securityFrom);
  const config = await expectFine(text, path ?? 'shiftwatch.yaml', io);
  if (path !== undefined) await writeNew(path, text);
  if (flags.json === true) io.print(`${JSON.stringify(source.noticed, null, 2)}\n`);
  else if (path === undefined) io.print(text);
  if (path !== undefined) io.say(`written: ${path}\n`);
  if (flags.baseline !== undefined) {
    const { storeBaselines } = await import('./store-baselines.ts');
    await storeBaselines(source, config, flags.baseline, io);
  }
  io.say(
    nextSteps(source, {
      file: file ?? null,
      path: path ?? null,
      hasBaseline: flags.baseline !== undefined,
      flags,
      config,
    }),
  );
  // A connection that kafkajs did not get closed would keep the program, which has said all there is.
  if (flags.topic !== undefined) setTimeout(() => process.exit(), LINGER_MS).unref();
}

function expectOneSource(file: string | undefined, flags: InitFlags): void {
  if ((file === undefined) !== (flags.topic === undefined)) return;
  if (
    file === undefined &&
    typeof flags.write === 'string' &&
    /\.(csv|tsv|jsonl|ndjson|json|parquet)(\.gz)?$/i.test(flags.write)
  ) {
    throw new UsageError(`--write takes ${flags.write} for the file to write`, {
      fix: `Put --write last: shiftwatch init ${flags.write} --write`,
    });
  }
  throw new UsageError('give either a file or --topic', {
    fix: 'Such as: shiftwatch init training.csv, or shiftwatch init --topic ml.predictions --brokers localhost:9092',
  });
}

async function expectNoFile(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) throw alreadyThere(path);
}

const alreadyThere = (path: string): UserError =>
  new UserError(`${path} exists already, and is not overwritten`, {
    fix: 'Name another file (--write other.yaml), or leave --write out to see what would be written.',
  });

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw alreadyThere(path);
    throw new UserError(`${path} cannot be written: ${(error as Error).message}`, {
      fix: 'Name a file in a folder that exists and that you may write into.',
      cause: error,
    });
  }
}

/** What was noticed may hold a name that no configuration takes. */
async function expectFine(text: string, file: string, io: Io): Promise<Config> {
  const parsed = await parseConfig(text, {
    file,
    env: io.env,
    readFile: async () => await Promise.resolve(''),
  });
  if (parsed.ok) return parsed.value;
  throw new UserError(
    `what was noticed makes no configuration\n${parsed.error.map(formatProblem).join('\n')}`,
    { fix: 'Name the model with --model, or leave columns out with --exclude.' },
  );
}

async function ofFile(file: string, flags: InitFlags, io: Io): Promise<InitSource> {
  const { noticeFile } = await import('../../init/notice-file.ts');
  const bar = progressLine(io);
  try {
    const { noticed, read, columns } = await noticeFile(file, flags.model ?? null, {
      ...readOptions(flags),
      onProgress: ({ rows, fraction }) => bar.show(counted(`reading ${file}`, rows, 'rows'), fraction),
    });
    const { table, rowKeys } = read;
    return { noticed, columns, securityFrom: null, tables: new Map([['default', { table, rowKeys }]]) };
  } finally {
    bar.end();
  }
}

async function ofTopic(flags: InitFlags, io: Io): Promise<InitSource> {
  const { readTopicSource } = await import('./topic-source.ts');
  return await readTopicSource(flags, io);
}
