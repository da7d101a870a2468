import { describe, expect, it } from 'vitest';
import { TARGETS } from '../../src/act/retrain/targets/by-name.ts';
import { externalRunId, retrainCall, type RetrainWebhook } from '../../src/act/retrain/retrain-call.ts';
import { retrainData } from '../../src/act/retrain/retrain-data.ts';
import { PRESET_PARAMS } from '../../src/config/schema/channels.ts';
import { RETRAIN_VARIABLES, type RetrainRequest } from '../../src/core/jobs.ts';

const RUN = '0f5d1c7e-2a0b-4f6e-9d51-7a3b8c9d0e1f';
const NAME = `shiftwatch-${RUN}`;
const DELIVERY = '5f0c7a1e-8d2b-4c3a-b6e5-f4d3c2b1a090';
const AT = Date.UTC(2026, 2, 1, 3);

const request: RetrainRequest = {
  runId: RUN,
  model: 'credit-risk',
  modelVersion: '3',
  trigger: 'performance',
  reason: 'performance_drop',
  requestedAtMs: AT,
  window: { id: '7', startMs: AT - 3_600_000, endMs: AT },
  verdict: 'concept_drift',
  advice: 'retrain',
  summary: 'accuracy fell from 0.86 to 0.71 "so"',
  evidence: [],
  performance: null,
  incident: {
    id: '12',
    sinceMs: AT - 7_200_000,
    windowCount: 2,
    windows: [{ id: '7', startMs: AT - 3_600_000, endMs: AT, verdict: 'concept_drift' }],
  },
  training: {
    begins: 'concept_drift',
    labelsKnown: true,
    rows: 900,
    labels: 700,
    intervals: [{ fromMs: AT - 7_200_000, toMs: AT, rows: 900, labels: 700 }],
    leftOut: [],
  },
  dataStored: true,
};

function called(preset: RetrainWebhook['preset'], rest: Partial<RetrainWebhook> = {}) {
  const webhook: RetrainWebhook = {
    preset,
    url: 'https://target.example.org/api',
    secret: null,
    headers: new Map([['Authorization', 'Bearer t']]),
    params: new Map(),
    template: null,
    ...rest,
  };
  const call = retrainCall(request, webhook, {
    deliveryId: DELIVERY,
    atMs: AT,
    publicUrl: 'https://sw.example.org',
  });
  if (!call.ok) throw new Error(call.error);
  return call.value;
}

const json = (body: string): unknown => JSON.parse(body);
const data = expect.objectContaining({
  run_id: RUN,
  model: 'credit-risk',
  model_version: '3',
  reason: 'performance_drop',
  window: { id: '7', start: '2026-03-01T02:00:00.000Z', end: '2026-03-01T03:00:00.000Z' },
  status_url: `https://sw.example.org/api/v1/retrains/${RUN}/status`,
}) as object;
/** JSON in a text. */
const inText = {
  asymmetricMatch: (text: unknown) =>
    typeof text === 'string' && (JSON.parse(text) as { run_id: string }).run_id === RUN,
};

