import { Webhook } from 'standardwebhooks';
import { Redis } from 'ioredis';
import { beforeAll, expect, inject, it } from 'vitest';
import { atEnd } from '../harness/cleanup.ts';
import { describeWith } from '../harness/describe-with.ts';
import { hasKcat, produce, produceWithJava, produceWithKcat } from '../harness/kafka/kafka.ts';
import { type Program, startShiftwatch } from '../harness/process.ts';
import { addressOf } from '../harness/services.ts';
import { until } from '../harness/wait.ts';
import { drawHour, type Hour, MODEL, ROWS_PER_HOUR, type Logs } from './credit-data.ts';
import { type CreditLine, prepareCreditLine, SECRET } from './credit-line.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Three days ago, so that silence closes and matures every window. */
const START_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - 3 * DAY_MS;

interface Verdict {
  readonly start: string;
  readonly series: 'closed' | 'matured';
  readonly verdict: string;
  readonly summary: string;
  readonly advice: string;
}
interface Alert {
  readonly series: string;
  readonly state: string;
  readonly verdict: string;
  readonly since: string;
}
interface Run {
  readonly id: string;
  readonly state: string;
  readonly trigger: string;
  readonly reason: string;
  readonly window_id: string;
  readonly new_version: string | null;
}
interface Window {
  readonly id: string;
  readonly start: string;
  readonly state: string;
  readonly rows: number;
}

const STORY: readonly Hour[] = [
  ...(['usual', 'usual', 'usual'] as const),
  ...(['thousandths', 'thousandths'] as const),
  ...(['usual', 'usual'] as const),
  ...(['young', 'young', 'young'] as const),
  ...(['inverted', 'inverted', 'inverted'] as const),
];
const MALFORMED = [
  'not json',
  '{"model": "credit-risk", "features": ',
  '[1, 2, 3]',
  '{"features": {"a": 1}}',
];
const UNKNOWN = [`{"model": "nobody-knows", "prediction_id": "x", "features": {"a": 1}}`];

