import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeFileSync } from 'node:fs';
import { createDatabase } from '../harness/database/database.ts';
import { freePort } from '../harness/free-port.ts';
import { type TestHttp, startHttp } from '../harness/http.ts';
import { createTopic, uniqueGroup } from '../harness/kafka/kafka.ts';
import { type Exit, runShiftwatch, temporaryFolder } from '../harness/process.ts';
import { addressOf } from '../harness/services.ts';
import { type TestSmtp, startSmtp } from '../harness/smtp.ts';
import { until } from '../harness/wait.ts';
import { MODEL, writeTraining } from './credit-data.ts';

export const SECRET = `whsec_${Buffer.from('a secret of this test, 32 bytes.').toString('base64')}`;

/** Everything around the service: a configured folder with a baseline, and the servers it will talk to. */
export interface CreditLine {
  readonly folder: string;
  readonly apiUrl: string;
  readonly databaseUrl: string;
  readonly predictions: string;
  readonly labels: string;
  readonly smtp: TestSmtp;
  readonly training: TestHttp;
  /** A command in the service's folder. */
  command(...args: string[]): Promise<Exit>;
  get<T>(path: string): Promise<T>;
  /** Items of a list, all of them. */
  items<T>(path: string): Promise<T[]>;
  /** Waits until the list holds so many items, and answers them. */
  untilItems<T>(path: string, enough: (items: T[]) => boolean, what: string): Promise<T[]>;
}

/** @param elsewhere the database of another server, instead of one of the tests' */
export async function prepareCreditLine(
  label: string,
  queue: object,
  elsewhere?: { readonly url: string },
): Promise<CreditLine> {
  const folder = temporaryFolder();
  const [{ url: databaseUrl }, smtp, training, port] = await Promise.all([
    elsewhere ?? createDatabase(label),
    startSmtp(),
    startHttp(),
    freePort(),
  ]);
  const predictions = await createTopic(`${label}-predictions`, { partitions: 2 });
  const labels = await createTopic(`${label}-labels`);
  const apiUrl = `http://127.0.0.1:${port}`;
  const config = {
    database: databaseUrl,
    queue,
    public_url: apiUrl,
    api: { listen: `127.0.0.1:${port}` },
    kafka: {
      brokers: addressOf('kafka'),
      group_id: uniqueGroup(label),
      session_timeout: '6s',
      topics: { predictions: [predictions], labels: [labels] },
    },
    metrics: { models: true },
    // Long enough for every label to be joined before silence lets the windows mature.
    ingest: { checkpoint_every: '1s', idle_after: '8s' },
    models: [
      {
        name: MODEL,
        task: 'classification',
        positive_class: 'default',
        windows: [{ size: '1h', grace: '1m', accept_late: '10d' }],
        min_rows: 200,
        // More than all hours of the story together: only the wall clock can make a window mature.
        labels: { mature_after: '1d', min_labelled: 200 },
        // The story is over before a digest would be due.
        alerts: { for: 2, channels: ['oncall'], page: 'all' },
        retrain: {
          webhook: 'training',
          cooldown: '24h',
          triggers: { performance: { metric: 'accuracy', drop: 0.05 }, drift: ['concept_drift'] },
        },
      },
    ],
    channels: { oncall: { type: 'email', to: ['oncall@example.org'] } },
    smtp: { url: smtp.url, from: 'shiftwatch@example.org' },
    webhooks: { training: { url: `${training.url}/retrain`, secret: SECRET } },
    outbound: { allow_private: ['127.0.0.1'] },
  };
  writeFileSync(join(folder, 'shiftwatch.yaml'), stringify(config));
  writeTraining(join(folder, 'training.csv'));

  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${apiUrl}/api/v1${path}`);
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const items = async <T>(path: string): Promise<T[]> => {
    const page = await get<{ items: T[]; next_cursor: string | null }>(path);
    if (page.next_cursor !== null) throw new Error(`${path} has more than one page`);
    return page.items;
  };
  return {
    folder,
    apiUrl,
    databaseUrl,
    predictions,
    labels,
    smtp,
    training,
    command: (...args) => runShiftwatch(args, { folder }),
    get,
    items,
    untilItems: <T>(path: string, enough: (found: T[]) => boolean, what: string) =>
      until(
        async () => {
          const found = await items<T>(path);
          return enough(found) ? found : null;
        },
        { everyMs: 250, what },
      ),
  };
}
