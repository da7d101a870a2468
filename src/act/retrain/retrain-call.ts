import type { RetrainRequest } from '../../core/jobs.ts';
import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import type { WebhookCall } from '../webhook/post-webhook.ts';
import { signatureHeaders, webhookKey } from '../webhook/signature.ts';

export interface RetrainWebhook {
  readonly preset: 'standard' | 'airflow';
  readonly url: string;
  /** Null: not signed. */
  readonly secret: string | null;
  readonly headers: ReadonlyMap<string, string>;
}

export interface RetrainCallContext {
  /** The same on every attempt: receivers tell a repetition by it. */
  readonly deliveryId: string;
  readonly atMs: number;
  /** Null: the receiver is not told where to report. */
  readonly publicUrl: string | null;
}

/** The HTTP request that asks a training pipeline to retrain. Of two attempts only timestamp and signature differ. */
export function retrainCall(
  request: RetrainRequest,
  webhook: RetrainWebhook,
  { deliveryId, atMs, publicUrl }: RetrainCallContext,
): Result<WebhookCall, 'invalid_secret'> {
  const data = retrainData(request, publicUrl);
  const body = JSON.stringify(webhook.preset === 'airflow' ? dagRun(request, data) : event(request, data));
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'user-agent': 'shiftwatch',
    'idempotency-key': deliveryId,
    ...Object.fromEntries(webhook.headers),
  };
  if (webhook.secret !== null) {
    const key = webhookKey(webhook.secret);
    if (!key.ok) return fail(key.error);
    Object.assign(headers, signatureHeaders(key.value, deliveryId, atMs, body));
  }
  // A DAG run of this name exists: an earlier attempt had arrived after all.
  return ok({ url: webhook.url, headers, body, alsoSuccess: webhook.preset === 'airflow' ? [409] : [] });
}

/** The name the pipeline knows the run by, where the preset decides it. */
export function externalRunId(request: RetrainRequest, preset: RetrainWebhook['preset']): string | null {
  return preset === 'airflow' ? `shiftwatch-${request.runId}` : null;
}

function event(request: RetrainRequest, data: object): object {
  return { type: 'retrain.requested', timestamp: new Date(request.requestedAtMs).toISOString(), data };
}

/** Airflow 3 insists on `logical_date` and refuses fields it does not know; Airflow 2 takes the same body. */
function dagRun(request: RetrainRequest, data: object): object {
  return { dag_run_id: externalRunId(request, 'airflow'), logical_date: null, conf: data };
}

/** The standard asks for bodies under 20 kB. */
const MAX_EVIDENCE = 20;

function retrainData(request: RetrainRequest, publicUrl: string | null): object {
  const { window } = request;
  return {
    run_id: request.runId,
    model: request.model,
    model_version: request.modelVersion,
    trigger: request.trigger,
    reason: request.reason,
    requested_at: new Date(request.requestedAtMs).toISOString(),
    window:
      window === null
        ? null
        : {
            id: window.id,
            start: new Date(window.startMs).toISOString(),
            end: new Date(window.endMs).toISOString(),
          },
    verdict: request.verdict,
    advice: request.advice,
    summary: request.summary,
    evidence: request.evidence.slice(0, MAX_EVIDENCE),
    performance: request.performance,
    status_url: publicUrl === null ? null : `${publicUrl}/api/v1/retrains/${request.runId}/status`,
  };
}