/** What the documentation of each target asks for. */
const SHAPES: readonly [keyof typeof TARGETS, Record<string, string>, object][] = [
  ['standard', {}, { type: 'retrain.requested', timestamp: '2026-03-01T03:00:00.000Z', data }],
  ['argo-events', {}, { type: 'retrain.requested', timestamp: '2026-03-01T03:00:00.000Z', data }],
  ['airflow', {}, { dag_run_id: NAME, logical_date: null, conf: data }],
  ['github', {}, { event_type: 'shiftwatch-retrain', client_payload: { shiftwatch: data } }],
  ['github', { event_type: 'train' }, { event_type: 'train', client_payload: { shiftwatch: data } }],
  ['github-workflow', {}, { ref: 'main', inputs: { shiftwatch: inText } }],
  ['github-workflow', { ref: 'v2', input: 'why' }, { ref: 'v2', inputs: { why: inText } }],
  [
    'argo',
    { namespace: 'ml', workflow_template: 'retrain' },
    {
      namespace: 'ml',
      resourceKind: 'WorkflowTemplate',
      resourceName: 'retrain',
      submitOptions: {
        name: NAME,
        labels: 'app.kubernetes.io/created-by=shiftwatch',
        parameters: [
          expect.stringMatching(/^shiftwatch=\{"run_id"/),
          `run_id=${RUN}`,
          'model=credit-risk',
          'model_version=3',
        ],
      },
    },
  ],
  [
    'kubeflow',
    { pipeline_id: 'p', pipeline_version_id: 'v', experiment_id: 'e', service_account: 's' },
    {
      display_name: NAME,
      description: request.summary,
      experiment_id: 'e',
      pipeline_version_reference: { pipeline_id: 'p', pipeline_version_id: 'v' },
      runtime_config: { parameters: { shiftwatch: data } },
      service_account: 's',
    },
  ],
  [
    'prefect',
    {},
    {
      name: NAME,
      parameters: { shiftwatch: data },
      idempotency_key: DELIVERY,
      tags: ['shiftwatch', 'credit-risk'],
    },
  ],
  [
    'dagster',
    { repository_location: 'l', repository: 'r', job: 'j' },
    {
      query: expect.stringContaining('launchRun(executionParams: $params)') as string,
      variables: {
        params: {
          selector: { repositoryLocationName: 'l', repositoryName: 'r', jobName: 'j' },
          runConfigData: {},
          executionMetadata: {
            tags: [
              { key: 'shiftwatch/run_id', value: RUN },
              { key: 'shiftwatch/request', value: inText },
            ],
          },
        },
      },
    },
  ],
  [
    'databricks',
    { job_id: '42' },
    { job_id: 42, idempotency_token: DELIVERY, job_parameters: { shiftwatch: inText, run_id: RUN } },
  ],
  [
    'vertex',
    { template_uri: 'gs://b/p.yaml', gcs_output_directory: 'gs://b/out' },
    {
      displayName: NAME,
      templateUri: 'gs://b/p.yaml',
      runtimeConfig: { gcsOutputDirectory: 'gs://b/out', parameterValues: { shiftwatch: inText } },
    },
  ],
  [
    'sagemaker',
    { pipeline_name: 'train' },
    {
      PipelineName: 'train',
      PipelineExecutionDisplayName: NAME,
      ClientRequestToken: DELIVERY,
      PipelineParameters: [{ Name: 'shiftwatch', Value: inText }],
    },
  ],
];

describe('the request of preset', () => {
  it.each(SHAPES)('%s %o is what its target asks for', (preset, params, body) => {
    const call = called(preset, { params: new Map(Object.entries(params)) });
    expect(json(call.body)).toEqual(body);
    expect(call.headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': DELIVERY,
      Authorization: 'Bearer t',
    });
  });

  it('jenkins is a form', () => {
    const call = called('jenkins');
    expect(call.headers['content-type']).toBe('application/x-www-form-urlencoded');
    const form = new URLSearchParams(call.body);
    expect(json(form.get('shiftwatch') ?? '')).toEqual(data);
    expect([form.get('run_id'), form.get('model')]).toEqual([RUN, 'credit-risk']);
  });

  it('vertex names the job in the address', () => {
    const params = new Map([
      ['template_uri', 'gs://b/p'],
      ['gcs_output_directory', 'gs://b/o'],
    ]);
    expect(called('vertex', { params, url: 'https://bridge.example.org/jobs?a=1' }).url).toBe(
      `https://bridge.example.org/jobs?a=1&pipelineJobId=${NAME}`,
    );
  });

  it('is tested for each', () => {
    const tested = new Set<string>([...SHAPES.map(([preset]) => preset), 'jenkins', 'template']);
    expect(tested).toEqual(new Set(Object.keys(TARGETS)));
    expect(new Set(Object.keys(PRESET_PARAMS))).toEqual(tested);
  });

  it('keeps the limits of GitHub and Databricks', () => {
    const { event_type: type } = json(
      called('github', { params: new Map([['event_type', 'x'.repeat(300)]]) }).body,
    ) as { event_type: string };
    expect(type).toHaveLength(100);
    expect(DELIVERY.length).toBeLessThanOrEqual(64);
  });
});

it('takes "it is there already" for success where a name makes runs unique', () => {
  const codes = (['airflow', 'argo', 'vertex'] as const).map((preset) => {
    const { must }: { must: readonly string[] } = PRESET_PARAMS[preset];
    return called(preset, { params: new Map(must.map((name) => [name, 'x'])) }).alsoSuccess;
  });
  expect(codes).toEqual([[409], [409], [409]]);
  expect(called('standard').alsoSuccess).toEqual([]);
  expect([externalRunId(request, 'argo'), externalRunId(request, 'github')]).toEqual([NAME, null]);
});

