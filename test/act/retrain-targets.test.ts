/** The page of worked examples, and the requests it links. `UPDATE_FIXTURES=1` rewrites these. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TARGETS } from '../../src/act/retrain/targets/by-name.ts';
import { retrainCall } from '../../src/act/retrain/retrain-call.ts';
import { parseConfig } from '../../src/config/load.ts';
import type { RetrainRequest } from '../../src/core/jobs.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = join(ROOT, 'docs/retraining-targets.md');
const AT = Date.UTC(2026, 2, 1, 3);
const DAY = 86_400_000;
const request: RetrainRequest = {
  runId: '0f5d1c7e-2a0b-4f6e-9d51-7a3b8c9d0e1f',
  model: 'credit-risk',
  modelVersion: '3',
  trigger: 'performance',
  reason: 'performance_drop',
  requestedAtMs: AT,
  window: { id: '345', startMs: AT - DAY, endMs: AT },
  verdict: 'concept_drift',
  advice: 'retrain',
  summary: 'accuracy fell from 0.86 to 0.71',
  evidence: [],
  performance: null,
  incident: null,
  training: {
    begins: 'concept_drift',
    labelsKnown: true,
    rows: 9_000,
    labels: 7_000,
    intervals: [{ fromMs: AT - 3 * DAY, toMs: AT, rows: 9_000, labels: 7_000 }],
    leftOut: [],
  },
  dataStored: true,
};

const EXAMPLE =
  /```yaml\n(webhooks:\n[^`]*preset: (\S+)\n[^`]*)```\n\n\[What it is sent\]\(\.\.\/(test\/fixtures\/retraining\/[\w-]+\.http)\)/g;
const SHOWN = new Set(['content-type', 'webhook-id', 'webhook-signature']);

/** Shown once, in `standard.http`. */
function isData(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'training_range' in value && 'status_url' in value;
}

async function shown(config: string): Promise<{ text: string; body: string; type: string }> {
  const parsed = await parseConfig(
    `${config}public_url: https://sw.example.org\nmodels: [{ name: m, task: classification }]\n`,
    {
      file: 'shiftwatch.yaml',
      env: { TOKEN: 'secret-token' },
      readFile: async () => '',
    },
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const webhook = parsed.value.webhooks.get('train');
  if (webhook === undefined) throw new Error('no webhook');
  const call = retrainCall(request, webhook, {
    deliveryId: '5f0c7a1e-8d2b-4c3a-b6e5-f4d3c2b1a090',
    atMs: AT,
    publicUrl: parsed.value.publicUrl,
  });
  if (!call.ok) throw new Error(call.error);
  const { url, headers, body } = call.value;
  const type = headers['content-type'] ?? '';
  const lines = Object.entries(headers).filter(([name]) => SHOWN.has(name));
  const isWhole = webhook.preset === 'standard';
  const pretty =
    type === 'application/json'
      ? JSON.stringify(JSON.parse(body), (_key, value) => (isWhole || !isData(value) ? value : '…'), 1)
      : body;
  const head = [
    `POST ${url.replace('secret-token', '***')}`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
  ];
  return { text: `${head.join('\n')}\n\n${pretty}\n`, body, type };
}

/** Keys that the published schemas of the targets know; those marked `!` must be there. `a.b` is b in a. */
const SCHEMAS: Readonly<Record<string, readonly string[]>> = {
  // Airflow 3: TriggerDAGRunPostBody refuses all others.
  airflow: [
    'dag_run_id',
    'logical_date!',
    'conf',
    'note',
    'data_interval_start',
    'data_interval_end',
    'run_after',
  ],
  github: ['event_type!', 'client_payload'],
  'github-workflow': ['ref!', 'inputs'],
  argo: ['namespace', 'resourceKind!', 'resourceName!', 'submitOptions'],
  kubeflow: [
    'display_name!',
    'description',
    'experiment_id',
    'pipeline_version_id',
    'pipeline_spec',
    'pipeline_version_reference',
    'runtime_config',
    'service_account',
  ],
  prefect: [
    'name',
    'parameters',
    'context',
    'idempotency_key',
    'tags',
    'state',
    'work_queue_name',
    'job_variables',
  ],
  dagster: ['query!', 'variables', 'operationName'],
  databricks: ['job_id!', 'idempotency_token', 'job_parameters', 'queue', 'only', 'performance_target'],
  vertex: ['displayName', 'templateUri', 'runtimeConfig', 'pipelineSpec', 'labels', 'serviceAccount'],
  sagemaker: [
    'PipelineName!',
    'PipelineExecutionDisplayName',
    'ClientRequestToken!',
    'PipelineParameters',
    'PipelineExecutionDescription',
    'ParallelismConfiguration',
  ],
};

describe('docs/retraining-targets.md', async () => {
  const page = readFileSync(PAGE, 'utf8');
  const examples = [...page.matchAll(EXAMPLE)];

  it('has an example of each preset', () => {
    expect(new Set(examples.map(([, , preset]) => preset))).toEqual(new Set(Object.keys(TARGETS)));
  });

  it.each(examples.map(([, config = '', preset = '', path = '']) => ({ preset, config, path })))(
    'links what $preset is sent',
    async ({ preset, config, path }) => {
      const made = await shown(config);
      if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(join(ROOT, path), made.text);
      expect(readFileSync(join(ROOT, path), 'utf8')).toBe(made.text);
      expect(Buffer.byteLength(made.body)).toBeLessThan(20_000);
      const schema = SCHEMAS[preset];
      if (schema === undefined) return;
      const keys = Object.keys(JSON.parse(made.body) as object);
      expect(schema.map((key) => key.replace('!', ''))).toEqual(expect.arrayContaining(keys));
      expect(keys).toEqual(
        expect.arrayContaining(schema.filter((key) => key.endsWith('!')).map((key) => key.slice(0, -1))),
      );
    },
  );

  it('keeps to the limits of texts', async () => {
    const bodyOf = async (preset: string) => {
      const config = examples.find(([, , name]) => name === preset)?.[1] ?? '';
      return JSON.parse((await shown(config)).body) as Record<string, unknown>;
    };
    const sagemaker = (await bodyOf('sagemaker'))['PipelineParameters'] as { Value: string }[];
    expect(sagemaker[0]?.Value.length).toBeLessThanOrEqual(1_024);
    expect(String((await bodyOf('sagemaker'))['ClientRequestToken']).length).toBeGreaterThanOrEqual(32);
    expect(JSON.stringify((await bodyOf('databricks'))['job_parameters']).length).toBeLessThanOrEqual(10_000);
    expect(Object.keys((await bodyOf('github'))['client_payload'] as object).length).toBeLessThanOrEqual(10);
  });
});
