import type { RetrainRequest } from '../../core/jobs.ts';
import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import type { WebhookCall } from '../webhook/post-webhook.ts';
import { signatureHeaders, webhookKey } from '../webhook/signature.ts';
import type { WebhookSecret } from '../webhook/signature.ts';
import { NAMED_RUNS, PRESETS } from './presets/by-name.ts';
import { type PresetCall, type PresetInput, runName } from './presets/preset.ts';
import { fromTemplate } from './presets/template.ts';
import { retrainData } from './retrain-data.ts';

export interface RetrainWebhook {
  readonly preset: keyof typeof PRESETS | 'template';
  readonly url: string;
  /** Null: not signed. */
  readonly secret: WebhookSecret | null;
  readonly headers: ReadonlyMap<string, string>;
  /** What the preset needs to know of the target. */
  readonly params: ReadonlyMap<string, string>;
  /** With preset `template`, and only there. */
  readonly template: RetrainTemplate | null;
}

export interface RetrainTemplate {
  readonly body: unknown;
  readonly success: {
    /** Statuses beside 2xx. */
    readonly status: readonly number[];
    /** Path in the answer's JSON → the value it must have; null: the status decides alone. */
    readonly answer: Readonly<Record<string, unknown>> | null;
  };
}

export interface RetrainCallContext {
  /** The same on every attempt: receivers tell a repetition by it. */
  readonly deliveryId: string;
  readonly atMs: number;
  /** Null: the receiver is not told where to report. */
  readonly publicUrl: string | null;
}

/** Of targets that take less than others: SageMaker 1,024 characters a parameter, Databricks 10,000 bytes in all. */
const MOST_BYTES: Partial<Record<RetrainWebhook['preset'], number>> = { sagemaker: 1_000, databricks: 9_000 };

/** The HTTP request that asks a training pipeline to retrain. Of two attempts only timestamp and signature differ. */
export function retrainCall(
  request: RetrainRequest,
  webhook: RetrainWebhook,
  { deliveryId, atMs, publicUrl }: RetrainCallContext,
): Result<WebhookCall, 'invalid_secret'> {
  const { url, params, secret } = webhook;
  const data = retrainData(request, publicUrl, MOST_BYTES[webhook.preset]);
  const call = presetCall(webhook, { request, data, url, params, deliveryId });
  const body = typeof call.body === 'string' ? call.body : JSON.stringify(call.body);
  const headers: Record<string, string> = {
    'content-type': call.contentType ?? 'application/json',
    'user-agent': 'shiftwatch',
    'idempotency-key': deliveryId,
    ...Object.fromEntries(webhook.headers),
  };
  if (secret !== null) {
    const key = webhookKey(secret);
    if (!key.ok) return fail(key.error);
    Object.assign(headers, signatureHeaders(key.value, deliveryId, atMs, body));
  }
  const { alsoSuccess = [], refusal } = call;
  return ok({ url: call.url ?? url, headers, body, alsoSuccess, ...(refusal !== undefined && { refusal }) });
}

function presetCall({ preset, template }: RetrainWebhook, input: PresetInput): PresetCall {
  if (preset !== 'template') return PRESETS[preset](input);
  if (template === null) throw new Error('a webhook of preset template has none');
  return fromTemplate(template, input);
}

/** The name the pipeline knows the run by, where the preset decides it. */
export function externalRunId(request: RetrainRequest, preset: RetrainWebhook['preset']): string | null {
  return NAMED_RUNS.has(preset) ? runName(request) : null;
}
