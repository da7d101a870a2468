/**
 * Training targets as they behave: each takes what its published interface takes, refuses anything else the way the real
 * one does, and knows a repetition the way the real one does. What is not about starting a run is left out.
 */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { atEnd } from '../harness/cleanup.ts';

export const TOKEN = 'secret-token';

export interface TargetRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TargetAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Runs that were started, by the name or token the target tells repetitions by; one that knows none numbers them. */
export type Runs = Map<string, unknown>;
export type Target = (request: TargetRequest, runs: Runs) => TargetAnswer;

export interface StubTarget {
  readonly url: string;
  readonly runs: Runs;
  readonly answers: readonly TargetAnswer[];
}

export async function startTarget(target: Target): Promise<StubTarget> {
  const runs: Runs = new Map();
  const answers: TargetAnswer[] = [];
  const server = createServer((request, response) => {
    const answered = async (): Promise<void> => {
      const body = await text(request);
      const url = new URL(request.url ?? '/', 'http://target');
      const { pathname: path, searchParams: query } = url;
      const answer = target({ path, query, headers: request.headers, body }, runs);
      answers.push(answer);
      const json = answer.body === undefined ? undefined : JSON.stringify(answer.body);
      response.writeHead(answer.status, { ...answer.headers }).end(json);
    };
    void answered();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  atEnd(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, runs, answers };
}

const bearer = ({ headers }: TargetRequest): boolean => headers.authorization === `Bearer ${TOKEN}`;
const isJson = ({ headers }: TargetRequest): boolean => headers['content-type'] === 'application/json';

interface Rules<T> {
  readonly path: RegExp;
  readonly schema: z.ZodType<T>;
  readonly allowed?: (request: TargetRequest) => boolean;
  /** What an interface answers to a body it does not take. */
  readonly invalid?: number;
  readonly start: (body: T, runs: Runs, request: TargetRequest) => TargetAnswer;
}

function jsonTarget<T>({ path, schema, allowed = bearer, invalid = 400, start }: Rules<T>): Target {
  return (request, runs) => {
    if (!path.test(request.path)) return { status: 404 };
    if (!allowed(request)) return { status: 401 };
    if (!isJson(request)) return { status: 415 };
    const body = schema.safeParse(JSON.parse(request.body));
    if (!body.success) return { status: invalid, body: { detail: z.prettifyError(body.error) } };
    return start(body.data, runs, request);
  };
}

/** Of targets that refuse a name they know. */
function named(name: string, runs: Runs, body: unknown, started: TargetAnswer): TargetAnswer {
  if (runs.has(name)) return { status: 409, body: { message: `${name} already exists` } };
  runs.set(name, body);
  return started;
}

/** Of targets that answer a token they know with what it started. */
function tokened(
  token: string,
  runs: Runs,
  body: unknown,
  answer: (id: number, isNew: boolean) => TargetAnswer,
): TargetAnswer {
  const isNew = !runs.has(token);
  if (isNew) runs.set(token, body);
  return answer([...runs.keys()].indexOf(token) + 1, isNew);
}

const object = z.record(z.string(), z.unknown());
const when = z.iso.datetime({ offset: true }).nullable();

/** Airflow 3: `TriggerDAGRunPostBody`, strict; `logical_date` must be there and may be null. */
const airflow3 = z.strictObject({
  dag_run_id: z.string().nullish(),
  data_interval_start: when.optional(),
  data_interval_end: when.optional(),
  logical_date: when,
  run_after: when.optional(),
  conf: object.nullish(),
  note: z.string().nullish(),
});
/** Airflow 2: `DAGRun`; what it only answers may not be sent. */
const airflow2 = z.strictObject({
  dag_run_id: z.string().nullish(),
  logical_date: when.optional(),
  execution_date: when.optional(),
  data_interval_start: when.optional(),
  data_interval_end: when.optional(),
  conf: object.optional(),
  note: z.string().nullish(),
});

function airflow(
  path: RegExp,
  schema: z.ZodType<{ readonly dag_run_id?: string | null | undefined }>,
  invalid: number,
): Target {
  return jsonTarget({
    path,
    schema,
    invalid,
    start: (body, runs) =>
      named(body.dag_run_id ?? `scheduled-${runs.size}`, runs, body, {
        status: 200,
        body: { dag_run_id: body.dag_run_id, state: 'queued' },
      }),
  });
}

const workflowName = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

export const TARGETS: Readonly<Record<string, Target>> = {
  airflow: airflow(/^\/api\/v2\/dags\/[\w.-]+\/dagRuns$/, airflow3, 422),
  'airflow 2': airflow(/^\/api\/v1\/dags\/[\w.-]+\/dagRuns$/, airflow2, 400),

  github: jsonTarget({
    path: /^\/repos\/[\w.-]+\/[\w.-]+\/dispatches$/,
    schema: z.strictObject({
      event_type: z.string().min(1).max(100),
      client_payload: object.refine((payload) => Object.keys(payload).length <= 10).optional(),
    }),
    // GitHub answers nobody without a user agent.
    allowed: (request) => bearer(request) && request.headers['user-agent'] !== undefined,
    invalid: 422,
    start: (body, runs) => {
      runs.set(String(runs.size), body);
      return { status: 204 };
    },
  }),

  'github-workflow': jsonTarget({
    path: /^\/repos\/[\w.-]+\/[\w.-]+\/actions\/workflows\/[\w.-]+\/dispatches$/,
    // The workflow declares one input; others are refused.
    schema: z.strictObject({
      ref: z.string().min(1),
      inputs: z.strictObject({ shiftwatch: z.string().max(65_535) }).optional(),
    }),
    invalid: 422,
    start: (body, runs) => {
      runs.set(String(runs.size), body);
      return { status: 204 };
    },
  }),

  argo: jsonTarget({
    path: /^\/api\/v1\/workflows\/ml\/submit$/,
    schema: z.strictObject({
      namespace: z.literal('ml'),
      resourceKind: z.enum(['WorkflowTemplate', 'ClusterWorkflowTemplate', 'CronWorkflow']),
      resourceName: z.string().min(1),
      submitOptions: z
        .strictObject({
          name: z.string().regex(workflowName).optional(),
          generateName: z.string().optional(),
          entryPoint: z.string().optional(),
          parameters: z.array(z.string().regex(/^[\w-]+=/)).optional(),
          serviceAccount: z.string().optional(),
          labels: z.string().optional(),
          annotations: z.string().optional(),
        })
        .optional(),
    }),
    start: (body, runs) => {
      const name = body.submitOptions?.name ?? `generated-${runs.size}`;
      return named(name, runs, body, { status: 200, body: { metadata: { name } } });
    },
  }),

  'argo-events': jsonTarget({
    path: /^\/retrain$/,
    schema: object,
    start: (body, runs) => {
      runs.set(String(runs.size), body);
      return { status: 200, body: 'success' };
    },
  }),

  kubeflow: jsonTarget({
    path: /^\/pipeline\/apis\/v2beta1\/runs$/,
    schema: z.strictObject({
      display_name: z.string().min(1),
      description: z.string().optional(),
      experiment_id: z.string().optional(),
      pipeline_version_reference: z.strictObject({
        pipeline_id: z.string(),
        pipeline_version_id: z.string().optional(),
      }),
      runtime_config: z.strictObject({ parameters: object, pipeline_root: z.string().optional() }),
      service_account: z.string().optional(),
    }),
    start: (body, runs) => {
      runs.set(String(runs.size), body);
      return { status: 200, body: { run_id: `run-${runs.size}`, state: 'PENDING' } };
    },
  }),

  prefect: jsonTarget({
    path: /^\/api\/deployments\/[0-9a-f-]{36}\/create_flow_run$/,
    schema: z.strictObject({
      name: z.string().optional(),
      parameters: object.optional(),
      context: object.optional(),
      tags: z.array(z.string()).optional(),
      idempotency_key: z.string(),
      work_queue_name: z.string().optional(),
      job_variables: object.optional(),
    }),
    invalid: 422,
    start: (body, runs) =>
      tokened(body.idempotency_key, runs, body, (id, isNew) => ({
        status: isNew ? 201 : 200,
        body: { id: `flow-run-${id}`, state_type: 'SCHEDULED' },
      })),
  }),

  dagster: jsonTarget({
    path: /^\/graphql$/,
    allowed: ({ headers }) => headers['dagster-cloud-api-token'] === TOKEN,
    schema: z.object({
      query: z.string().regex(/launchRun\(executionParams: \$params\)/),
      variables: z.strictObject({
        params: z.strictObject({
          selector: z.strictObject({
            repositoryLocationName: z.string(),
            repositoryName: z.string(),
            jobName: z.string(),
          }),
          runConfigData: z.unknown().optional(),
          mode: z.string().optional(),
          executionMetadata: z
            .strictObject({
              runId: z.string().optional(),
              tags: z.array(z.strictObject({ key: z.string(), value: z.string() })).optional(),
            })
            .optional(),
        }),
      }),
    }),
    // Whatever comes of it, GraphQL answers 200.
    start: ({ variables: { params } }, runs) => {
      const { jobName } = params.selector;
      if (jobName !== 'retrain') {
        const launchRun = {
          __typename: 'PipelineNotFoundError',
          message: `Could not find Pipeline ${jobName}`,
        };
        return { status: 200, body: { data: { launchRun } } };
      }
      runs.set(String(runs.size), params);
      const launchRun = { __typename: 'LaunchRunSuccess', run: { runId: `run-${runs.size}` } };
      return { status: 200, body: { data: { launchRun } } };
    },
  }),

  jenkins: ({ path, headers, body }, runs) => {
    if (path !== '/job/retrain/buildWithParameters') return { status: 404 };
    const basic = `Basic ${Buffer.from(`ci:${TOKEN}`).toString('base64')}`;
    if (headers.authorization !== basic) return { status: 401 };
    if (headers['content-type'] !== 'application/x-www-form-urlencoded') return { status: 400 };
    const parameters = [...new URLSearchParams(body)];
    // Builds that wait with the same parameters are one.
    return tokened(JSON.stringify(parameters), runs, Object.fromEntries(parameters), (id) => ({
      status: 201,
      headers: { location: `http://jenkins/queue/item/${id}/` },
    }));
  },

  databricks: jsonTarget({
    path: /^\/api\/2\.2\/jobs\/run-now$/,
    schema: z.strictObject({
      job_id: z.int().positive(),
      idempotency_token: z.string().max(64),
      job_parameters: z
        .record(z.string(), z.string())
        .refine((parameters) => JSON.stringify(parameters).length <= 10_000)
        .optional(),
      queue: z.strictObject({ enabled: z.boolean() }).optional(),
      only: z.array(z.string()).optional(),
    }),
    start: (body, runs) =>
      tokened(body.idempotency_token, runs, body, (id) => ({ status: 200, body: { run_id: id } })),
  }),

  vertex: jsonTarget({
    path: /^\/v1\/projects\/[\w-]+\/locations\/[\w-]+\/pipelineJobs$/,
    schema: z.strictObject({
      displayName: z.string().max(128),
      templateUri: z.string().min(1),
      runtimeConfig: z.strictObject({
        gcsOutputDirectory: z.string().startsWith('gs://'),
        parameterValues: object,
      }),
      labels: z.record(z.string(), z.string()).optional(),
      serviceAccount: z.string().optional(),
    }),
    start: (body, runs, { query }) => {
      const name = query.get('pipelineJobId') ?? '';
      if (!/^[a-z][-a-z0-9]{0,127}$/.test(name)) return { status: 400, body: { message: 'pipelineJobId' } };
      return named(name, runs, body, { status: 200, body: { name, state: 'PIPELINE_STATE_PENDING' } });
    },
  }),

  sagemaker: jsonTarget({
    path: /^\/start-pipeline-execution$/,
    schema: z.strictObject({
      PipelineName: z.string().min(1).max(256),
      PipelineExecutionDisplayName: z
        .string()
        .regex(/^[a-zA-Z0-9](?:-*[a-zA-Z0-9]){0,81}$/)
        .optional(),
      PipelineExecutionDescription: z.string().max(3_072).optional(),
      ClientRequestToken: z.string().min(32).max(128),
      PipelineParameters: z
        .array(z.strictObject({ Name: z.string().max(256), Value: z.string().max(1_024) }))
        .max(200)
        .optional(),
    }),
    start: (body, runs) =>
      tokened(body.ClientRequestToken, runs, body, (id) => ({
        status: 200,
        body: { PipelineExecutionArn: `arn:aws:sagemaker:eu-west-1:1:pipeline/retrain/execution/${id}` },
      })),
  }),

  standard: ({ path, headers, body }, runs) => {
    if (path !== '/hooks/retrain') return { status: 404 };
    try {
      new Webhook(Buffer.from(TOKEN).toString('base64')).verify(body, headers as Record<string, string>);
    } catch {
      return { status: 401 };
    }
    return tokened(String(headers['webhook-id']), runs, JSON.parse(body), () => ({ status: 204 }));
  },

  template: jsonTarget({
    path: /^\/jobs$/,
    schema: z.strictObject({
      job: z.literal('retrain'),
      key: z.string(),
      range: z.unknown(),
      why: z.string(),
    }),
    start: (body, runs) => named(body.key, runs, body, { status: 200, body: { result: { ok: true } } }),
  }),
};
