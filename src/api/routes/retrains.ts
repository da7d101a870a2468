import { z } from 'zod';
import type { RetrainReportRefused } from '../../core/retrain/report.ts';
import { retrainDetail, retrainRow } from '../../store/rows.ts';
import { retrainState } from '../../store/rows/words.ts';
import type { ApiDeps, RunVerdictRefused } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { cursorOf, pageOf, toPage } from '../cursor.ts';
import { ProblemError, type ProblemName } from '../problem.ts';
import { bodyAsDocumented, bytesOf, unparsedBody } from '../raw-body.ts';
import { limitParameter, nameParameter } from '../schemas/parameters.ts';

const config = { access: 'read' } as const;
const tags = ['retrains'];
const idPath = z.object({ id: z.uuid() });

export function addRetrainRoutes(app: App, deps: ApiDeps): void {
  const { readModels } = deps;

  app.get(
    '/retrains',
    {
      config,
      schema: {
        tags,
        operationId: 'listRetrains',
        summary: 'Retrain runs, newest first',
        querystring: z.strictObject({
          model: nameParameter.optional(),
          version: nameParameter.optional(),
          state: retrainState.optional(),
          limit: limitParameter,
          cursor: cursorOf(z.uuid()),
        }),
        response: { 200: pageOf(retrainRow), ...failures },
      },
    },
    async ({ query }) => {
      const { limit, cursor, ...filter } = query;
      return toPage(await readModels.listRetrains(filter, { limit, after: cursor ?? null }));
    },
  );

  app.get(
    '/retrains/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'getRetrain',
        summary: 'One retrain run with what was asked and what was reported back',
        params: idPath,
        response: { 200: retrainDetail, ...failures },
      },
    },
    async ({ params }) => {
      const found = await readModels.findRetrain(params.id);
      if (found === null)
        throw new ProblemError('not_found', { detail: `There is no retrain run ${params.id}.` });
      return found;
    },
  );

  addDecision(app, deps, 'approve');
  addDecision(app, deps, 'reject');
  addStatusCallback(app, deps);
}

const progressPoint = z
  .looseObject({
    metric: z.string().max(100),
    value: z.number(),
    step: z.int().min(0).optional(),
    epoch: z.number().min(0).optional(),
    elapsed_s: z.number().min(0).optional().describe('Since the run began; absent: when it arrived.'),
    energy_j: z.number().min(0).optional().describe('Used so far.'),
    cost: z.number().min(0).optional().describe('Spent so far.'),
  })
  .meta({ id: 'RetrainProgressPoint' });
const runDecision = z
  .strictObject({
    by: z.string().min(1).max(100).optional().describe('Who decides. Absent: the name of the token.'),
    comment: z.string().max(1000).optional(),
  })
  .meta({ id: 'RetrainDecision' });

const DECISION_REFUSALS: Record<RunVerdictRefused['reason'], ProblemName> = {
  unknown_run: 'not_found',
  not_awaiting: 'conflict',
  approval_expired: 'conflict',
  pipeline_fault: 'conflict',
  not_configured: 'conflict',
};

const DECISIONS = {
  approve: { operationId: 'approveRetrain', summary: 'Approve a retrain run, which sends it' },
  reject: { operationId: 'rejectRetrain', summary: 'Reject a retrain run, which closes it' },
} as const;

function addDecision(app: App, deps: ApiDeps, decision: keyof typeof DECISIONS): void {
  app.post(
    `/retrains/:id/${decision}`,
    {
      config: { access: 'operate', audit: `retrain.${decision}` },
      schema: {
        tags,
        ...DECISIONS[decision],
        params: idPath,
        body: runDecision,
        response: { 200: z.object({ state: retrainState }), ...failures },
      },
    },
    async ({ params, body, grant }) => {
      const by = body.by ?? grant?.name;
      if (by === undefined) throw new ProblemError('bad_request', { detail: 'Say in `by` who decides.' });
      const verdict = { runId: params.id, decision, by, comment: body.comment ?? null };
      const outcome = await deps.decideRun(verdict, deps.clock.nowMs());
      if (outcome.ok) return { state: outcome.value.state };
      throw new ProblemError(DECISION_REFUSALS[outcome.error.reason], { detail: outcome.error.detail });
    },
  );
}

/** What a training pipeline may say. Checked by the port, after the signature: only then is it worth reading. */
const statusReport = z
  .looseObject({
    status: z.enum(['running', 'succeeded', 'failed']),
    run_id: z.string().optional().describe('Binds the signature to this run; when given it must be its id.'),
    external_id: z.string().optional().describe("The pipeline's own name for the run."),
    new_version: z.string().optional().describe('The model version that came out of it.'),
    detail: z.string().optional(),
    metrics: z.record(z.string(), z.unknown()).optional(),
    progress: z
      .union([progressPoint, z.array(progressPoint).max(100)])
      .optional()
      .describe(
        'Points of the run’s curve. The same point twice is one; the order of arrival does not matter.',
      ),
  })
  .meta({ id: 'RetrainStatus' });

const REFUSALS: Record<RetrainReportRefused['reason'], ProblemName> = {
  unknown_run: 'not_found',
  bad_signature: 'bad_signature',
  malformed: 'malformed_body',
  conflict: 'conflict',
};

const MAX_REPORT_BYTES = 64 * 1024;

function addStatusCallback(app: App, deps: ApiDeps): void {
  void app.register((scope: App, _options, done) => {
    scope.setValidatorCompiler(bodyAsDocumented);
    unparsedBody(scope, ['application/json']);
    scope.post(
      '/retrains/:id/status',
      {
        config: { access: 'open', audit: null },
        bodyLimit: MAX_REPORT_BYTES,
        schema: {
          tags,
          operationId: 'reportRetrainStatus',
          summary: 'A training pipeline reports on a run',
          description:
            "Signed with the webhook's secret as in Standard Webhooks (headers webhook-id, webhook-timestamp, webhook-signature). Needs no token.",
          security: [],
          consumes: ['application/json'],
          params: idPath,
          body: statusReport,
          response: {
            200: z.object({
              state: z.string(),
              next: z
                .string()
                .nullable()
                .describe('A command that gives the new version the baseline it lacks.'),
            }),
            ...failures,
          },
        },
      },
      async ({ params, headers, body }) => {
        const outcome = await deps.retrainCallback({
          runId: params.id,
          headers,
          body: bytesOf(body),
          receivedAtMs: deps.clock.nowMs(),
        });
        if (outcome.ok) return outcome.value;
        throw new ProblemError(REFUSALS[outcome.error.reason], { detail: outcome.error.detail });
      },
    );
    done();
  });
}