it('does not believe a 200 of Dagster', () => {
  const params = new Map([
    ['repository_location', 'l'],
    ['repository', 'r'],
    ['job', 'j'],
  ]);
  const { refusal } = called('dagster', { params });
  expect(refusal?.({ data: { launchRun: { __typename: 'LaunchRunSuccess' } } })).toBeNull();
  expect(refusal?.({ data: { launchRun: { __typename: 'PythonError', message: 'no disk' } } })).toBe(
    'PythonError: no disk',
  );
  expect(refusal?.({ errors: [{ message: 'syntax' }] })).toBe('no LaunchRunSuccess: syntax');
  expect(refusal?.(null)).toBe('no LaunchRunSuccess');
});

describe('a template', () => {
  const template = (
    body: object,
    success: Partial<NonNullable<RetrainWebhook['template']>['success']> = {},
  ) => called('template', { template: { body, success: { status: [], answer: null, ...success } } });

  it('puts values in their places, with their types', () => {
    const { body } = template({
      job: 'retrain',
      args: [{ $text: 'summary' }, { $var: 'window' }, { $text: 'window' }, { $var: 'nothing' }],
      all: { $var: 'data' },
      id: { $var: 'delivery_id' },
      kept: { $var: 'model', more: 1 },
    });
    expect(json(body)).toEqual({
      job: 'retrain',
      args: [
        request.summary,
        { id: '7', start: '2026-03-01T02:00:00.000Z', end: '2026-03-01T03:00:00.000Z' },
        '{"id":"7","start":"2026-03-01T02:00:00.000Z","end":"2026-03-01T03:00:00.000Z"}',
        null,
      ],
      all: data,
      id: DELIVERY,
      kept: { $var: 'model', more: 1 },
    });
  });

  it('knows every variable that is said to exist', () => {
    const { body } = template(Object.fromEntries(RETRAIN_VARIABLES.map((name) => [name, { $var: name }])));
    expect(json(body)).toEqual(data);
    expect(Object.keys(json(body) as object)).toEqual([...RETRAIN_VARIABLES]);
  });

  it('looks into the answer when it is told to', () => {
    const { refusal, alsoSuccess } = template({}, { status: [409], answer: { 'result.ok': true, code: 0 } });
    expect(alsoSuccess).toEqual([409]);
    expect(refusal?.({ result: { ok: true }, code: 0 })).toBeNull();
    expect(refusal?.({ result: { ok: 'true' }, code: 0 })).toBe('result.ok is "true", not true');
    expect(refusal?.(null)).toBe('result.ok is absent, not true');
    expect(template({}).refusal).toBeUndefined();
  });
});

describe('the data of a request', () => {
  const from = '2026-03-01T01:00:00.000Z';
  const to = '2026-03-01T03:00:00.000Z';

  it('says what to train on and where it can be had', () => {
    const { data: told } = json(called('standard').body) as { data: Record<string, unknown> };
    expect(told['training_range']).toMatchObject({
      from,
      to,
      rows: 900,
      labels: 700,
      begins: 'concept_drift',
    });
    expect(told['labelled_data']).toEqual({
      urls: [
        `https://sw.example.org/api/v1/labelled-data?model=credit-risk&version=3&from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`,
      ],
      commands: [
        `shiftwatch labelled-data export --model credit-risk --model-version 3 --from ${from} --to ${to}`,
      ],
    });
    expect(told['incident']).toMatchObject({ id: '12', window_count: 2 });
  });

  const huge: RetrainRequest = {
    ...request,
    evidence: Array.from({ length: 200 }, () => ({
      claim: 'c'.repeat(3_000),
      statistic: 's',
      value: 1,
      p_value: 0,
    })),
    summary: 'ü'.repeat(5_000),
    training: {
      begins: 'all_history',
      labelsKnown: true,
      rows: 1,
      labels: 1,
      intervals: Array.from({ length: 20 }, (_, i) => ({ fromMs: AT + i, toMs: AT + i, rows: 1, labels: 1 })),
      leftOut: Array.from({ length: 20 }, (_, i) => ({
        fromMs: AT + i,
        toMs: AT + i,
        rows: 1,
        labels: 1,
        reason: 'data_fault' as const,
      })),
    },
  };

  it.each([
    ['standard', 16_000],
    ['databricks', 9_000],
    ['sagemaker', 1_000],
  ])('keeps to what %s takes', (_, bytes) => {
    const told = retrainData(huge, 'https://sw.example.org', bytes);
    expect(Buffer.byteLength(JSON.stringify(told))).toBeLessThanOrEqual(bytes);
    expect(told.run_id).toBe(RUN);
    expect(told['run_url']).toBe(`https://sw.example.org/api/v1/retrains/${RUN}`);
  });
});
