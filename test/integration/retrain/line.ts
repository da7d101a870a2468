import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect } from 'vitest';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { RunNews } from '../../../src/core/jobs.ts';
import type { Table } from '../../../src/core/table.ts';
import type { Config } from '../../../src/config/resolve.ts';
import { evaluateWindow } from '../../../src/pipeline/evaluate/evaluate-window.ts';
import { evaluate } from '../../../src/pipeline.ts';
import { IdLedger } from '../../../src/pipeline/intake/id-ledger.ts';
import { sweepLabels } from '../../../src/pipeline/labels/label-joiner.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { startAct } from '../../../src/pipeline/serve/start-act.ts';
import { startApi } from '../../../src/pipeline/serve/start-api.ts';
import { startQueue } from '../../../src/pipeline/serve/start-queue.ts';
import { sweepWindows } from '../../../src/pipeline/windows/sweeper.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import type { RetrainDetail } from '../../../src/store/rows/retrains.ts';
import { configOf } from '../../config/example.ts';
import { afterThis } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { freePort } from '../../harness/free-port.ts';
import { startHttp, type TestHttp } from '../../harness/http.ts';
import { levelColumn, numericColumn, tableOf } from '../../stats/profile/rows.ts';

export const MODEL = 'credit-risk';
const SECRET = `whsec_${Buffer.from('what the pipeline signs with, 32').toString('base64')}`;
/** An hour long ago: all that is posted has had time to close and to mature. */
export const START = Date.UTC(2026, 2, 1, 12);
const ROWS = 600;

/** The service without a log, its windows evaluated when the test says so, and a training pipeline beside it. */
export interface RetrainLine {
  readonly pool: Pool;
  readonly config: Config;
  readonly catalog: ModelCatalog;
  readonly training: TestHttp;
  /** One hour of a version that is right so often, with its labels. */
  hour(hour: number, version: string, accuracy: number): Promise<void>;
  evaluate(): Promise<void>;
  baseline(version: string, accuracy: number): Promise<void>;
  /** The same by HTTP, as a pipeline does it; answers the status and the body. */
  postBaseline(version: string, accuracy: number, type?: string): Promise<{ status: number; body: unknown }>;
  /** Starts what sends requests and asks after runs. Answers how it is ended, as a process is that ends well. */
  act(webhooks?: Config['webhooks']): Promise<() => Promise<void>>;
  /** The one run there is. */
  run(): Promise<RetrainDetail>;
  /** A signed report; answers status and body. */
  report(runId: string, body: object): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Messages about runs, in the order in which they were decided. */
  told(): Promise<RunNews[]>;
}

