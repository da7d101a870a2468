/** Paths of services whose secrets are known to stand elsewhere. Only names of the target's own things vary in them. */
const NAME = '[^/]+';

const WEBHOOK_PATHS: ReadonlyMap<unknown, RegExp> = new Map([
  ['airflow', whole(`/api/v[12]/dags/${NAME}/dagRuns`)],
  ['github', whole(`(?:/api/v3)?/repos/${NAME}/${NAME}/dispatches`)],
  ['github-workflow', whole(`(?:/api/v3)?/repos/${NAME}/${NAME}/actions/workflows/${NAME}/dispatches`)],
  ['argo', whole(`/api/v1/workflows/${NAME}/submit`)],
  ['kubeflow', whole('(?:/pipeline)?/apis/v2beta1/runs')],
  ['prefect', whole(`/api/(?:accounts/${NAME}/workspaces/${NAME}/)?deployments/${NAME}/create_flow_run`)],
  ['dagster', whole('/graphql')],
  ['jenkins', whole(`(?:/job/${NAME})+/buildWithParameters`)],
  ['databricks', whole('/api/2\\.[12]/jobs/run-now')],
]);
const CHANNEL_PATHS: ReadonlyMap<unknown, RegExp> = new Map([
  ['pagerduty', whole('/v2/enqueue')],
  ['alertmanager', whole('/(?:alertmanager/?)?')],
]);

/** Of the mapping that a URL stands in, by its preset: the form of path that may be shown; null: none. */
export function webhookPath(webhook: unknown): RegExp | null {
  return WEBHOOK_PATHS.get(field(webhook, 'preset')) ?? null;
}

export function channelPath(channel: unknown): RegExp | null {
  return CHANNEL_PATHS.get(field(channel, 'type')) ?? null;
}

function field(owner: unknown, name: string): unknown {
  return typeof owner === 'object' && owner !== null ? (owner as Record<string, unknown>)[name] : undefined;
}

function whole(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}
