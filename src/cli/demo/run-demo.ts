import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '../../config/load.ts';
import { formatProblem } from '../../config/problem.ts';
import type { Config } from '../../config/resolve.ts';
import { UserError } from '../../core/errors.ts';
import { readTable } from '../../ingest/table/read-table.ts';
import { prepareDashboard, startService, type Service } from '../../main.ts';
import { ROLES } from '../../pipeline.ts';
import { Started } from '../../pipeline/serve/started.ts';
import { freshDatabase } from '../../store/connection/fresh-database.ts';
import { migrate } from '../../store/connection/migrate.ts';
import { openDatabase } from '../../store/connection/open-database.ts';
import { createPool } from '../../store/connection/pool.ts';
import { readFile } from 'node:fs/promises';
import { storeBaseline } from '../baseline/create-baseline.ts';
import type { Io } from '../terminal/io.ts';
import { untilAskedToStop } from '../terminal/until-asked-to-stop.ts';
import { COLUMNS, FAULT, LABEL_DELAY_MS, MODEL, MODEL_VERSION, withFault } from './car-loan.ts';
import { startMailCatcher, type MailCatcher } from './mail-catcher.ts';
import { narrate, summary } from './narrator.ts';
import { replayTable } from './replay-table.ts';
import { startTrainingPipeline, type TrainingPipeline } from './training-pipeline.ts';

const DATABASE = 'shiftwatch_demo';

interface DemoOptions {
  readonly port: number;
  readonly exit: boolean;
}

/** Everything real but the training: database, mail, webhook, HTTP and data. Stops cleanly at Ctrl-C. */
export async function runDemo(options: DemoOptions, io: Io): Promise<void> {
  const started = new Started(io.log);
  const stopAsked = untilAskedToStop();
  try {
    await Promise.race([stopAsked, play(options, io, started, stopAsked)]);
  } finally {
    io.say('Stopping …\n');
    await started.stop();
    const { dataDirectory: folder } = io;
    if (io.env['DATABASE_URL'] === undefined && existsSync(folder)) {
      io.say(
        `The demo's database stays in ${folder}, about 200 MB. Remove the folder when you are done; ` +
          'what else shiftwatch keeps of this folder lies there, too.\n',
      );
    }
  }
}

async function play(options: DemoOptions, io: Io, started: Started, stopAsked: Promise<null>): Promise<void> {
  io.say('Starting PostgreSQL, a mail server and a training pipeline on this machine …\n');
  const dashboard = prepareDashboard(io.log);
  started.add('dashboard', async () => dashboard.stop());
  const database = await openDatabase({
    url: io.env['DATABASE_URL'] ?? null,
    directory: io.dataDirectory,
    log: io.log,
  });
  started.add('database', async () => await database.close());
  const databaseUrl = await freshDatabase(database.url, DATABASE);
  const port = await freePort(options.port);
  const apiUrl = `http://127.0.0.1:${port}`;
  const mail = await startMailCatcher();
  started.add('mail server', mail.close);
  const training = await startTrainingPipeline((runId) => `${apiUrl}/api/v1/retrains/${runId}/status`);
  started.add('training pipeline', training.close);
  const configured = await demoConfig({
    DATABASE_URL: databaseUrl,
    API_LISTEN: `127.0.0.1:${port}`,
    SMTP_URL: io.env['SMTP_URL'] ?? mail.url,
    TRAINING_URL: training.url,
    TRAINING_SECRET: training.secret,
  });
  // Its mails lead to its own pages.
  const config = { ...configured, publicUrl: apiUrl };

  const reference = await loadBaseline(config, databaseUrl, io);
  const service = await startService({
    config,
    roles: new Set(ROLES),
    log: io.log,
    dashboard,
    mailbox: mail.mails,
  });
  started.add('service', service.stop);
  io.say(`The page is up: ${apiUrl}  (mails: ${apiUrl}/mail)\n\n`);
  io.say(
    `Replaying 50,000 loans from November 2018 to August 2019. Labels arrive ${LABEL_DELAY_MS / 86_400_000} days late. ` +
      `From 13 to 27 December\n${FAULT.feature} arrives in percent instead of as a share: a fault that this demo adds.\n\n`,
  );
  await findShifts(service, apiUrl, reference, { mail, training }, io);
  if (options.exit) return;
  io.say(`\nThe page stays up at ${apiUrl} until Ctrl-C.\n`);
  await stopAsked;
}

async function findShifts(
  service: Service,
  apiUrl: string,
  shape: Awaited<ReturnType<typeof readTable>>['shape'],
  heard: { mail: MailCatcher; training: TrainingPipeline },
  io: Io,
): Promise<void> {
  const { table } = await readTable(example('monitoring.csv.gz'), { columns: COLUMNS, like: shape });
  const pool = createPool({
    connectionString: service.databaseUrl,
    max: 2,
    applicationName: 'shiftwatch demo',
    log: io.log,
  });
  try {
    const narration = narrate(pool, io);
    await replayTable(
      withFault(table),
      { model: MODEL, version: MODEL_VERSION, labelDelayMs: LABEL_DELAY_MS, startMs: 0, stepMs: 0 },
      apiUrl,
      narration,
    );
    await narration.untilQuiet();
    io.print(await summary(pool, heard.mail.mails(), heard.training.calls()));
  } finally {
    await pool.end();
  }
}

async function loadBaseline(config: Config, databaseUrl: string, io: Io) {
  io.say('Making a baseline of 50,000 loans from January to October 2018 …\n');
  const spec = config.models[0];
  if (spec === undefined) throw new Error('the demo configures no model');
  const { task, positiveClass } = spec;
  const read = await readTable(example('reference.csv.gz'), {
    columns: COLUMNS,
    task,
    ...(positiveClass === null ? {} : { positiveClass }),
  });
  await migrate({ connectionString: databaseUrl, log: io.log });
  const pool = createPool({
    connectionString: databaseUrl,
    max: 2,
    applicationName: 'shiftwatch demo',
    log: io.log,
  });
  try {
    const { table, rowKeys } = read;
    const source = { file: 'reference.csv.gz', rows: table.rows };
    await storeBaseline(pool, spec, MODEL_VERSION, table, source, { rowKeys });
  } finally {
    await pool.end();
  }
  return read.shape;
}

async function demoConfig(env: Record<string, string>): Promise<Config> {
  const file = example('shiftwatch.yaml');
  const readText = async (path: string): Promise<string> => await readFile(path, 'utf8');
  const parsed = await parseConfig(await readText(file), { file, env, readFile: readText });
  if (parsed.ok) return parsed.value;
  throw new UserError(`the demo's configuration is broken\n${parsed.error.map(formatProblem).join('\n')}`);
}

function example(name: string): string {
  return fileURLToPath(new URL(`../../../examples/car-loan/${name}`, import.meta.url));
}

/** The wanted port, or any free one when it is taken. */
async function freePort(wanted: number): Promise<number> {
  for (const port of [wanted, 0]) {
    const server = createServer();
    server.listen(port, '127.0.0.1');
    const listening = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!listening) continue;
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    if (address !== null && typeof address === 'object') return address.port;
  }
  throw new UserError('no port is free on 127.0.0.1');
}