describeWith(['postgres', 'kafka'], 'from Kafka to mail and webhook, jobs in Postgres', () => {
  let line: CreditLine;
  let serve: Program;
  let repeated: string[];

  beforeAll(async () => {
    line = await prepareCreditLine('story', { backend: 'postgres' });
    const baseline = await line.command(
      'baseline',
      'create',
      'training.csv',
      '--model',
      MODEL,
      '--version',
      '1',
    );
    expect(baseline).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('revision 1, 5000 rows, 4 features'),
    });
    const hours = tell(STORY);
    repeated = hours.flatMap(({ predictions }) => predictions.slice(0, 3));
    await produceWithC(
      line.labels,
      hours.slice(0, 7).flatMap(({ labels }) => labels),
    );
    await produceWithC(line.predictions, [
      ...hours.slice(0, 7).flatMap(({ predictions }) => predictions),
      ...MALFORMED,
      ...UNKNOWN,
    ]);
    await Promise.all([
      produceFromJava(
        line.labels,
        hours.slice(7).flatMap(({ labels }) => labels),
      ),
      produceFromJava(line.predictions, [
        ...hours.slice(7).flatMap(({ predictions }) => predictions),
        ...repeated,
      ]),
    ]);
    // A producer that a busy machine lets wait is a silence: time goes on then, and hours are told of as empty.
    serve = startShiftwatch(['serve'], { folder: line.folder });
    await serve.waitForLine(/shiftwatch is up/);
  });

  it('counts every row into its hour and closes and matures all of them', async () => {
    const windows = await line.untilItems<Window>(
      `/windows?model=${MODEL}&limit=100`,
      (all) => all.length === STORY.length && all.every(({ state }) => state === 'matured'),
      'all windows to mature',
    );
    expect(windows.map(({ rows }) => rows)).toEqual(STORY.map(() => ROWS_PER_HOUR));
    expect(windows.map(({ start }) => Date.parse(start)).toSorted((a, b) => a - b)).toEqual(
      STORY.map((_, hour) => hourMs(hour)),
    );
  });

  it('names what happened in every hour', async () => {
    const verdicts = await line.untilItems<Verdict>(
      `/verdicts?model=${MODEL}&limit=100`,
      (all) => all.length === 2 * STORY.length,
      'two verdicts a window',
    );
    const inOrder = (series: string) =>
      verdicts
        .filter((verdict) => verdict.series === series)
        .sort((a, b) => a.start.localeCompare(b.start))
        .map(({ verdict }) => verdict);
    expect(inOrder('matured')).toEqual(STORY.map((hour) => WORDS[hour]));
    // Without labels a changed concept cannot be seen; labels that are early only make it cautious.
    expect(inOrder('closed').slice(0, 10)).toEqual(STORY.slice(0, 10).map((hour) => WORDS[hour]));
    for (const verdict of inOrder('closed').slice(10)) expect(['none', 'undetermined']).toContain(verdict);
  });

  it('mails the fault, the shift and the drift, by name', async () => {
    const mailOf = (text: RegExp) =>
      line.smtp
        .waitForMail(({ parsed }) => text.test(parsed.text ?? ''), 60_000)
        .then(({ parsed }) => parsed.text);
    const fault = await mailOf(/^ALERT: DATA FAULT/);
    expect(fault).toMatch(/WHAT MOVED[^]*- income \(unit changed\)/);
    expect(fault).toMatch(/RETRAINING\nNot requested: training on faulty data/);
    expect(await mailOf(/^ALERT: COVARIATE SHIFT/)).toMatch(/WHAT MOVED[^]*- applicant_age/);
    expect(await mailOf(/^ALERT: CONCEPT DRIFT/)).toMatch(/accuracy/);
    for (const { envelope } of line.smtp.mails) expect(envelope.to).toEqual(['oncall@example.org']);
  });

  it('asks for one retraining, for the first hour of the drift and not for the fault', async () => {
    const call = await line.training.waitForRequest(undefined, 60_000);
    const body = verified(call.headers, call.body) as { type: string; data: Record<string, unknown> };
    expect(body).toMatchObject({
      type: 'retrain.requested',
      data: {
        model: MODEL,
        model_version: '1',
        trigger: 'performance',
        window: { start: new Date(hourMs(STORY.indexOf('inverted'))).toISOString() },
      },
    });
    const runs = await line.items<Run>('/retrains');
    expect(runs).toMatchObject([
      { id: body.data['run_id'], trigger: 'performance', reason: 'performance_drop' },
    ]);
    expect(body.data['status_url']).toBe(`${line.apiUrl}/api/v1/retrains/${runs[0]?.id}/status`);
  });

  it('closes the run when the pipeline reports back, and only with a signature', async () => {
    const [run] = await line.items<Run>('/retrains');
    const url = `${line.apiUrl}/api/v1/retrains/${run?.id}/status`;
    const forged = await report(
      url,
      { status: 'succeeded' },
      `whsec_${Buffer.from('another').toString('base64')}`,
    );
    expect(forged.status).toBe(401);
    expect((await report(url, { status: 'running' })).status).toBe(200);
    expect((await report(url, { status: 'succeeded', new_version: '2' })).status).toBe(200);
    expect(await line.items<Run>('/retrains')).toMatchObject([{ state: 'succeeded', new_version: '2' }]);
    expect(line.training.requests).toHaveLength(1);
  });

  it('keeps the alerts: the fault is over, the drift stands', async () => {
    const alerts = await line.untilItems<Alert>(
      '/alerts',
      (all) => all.some(({ verdict, state }) => verdict === 'concept_drift' && state === 'firing'),
      'the drift to fire',
    );
    const fault = alerts.find(({ since }) => Date.parse(since) === hourMs(STORY.indexOf('thousandths')));
    expect(fault).toMatchObject({ series: 'closed', state: 'resolved', verdict: 'data_fault' });
    const drift = alerts.find(({ verdict }) => verdict === 'concept_drift');
    expect(drift).toMatchObject({ series: 'matured', state: 'firing' });
  });

  it('counts what is late apart, and every record once', async () => {
    const late = { model: MODEL, model_version: '1', prediction_id: 'late', features: { applicant_age: 40 } };
    const timestamp = new Date(START_MS - 30 * DAY_MS).toISOString();
    await produce(line.predictions, [{ value: { ...late, timestamp } }]);
    const counts = await until(
      async () => {
        const found = await eventCounts(line);
        return found.get('late') === 1 ? found : null;
      },
      { everyMs: 250, what: 'the late row to be counted' },
    );
    const rows = STORY.length * ROWS_PER_HOUR;
    expect(Object.fromEntries(counts)).toEqual({
      windowed: rows,
      late: 1,
      duplicate: repeated.length,
      dead_letter: MALFORMED.length,
      unknown_model: UNKNOWN.length,
      parked: rows,
      joined: rows,
    });
  });

  it('shows it on the command line', async () => {
    const { stdout } = await line.command('dead-letters', 'list', '--json');
    const letters = JSON.parse(stdout) as { reason: string; source: string }[];
    expect(letters.map(({ reason }) => reason).sort()).toEqual([
      'malformed_json',
      'malformed_json',
      'missing_model',
      'not_an_object',
      'unknown_model',
    ]);
    const status = await line.command('status', '--check');
    expect(status.code).toBe(3);
    expect(status.stdout).toMatch(/credit-risk +1 +incident open .* concept drift +retrain/);
    expect(status.stdout).toContain('retraining succeeded: performance drop');
    expect(status.stdout).toContain('Pipeline: 0 records waiting in the log');
  });

  it('ends at SIGTERM', async () => {
    expect(await serve.stop()).toMatchObject({ code: 0 });
  });
});

