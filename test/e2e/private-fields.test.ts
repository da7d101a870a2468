/**
 * Fields that a model drops or hashes are canaries, in messages that can be read and in those that cannot, of topics and over HTTP, in
 * labels and in training data. None of them gets into the database, an answer or a log; and no name of what few rows have gets into
 * what anybody is shown.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { expect, it } from 'vitest';
import { silentLog } from '../../src/core/log.ts';
import { createRandom } from '../../src/stats/random.ts';
import { createPool } from '../../src/store/connection/pool.ts';
import { atEnd } from '../harness/cleanup.ts';
import { createDatabase } from '../harness/database/database.ts';
import { everyValue, placesOf } from '../harness/database/every-value.ts';
import { DEADLINES } from '../harness/deadlines.ts';
import { describeWith } from '../harness/describe-with.ts';
import { freePort } from '../harness/free-port.ts';
import { createTopic, produce, uniqueGroup } from '../harness/kafka/kafka.ts';
import { runShiftwatch, startShiftwatch, temporaryFolder } from '../harness/process.ts';
import { addressOf } from '../harness/services.ts';
import { startSmtp } from '../harness/smtp.ts';
import { until } from '../harness/wait.ts';

const HOUR_MS = 3_600_000;
const START_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 80 * HOUR_MS;
const HOURS = 4;
const ROWS = 400;
const KEY = 'KEYCANARY of this test, thirty-two characters and more';
/** Seven digits, so that no time holds them. */
const NUMBER = 7_390_417_000;
const CANARY = /canary|DE8937040044/i;
const NUMBERS = Array.from({ length: 40 }, (_, i) => NUMBER + i);

const MODELS = ['private', 'apart', 'open'] as const;
type Model = (typeof MODELS)[number];

/** Half of the rows are of Berlin; the others of twenty-five shops, which are written in capitals from the third hour on. */
function fieldsOf(random: () => number, row: number, isLater: boolean) {
  const shop = `elmshop${row % 50}`;
  return {
    shop: row % 2 === 0 ? 'Berlin' : isLater ? shop.toUpperCase() : shop,
    iban: `DE8937040044${row % 60}`,
    email: `canary${row % 50}@example.org`,
    customer: NUMBER + (row % 40),
    region: `canaryland${row % 2}`,
    amount: Math.round(1_000 * random()),
  };
}

function hourOf(model: Model, hour: number): { readonly rows: object[]; readonly labels: object[] } {
  const random = createRandom(50 + hour);
  const all = Array.from({ length: ROWS }, (_, row) => {
    const fields = fieldsOf(random, row, hour >= 2);
    const timestamp = new Date(START_MS + hour * HOUR_MS + row * 8_000).toISOString();
    const isOpen = model === 'open';
    const id = { model, prediction_id: `${isOpen ? 'control' : 'canaryid'}-${hour}-${row}`, timestamp };
    const features = isOpen ? { word: 'control', amount: fields.amount } : fields;
    const prediction = {
      ...id,
      type: 'prediction',
      model_version: '1',
      prediction: fields.amount > 500 ? 'yes' : 'no',
    };
    return {
      row: { ...prediction, features, ...(!isOpen && { tags: { email: fields.email, iban: fields.iban } }) },
      label: { ...id, type: 'label', label: fields.amount > 500 ? 'yes' : 'no' },
    };
  });
  return { rows: all.map(({ row }) => row), labels: all.map(({ label }) => label) };
}

const iban = 'DE89370400440532013000';
const BROKEN = [
  `{"type":"prediction","model":"private","features":{"iban":"${iban}","email":"canary@x"`,
  `"canary ${iban}"`,
  `{"type":"prediction","model":"private","features":"iban ${iban}","prediction":"yes"}`,
  `{"type":"prediction","model":"private","features":{"iban":"${iban}","email":"canary@x","nested":{"email":["canary"]}},"score":"x","prediction":"yes"}`,
  `{"type":"prediction","model":"private","prediction_id":${NUMBER},"features":{"customer":${NUMBER}},"prediction":"yes"}`,
  `{"type":"prediction","features":{"email":"canary@x","iban":"${iban}"},"prediction":"yes"}`,
  `{"type":"prediction","model":"private","timestamp":"canary ${iban}","iban":"${iban}","prediction":"yes"`,
];
/** Its model is configured later. */
const EARLY = {
  type: 'prediction',
  model: 'later',
  prediction_id: 'canaryid-early',
  timestamp: new Date(START_MS).toISOString(),
  features: { email: 'canary@x', customer: NUMBER, amount: 5 },
  prediction: 'yes',
};

