import { parseConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import type { Config } from '../../src/config/resolve.ts';

/** The configuration with a bit of everything. */
export const EXAMPLE = `
database: "\${DATABASE_URL}"
queue: { backend: postgres }
timezone: UTC
api: { listen: "127.0.0.1:8080" }
kafka:
  brokers: "\${KAFKA_BROKERS}"
  group_id: shiftwatch
  start: earliest
  topics: { predictions: [ml.predictions], features: [], labels: [ml.labels] }
models:
  - name: credit-risk
    task: classification
    positive_class: approve
    windows: [{ size: 1h, grace: 10m, accept_late: 7d }]
    segments: [country]
    groups: [sex]
    min_rows: 200
    labels: { horizon: 30d, mature_after: 7d, min_labelled: 200 }
    alerts: { for: 2, remind_every: 24h, channels: [oncall-mail] }
    retrain:
      webhook: airflow-retrain
      triggers: { schedule: "0 3 1 * *", performance: { metric: accuracy, drop: 0.03 }, drift: [covariate_shift, concept_drift] }
      cooldown: 24h
channels:
  oncall-mail: { type: email, to: [ml@example.org] }
smtp: { url: "\${SMTP_URL}", from: shiftwatch@example.org }
webhooks:
  airflow-retrain: { preset: airflow, url: "https://airflow.example.org/api/v2/dags/retrain/dagRuns?key=k1", secret: "\${WEBHOOK_SECRET}" }
`;

export const EXAMPLE_ENV: Record<string, string> = {
  DATABASE_URL: 'postgres://sw:db-password@db.example.org/shiftwatch',
  KAFKA_BROKERS: 'k1:9092, k2:9092',
  SMTP_URL: 'smtp://sw:smtp-password@mail.example.org:587',
  WEBHOOK_SECRET: 'whsec_c2VjcmV0',
};

/** Parses what must be right. */
export async function configOf(
  text: string,
  env: Record<string, string> = EXAMPLE_ENV,
  files: ReadonlyMap<string, string> = new Map(),
): Promise<Config> {
  const readFile = (path: string): Promise<string> => {
    const content = files.get(path);
    return content === undefined ? Promise.reject(new Error('no such file')) : Promise.resolve(content);
  };
  const result = await parseConfig(text, { file: '/etc/shiftwatch/shiftwatch.yaml', env, readFile });
  if (!result.ok) throw new Error(result.error.map(formatProblem).join('\n'));
  return result.value;
}