export async function startRetrainLine(label: string, webhook = ''): Promise<RetrainLine> {
  const { url } = await createDatabase(label);
  const pool = createPool({ connectionString: url, max: 8, applicationName: label, log: silentLog });
  afterThis(() => pool.end());
  const training = await startHttp();
  const port = await freePort();
  const config = await configOf(
    `
public_url: "http://127.0.0.1:${port}"
api: { listen: "127.0.0.1:${port}" }
models:
  - name: ${MODEL}
    task: classification
    positive_class: approve
    windows: [{ size: 1h, grace: 0s, accept_late: 3650d }]
    min_rows: 200
    multivariate: false
    labels: { mature_after: 1h, min_labelled: 200 }
    alerts: { for: 2, channels: [oncall, other] }
    retrain:
      webhook: training
      triggers: { performance: { metric: accuracy, drop: 0.05 } }
      silent_after: 6h
      judge_for: 10d
channels:
  oncall: { type: webhook, url: "${training.url}/oncall", secret: "${SECRET}" }
  other: { type: webhook, url: "${training.url}/other", secret: "${SECRET}" }
webhooks:
  training: { url: "${training.url}/retrain", secret: "${SECRET}" ${webhook} }
outbound: { allow_private: ["127.0.0.1"] }
`,
    {},
  );
  const catalog = await ModelCatalog.open(pool, config.models);
  const [spec] = config.models;
  if (spec === undefined) throw new Error('no model');
  const ledger = new IdLedger();
  const clock = { nowMs: () => Date.now() };
  const api = await startApi({
    config,
    pool,
    catalog,
    ledger,
    clock,
    log: silentLog,
    failure: () => null,
    onLabels: () => {},
  });
  afterThis(api.stop);

  const post = async (path: string, body: string, headers: Record<string, string>) => {
    const answer = await fetch(`${api.url}/api/v1${path}`, { method: 'POST', headers, body });
    return { status: answer.status, body: await answer.json() };
  };
  const evaluateAll = async (): Promise<void> => {
    await sweepWindows({ pool, catalog, logSources: [], idleAfterMs: 0 });
    const windows = await pool.query<{ id: string }>('select id::text from "window" order by start_at, id');
    const compute: Parameters<typeof evaluate>[0]['compute'] = async (input) => evaluateWindow(input);
    for (const { id } of windows.rows) {
      for (const series of ['closed', 'matured'] as const) {
        await evaluate(
          { pool, catalog, compute, clock, log: silentLog },
          { kind: 'evaluate', windowId: id, series },
        );
      }
    }
  };

  return {
    pool,
    config,
    catalog,
    training,
    hour: async (hour, version, accuracy) => {
      const rows = drawRows(ROWS, accuracy, 1_000 * hour + Number(version));
      const events = rows.flatMap(({ age, prediction, label: truth }, row) => {
        const id = { model: MODEL, prediction_id: `${version}-${hour}-${row}` };
        const timestamp = START + hour * HOUR_MS + row * 1_000;
        return [
          { type: 'prediction', ...id, model_version: version, timestamp, features: { age }, prediction },
          { type: 'label', ...id, timestamp: timestamp + 1, label: truth },
        ];
      });
      const body = events.map((event) => JSON.stringify(event)).join('\n');
      const answer = await post('/events', body, { 'content-type': 'application/x-ndjson' });
      expect(answer).toMatchObject({ status: 202, body: { accepted: 2 * ROWS, dead_letters: [] } });
      await sweepLabels({ pool, catalog, reevaluateAfterMs: 0, log: silentLog });
    },
    evaluate: evaluateAll,
    baseline: async (version, accuracy) => {
      await storeBaseline(pool, spec, version, asTable(drawRows(4_000, accuracy, 7)), {
        file: 'training.csv',
      });
    },
    postBaseline: async (version, accuracy, type = 'text/csv') => {
      const rows = drawRows(4_000, accuracy, 7);
      const lines = rows.map(({ age, prediction, label: truth }) => `${age},${prediction},${truth}`);
      const body = ['age,prediction,label', ...lines].join('\n');
      return await post(`/models/${MODEL}/versions/${version}/baselines`, body, { 'content-type': type });
    },
    act: async (webhooks = config.webhooks) => {
      const { queue, stop } = await startQueue({
        config: config.queue,
        databaseUrl: url,
        pool,
        clock,
        log: silentLog,
      });
      const act = await startAct({
        config: { ...config, webhooks },
        pool,
        catalog,
        queue,
        clock,
        log: silentLog,
      });
      let stopped: Promise<void> | null = null;
      const end = async (): Promise<void> => {
        stopped ??= act.stop().then(async () => await stop(2_000));
        await stopped;
      };
      afterThis(end);
      return end;
    },
    run: async () => {
      const listed = await fetch(`${api.url}/api/v1/retrains`);
      const { items } = (await listed.json()) as { items: { id: string }[] };
      expect(items).toHaveLength(1);
      const found = await fetch(`${api.url}/api/v1/retrains/${items[0]?.id}`);
      expect(found.status).toBe(200);
      return (await found.json()) as RetrainDetail;
    },
    report: async (runId, body) => {
      const text = JSON.stringify(body);
      const id = randomUUID();
      const at = new Date();
      return await post(`/retrains/${runId}/status`, text, {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': new Webhook(SECRET).sign(id, at, text),
      });
    },
    told: async () => {
      const found = await pool.query<{ notification: RunNews }>(
        `select payload -> 'notification' as notification from outbox
         where kind = 'notify' and payload -> 'notification' ->> 'kind' like 'retrain_%' and payload ->> 'channel' = 'oncall'
         order by id`,
      );
      return found.rows.map(({ notification }) => notification);
    },
  };
}

interface Row {
  readonly age: number;
  readonly prediction: string;
  readonly label: string;
}

function drawRows(count: number, accuracy: number, seed: number): Row[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const age = 20 + 50 * random();
    const prediction = age > 45 ? 'approve' : 'deny';
    const other = prediction === 'approve' ? 'deny' : 'approve';
    return { age, prediction, label: random() < accuracy ? prediction : other };
  });
}

function asTable(rows: readonly Row[]): Table {
  const ages = numericColumn(
    'age',
    rows.map(({ age }) => age),
  );
  return tableOf([ages], {
    prediction: levelColumn(
      'prediction',
      rows.map(({ prediction }) => prediction),
    ),
    label: levelColumn(
      'label',
      rows.map(({ label }) => label),
    ),
  });
}