describeWith(['postgres', 'kafka'], 'a service with private fields', () => {
  it('keeps none of them, and shows no name of what few rows have', async () => {
    const folder = temporaryFolder();
    const [{ url }, smtp, port] = await Promise.all([createDatabase('private'), startSmtp(), freePort()]);
    const [predictions, features, labels] = await Promise.all(
      ['predictions', 'features', 'labels'].map((name) => createTopic(`private-${name}`)),
    );
    const pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const privacy = { drop: ['iban'], hash: ['email', 'customer', 'region', 'prediction_id'] };
    const model = (name: string, more: object) => ({
      name,
      task: 'classification',
      windows: [{ size: '1h', grace: '1m', accept_late: '10d' }],
      labels: { mature_after: '1d', min_labelled: 50 },
      ...more,
    });
    const config = (models: readonly object[]) => ({
      database: url,
      public_url: `http://127.0.0.1:${port}`,
      api: {
        listen: `127.0.0.1:${port}`,
        formats: { own: { mapping: 'own' } },
      },
      mapping: {
        own: {
          model: 'm',
          type: { const: 'prediction' },
          prediction_id: '$headers.ce-id',
          prediction: 'y',
          timestamp: 't',
          features: 'f',
        },
      },
      kafka: {
        brokers: addressOf('kafka'),
        group_id: uniqueGroup('private'),
        session_timeout: '6s',
        topics: { predictions: [predictions], features: [features], labels: [labels] },
      },
      ingest: { checkpoint_every: '1s', idle_after: '4s' },
      privacy: { key: '${PRIVACY_KEY}', min_count: 25 },
      models,
      channels: { oncall: { type: 'email', to: ['oncall@example.org'] } },
      smtp: { url: smtp.url, from: 'shiftwatch@example.org' },
    });
    const alerts = { for: 2, channels: ['oncall'], page: 'all' };
    const models = [
      model('private', { privacy, segments: ['region', 'shop'], groups: ['shop'], alerts }),
      model('apart', { privacy, features_from: 'features' }),
      model('open', {}),
    ];
    writeFileSync(join(folder, 'shiftwatch.yaml'), stringify(config(models)));
    const random = createRandom(3);
    const training = Array.from({ length: 2_000 }, (_, row) => {
      const { shop, iban: account, email, customer, region, amount } = fieldsOf(random, row, false);
      return [
        shop,
        account,
        email,
        customer,
        region,
        amount,
        amount > 500 ? 'yes' : 'no',
        amount > 500 ? 'yes' : 'no',
      ].join();
    });
    const header = 'shop,iban,email,customer,region,amount,prediction,label';
    // Twenty rows a shop: a cell of its own, and fewer than the twenty-five that may be named.
    const thinned = training.filter((line, row) => line.startsWith('Berlin') || row < 1_000);
    writeFileSync(join(folder, 'training.csv'), [header, ...thinned].join('\n'));
    const env = { PRIVACY_KEY: KEY };
    const command = async (...args: string[]) => await runShiftwatch(args, { folder, env });
    const said = [
      await command('baseline', 'create', 'training.csv', '--model', 'private', '--version', '1'),
    ];
    said.push(await command('baseline', 'create', 'training.csv', '--model', 'apart', '--version', '1'));
    expect(said.map(({ code }) => code)).toEqual([0, 0]);
    expect(said[0]?.stdout).toMatch(/customer +categorical/);
    expect(said[0]?.stdout).not.toContain('iban');

    const service = startShiftwatch(['serve'], { folder, env });
    await service.waitForLine(/shiftwatch is up/);
    const answers: string[] = [];
    const post = async (body: string, query = '', headers: Record<string, string> = {}): Promise<void> => {
      const reply = await fetch(`http://127.0.0.1:${port}/api/v1/events${query}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson', ...headers },
        body,
      });
      answers.push(`${reply.status} ${await reply.text()}`);
    };
    const lines = (values: readonly object[]): string =>
      values.map((value) => JSON.stringify(value)).join('\n');
    const send = async (topic: string | undefined, values: readonly (object | string)[]): Promise<void> => {
      await produce(
        topic ?? '',
        values.map((value) => ({
          value: typeof value === 'string' ? value : JSON.stringify(value),
          key: 'canarykey',
        })),
      );
    };
    for (let hour = 0; hour < HOURS; hour += 1) {
      const own = hourOf('private', hour);
      await send(predictions, own.rows);
      await send(labels, own.labels);
      const apart = hourOf('apart', hour);
      await send(
        features,
        apart.rows.map((row) => ({ ...row, type: 'features' })),
      );
      await post(lines(hourOf('open', hour).rows));
    }
    await send(predictions, [...BROKEN, EARLY, { ...hourOf('open', 0).rows[0], prediction: ['control'] }]);
    await send(labels, BROKEN);
    await post(BROKEN.join('\n'), '', { 'idempotency-key': 'twice' });
    await post(BROKEN.join('\n'), '', { 'idempotency-key': 'twice' });
    const f = { email: 'canary@x', iban, customer: NUMBER };
    await post(lines([{ m: 'private', y: 'yes', t: START_MS, f }]), '?format=own', {
      'ce-id': 'canaryid-own',
    });
    await post(lines([{ m: 'nobody', y: 'yes', t: START_MS, f }]), '?format=own', {
      'ce-id': 'canaryid-own',
    });
    await post(`{"m": "private", "f": {"iban": "${iban}"`, '?format=own', { 'ce-id': 'canaryid-own' });

    const get = async (path: string): Promise<string> => {
      const reply = await fetch(`http://127.0.0.1:${port}${path}`);
      return `${path} ${reply.status} ${await reply.text()}`;
    };
    const items = async <T>(path: string): Promise<T[]> =>
      ((await (await fetch(`http://127.0.0.1:${port}/api/v1${path}`)).json()) as { items: T[] }).items;
    interface Verdict {
      readonly series: string;
      readonly segment: string;
      readonly summary: string;
      readonly rows: number;
    }
    const verdicts = await until(
      async () => {
        const all = await items<Verdict>('/verdicts?model=private&limit=200');
        return all.filter(({ series, segment }) => series === 'matured' && segment === '').length >= HOURS
          ? all
          : null;
      },
      { what: 'all windows to be judged by their labels', everyMs: 500, timeoutMs: DEADLINES.longWaitMs },
    );
    const mail = await smtp.waitForMail(({ parsed }) => /category rename/i.test(parsed.text ?? ''));

    // What few rows have is found as ever, and told without its name.
    expect(mail.parsed.text).toContain('(rare)');
    for (const { parsed, raw } of smtp.mails)
      expect(`${parsed.text} ${parsed.html} ${raw}`).not.toMatch(/elmshop/i);
    expect(verdicts.some(({ summary }) => summary.includes('(rare)'))).toBe(true);
    expect(new Set(verdicts.map(({ segment }) => segment)).has('shop=(rare)')).toBe(true);
    const windows = await items<{ id: string; rows: number; labelled: number }>(
      '/windows?model=private&limit=50',
    );
    const paths = [
      '/',
      '/metrics',
      '/metrics/fleet',
      '/api/v1/models',
      '/api/v1/models/private',
      '/api/v1/alerts',
      '/api/v1/alert-states',
    ];
    paths.push(
      '/api/v1/deliveries?limit=100',
      '/api/v1/dead-letters?limit=100',
      '/api/v1/verdicts?model=private&limit=200',
    );
    paths.push(
      '/api/v1/models/private/versions/1/baselines/1',
      '/api/v1/models/private/versions/1/baselines',
    );
    for (const { id } of windows)
      paths.push(`/api/v1/windows/${id}`, `/api/v1/measurements?window=${id}&limit=200`);
    for (const { id } of await items<{ id: string }>('/verdicts?model=private&limit=200'))
      paths.push(`/api/v1/verdicts/${id}`);
    for (const { id } of await items<{ id: string }>('/deliveries?limit=100'))
      paths.push(`/api/v1/deliveries/${id}`);
    for (const { id } of await items<{ id: string }>('/alerts?limit=100'))
      paths.push(`/api/v1/alerts/${id}`, `/api/v1/alerts/${id}/events`);
    const letters = await items<{ id: string; withheld: boolean; model: string | null }>(
      '/dead-letters?limit=100',
    );
    for (const { id } of letters) paths.push(`/api/v1/dead-letters/${id}`);
    const shown = await Promise.all(paths.map(get));
    expect(shown.filter((one) => !/ 200 /.test(one.slice(0, 120)))).toEqual([]);
    expect(shown.filter((one) => /elmshop/i.test(one))).toEqual([]);
    expect(shown.some((one) => one.includes('"(rare)"'))).toBe(true);
    expect(shown.some((one) => one.includes('Berlin'))).toBe(true);
    expect(letters.filter(({ withheld }) => withheld).length).toBeGreaterThan(8);

    // Labels find predictions by the hash of the id that both had.
    const [joined] = (await pool.query<{ n: number }>('select count(*)::int as n from prediction_label'))
      .rows;
    expect(joined?.n).toBe(HOURS * ROWS);

    // A letter that kept what remained counts once its model is there, and its id is hashed once.
    await service.stop();
    writeFileSync(
      join(folder, 'shiftwatch.yaml'),
      stringify(config([...models, model('later', { privacy })])),
    );
    const replayed = await command('dead-letters', 'replay', '--reason', 'unknown_model');
    expect(replayed.stdout).toMatch(/^1 stored, 0 duplicates, .*1 of which only the reason was kept/);
    const forgotten = await command('forget', '--prediction', 'canaryid-early', '--model', 'later', '--json');
    expect(JSON.parse(forgotten.stdout)).toMatchObject({ forgotten: { predictions: 1 } });

    const values = await everyValue(pool);
    const controls = placesOf(values, /control/i, []);
    // The search finds what is stored of a model that keeps everything, packed or not.
    for (const table of ['window_part', 'prediction_chunk', 'dead_letter'])
      expect(controls.some((place) => place.includes(table))).toBe(true);
    expect(placesOf(values, CANARY, NUMBERS)).toEqual([]);
    const told = [
      ...shown,
      ...answers,
      ...said.map(({ stdout, stderr }) => stdout + stderr),
      replayed.stdout,
      service.output(),
    ];
    expect(
      told.filter((one) => CANARY.test(one) || NUMBERS.some((number) => one.includes(String(number)))),
    ).toEqual([]);
  });
});
