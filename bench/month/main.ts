/**
 * A month of one model through the whole service, and the mails that people would have got: `node bench/month/main.ts --help`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { stringify } from 'yaml';
import { untilAskedToStop } from '../../src/cli/terminal/until-asked-to-stop.ts';
import { parseConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/resolve.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts';
import { tableToEvents } from '../../src/ingest/file/table-events.ts';
import { Started } from '../../src/pipeline/serve/started.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded/start.ts';
import { freePort } from '../../test/harness/free-port.ts';
import { startMailFolder } from './mails.ts';
import { log, nextReminderMs, openMonthClock, startMonthService, untilQuiet } from './service.ts';
import { DAYS, MONTH_START_MS, monthTable, planStory, type Story, trainingTable, truthOf } from './story.ts';

const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: '.cache/month' },
    help: { type: 'boolean', default: false },
  },
});

const HELP = `node bench/month/main.ts [--seed 1] [--out .cache/month]

Plays ${DAYS} days of one model through the whole service: embedded PostgreSQL, events over HTTP, windows of a day, labels two
days later, mails over SMTP. The seed chooses the model and what happens. The clocks of service and database are simulated:
windows close, reminders and digests come when they would. Takes ten minutes of a free machine.

Writes every mail to OUT/mails/NN.txt, what happened to OUT/truth.json, and what the service said of it to OUT/said.json.
`;

const VERSION = '1';
const LABEL_DELAY_MS = 2 * DAY_MS;
const IDLE_AFTER_MS = 5 * SECOND_MS;
/** All labels of a window are in two days after it. */
const MATURE_AFTER_MS = LABEL_DELAY_MS + HOUR_MS;
const DIGEST_MS = 8 * HOUR_MS;
/**
 * Of a day: yesterday's window has closed and one has matured, the digest has come, and all of the day has happened and is
 * posted. What labels add to a window is judged an hour later at the soonest: later than that, all is judged once.
 */
const MOMENTS_MS = [HOUR_MS + 15 * MINUTE_MS, DIGEST_MS + MINUTE_MS, DAY_MS];
const POSTED_AT_ONCE = 1_000;

const seed = Number(flags.seed);
if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`--seed ${flags.seed} is no number from 0 on`);
if (flags.help) process.stdout.write(HELP);
else await run();
process.exit();

async function run(): Promise<void> {
  const started = new Started(log);
  try {
    const stopAsked = await Promise.race([untilAskedToStop(), play(started)]);
    if (stopAsked === null) process.exitCode = 130;
  } finally {
    await started.stop();
  }
}

async function play(started: Started): Promise<void> {
  const story = planStory(seed);
  // Drawn before the service runs in the same process: nothing else would get a turn meanwhile.
  const training = { version: VERSION, table: trainingTable(story) };
  const options = { model: story.family.name, version: VERSION, startMs: 0, stepMs: 0 };
  const events = tableToEvents(monthTable(story), { ...options, labelDelayMs: LABEL_DELAY_MS });
  const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-month-'));
  started.add('folder', () => rmSync(folder, { recursive: true, force: true }));
  const { url: databaseUrl, stop } = await startEmbeddedPostgres({
    directory: join(folder, 'postgres'),
    log,
  });
  started.add('database', stop);
  const db = new pg.Client({ connectionString: databaseUrl });
  await db.connect();
  started.add('connection', async () => await db.end());
  const clock = await openMonthClock(db);
  await clock.goTo(MONTH_START_MS);
  const mails = await startMailFolder(join(flags.out, 'mails'), clock);
  started.add('mail server', mails.close);
  writeJson('truth.json', truthOf(story));
  const config = await configOf(story, databaseUrl, mails.url);
  const apiUrl = await startMonthService(config, training, { clock, databaseUrl }, started);

  const settle = async (nowMs: number): Promise<void> => {
    const digestAtMs = nowMs - ((nowMs - DIGEST_MS) % DAY_MS);
    await untilQuiet(db, { idleAfterMs: IDLE_AFTER_MS, matureAfterMs: MATURE_AFTER_MS, digestAtMs });
  };
  let next = events.next();
  for (const nowMs of moments()) {
    // A reminder that is told for a time of its own comes then.
    for (let dueMs; (dueMs = await nextReminderMs(db, nowMs)) !== null;) {
      await clock.goTo(dueMs);
      await settle(dueMs);
    }
    await clock.goTo(nowMs);
    const due: string[] = [];
    for (; nowMs % DAY_MS === 0 && !next.done && next.value.timestampMs <= nowMs; next = events.next()) {
      due.push(next.value.json);
    }
    await post(apiUrl, due);
    await settle(nowMs);
    console.error(`${new Date(nowMs).toISOString()}  mails ${mails.count()}`);
  }
  writeJson('said.json', { verdicts: await list(apiUrl, 'verdicts'), alerts: await list(apiUrl, 'alerts') });
}

/** In order; of the day after the month only what is said of the last one. */
function moments(): number[] {
  const all = Array.from({ length: DAYS + 1 }, (_, day) =>
    MOMENTS_MS.map((ms) => MONTH_START_MS + day * DAY_MS + ms),
  );
  return all.flat().slice(0, -1);
}

/** That of somebody who keeps to the defaults, but for what the month's time asks for. */
async function configOf({ family }: Story, database: string, smtpUrl: string): Promise<Config> {
  const model = {
    name: family.name,
    task: 'classification',
    positive_class: family.classes[0],
    windows: [{ size: '1d' }],
    labels: { mature_after: `${MATURE_AFTER_MS}ms` },
    alerts: { channels: ['oncall'] },
  };
  const yaml = stringify({
    database,
    public_url: 'https://shiftwatch.example.org',
    api: { listen: `127.0.0.1:${await freePort()}` },
    ingest: { idle_after: `${IDLE_AFTER_MS}ms` },
    models: [model],
    channels: { oncall: { type: 'email', to: ['oncall@example.org'] } },
    smtp: { url: smtpUrl, from: 'shiftwatch@example.org' },
  });
  const parsed = await parseConfig(yaml, { file: '', env: {}, readFile: () => Promise.resolve('') });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

async function post(apiUrl: string, lines: readonly string[]): Promise<void> {
  for (let at = 0; at < lines.length; at += POSTED_AT_ONCE) {
    const body = lines.slice(at, at + POSTED_AT_ONCE).join('\n');
    const headers = { 'content-type': 'application/x-ndjson' };
    const response = await fetch(`${apiUrl}/api/v1/events`, { method: 'POST', headers, body });
    if (response.status !== 202) throw new Error(`events were not taken: ${await response.text()}`);
  }
}

/** For whoever looks for why a mail came, or did not. */
async function list(apiUrl: string, what: string): Promise<unknown> {
  const response = await fetch(`${apiUrl}/api/v1/${what}?limit=200`);
  return ((await response.json()) as { items: unknown }).items;
}

function writeJson(name: string, content: object): void {
  writeFileSync(join(flags.out, name), `${JSON.stringify(content, null, 2)}\n`);
}