describeWith(['postgres', 'kafka', 'redis'], 'the same in two processes with jobs in Redis', () => {
  it('mails the drift and calls the webhook', async () => {
    const url = await ownRedis();
    const line = await prepareCreditLine('redis', { backend: 'redis', url });
    await line.command('baseline', 'create', 'training.csv', '--model', MODEL, '--version', '1');
    const hours = tell(['usual', 'inverted', 'inverted']);
    await produceWithC(
      line.labels,
      hours.flatMap(({ labels }) => labels),
    );
    await produceFromJava(
      line.predictions,
      hours.flatMap(({ predictions }) => predictions),
    );
    const rest = startShiftwatch(['serve', '--roles', 'evaluate,act,api'], { folder: line.folder });
    await rest.waitForLine(/shiftwatch is up/);
    const ingest = startShiftwatch(['serve', '--roles', 'ingest'], { folder: line.folder });

    const mail = await line.smtp.waitForMail(
      ({ parsed }) => (parsed.text ?? '').startsWith('ALERT: CONCEPT DRIFT'),
      60_000,
    );
    expect(mail.parsed.subject).toMatch(/^\[shiftwatch\] credit-risk 1: concept drift since /);
    const call = await line.training.waitForRequest(undefined, 60_000);
    const { data } = verified(call.headers, call.body) as { data: { run_id: string } };
    expect(
      (await report(`${line.apiUrl}/api/v1/retrains/${data.run_id}/status`, { status: 'succeeded' })).status,
    ).toBe(200);
    expect(await line.items<Run>('/retrains')).toMatchObject([{ id: data.run_id, state: 'succeeded' }]);
    const client = new Redis(url);
    expect(await client.exists('shiftwatch:evaluate:meta')).toBe(1);
    client.disconnect();
    const exits = await Promise.all([ingest.stop(), rest.stop()]);
    expect(exits.map(({ code }) => code)).toEqual([0, 0]);
  });
});

const WORDS: Readonly<Record<Hour, string>> = {
  usual: 'none',
  thousandths: 'data_fault',
  young: 'covariate_shift',
  inverted: 'concept_drift',
};

function hourMs(hour: number): number {
  return START_MS + hour * HOUR_MS;
}

function tell(story: readonly Hour[]): Logs[] {
  return story.map((kind, hour) => drawHour(kind, hour, hourMs(hour)));
}

/** Clients in other languages, where the machine has them; they compress, as real producers do. */
async function produceWithC(topic: string, lines: readonly string[]): Promise<void> {
  if (hasKcat()) await produceWithKcat(topic, lines, { 'compression.codec': 'lz4' });
  else
    await produce(
      topic,
      lines.map((value) => ({ value })),
    );
}

async function produceFromJava(topic: string, lines: readonly string[]): Promise<void> {
  if (inject('kafkaJars') !== null) await produceWithJava(topic, lines, { 'compression.type': 'zstd' });
  else
    await produce(
      topic,
      lines.map((value) => ({ value })),
    );
}

/** Throws where the signature does not fit. */
function verified(headers: NodeJS.Dict<string | string[]>, body: Buffer): unknown {
  return new Webhook(SECRET).verify(body.toString(), {
    'webhook-id': String(headers['webhook-id']),
    'webhook-timestamp': String(headers['webhook-timestamp']),
    'webhook-signature': String(headers['webhook-signature']),
  });
}

async function report(url: string, body: object, secret = SECRET): Promise<Response> {
  const text = JSON.stringify(body);
  const at = new Date();
  const id = `msg_${JSON.stringify(body).length}`;
  return await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign(id, at, text),
    },
    body: text,
  });
}

/** Outcome → events, over all sources, as `/metrics/fleet` tells it. */
async function eventCounts({ apiUrl }: CreditLine): Promise<Map<string, number>> {
  const text = await (await fetch(`${apiUrl}/metrics/fleet`)).text();
  const counts = new Map<string, number>();
  for (const match of text.matchAll(/^shiftwatch_events_total\{.*outcome="(\w+)"\} (\d+)$/gm)) {
    const [, outcome = '', count] = match;
    counts.set(outcome, (counts.get(outcome) ?? 0) + Number(count));
  }
  return counts;
}

/** A numbered database of the server for this file alone; its keys are removed before and after. */
async function ownRedis(): Promise<string> {
  const url = new URL(addressOf('redis'));
  url.pathname = '/9';
  const clear = async () => {
    const client = new Redis(url.href);
    for await (const keys of client.scanStream({ match: 'shiftwatch:*', count: 1_000 })) {
      if (keys.length > 0) await client.unlink(keys as string[]);
    }
    client.disconnect();
  };
  await clear();
  atEnd(clear);
  return url.href;
}
