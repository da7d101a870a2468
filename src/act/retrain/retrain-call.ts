import type { RetrainRequest } from '../../core/jobs.ts';
import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import type { WebhookCall } from '../webhook/post-webhook.ts';
import { signatureHeaders, webhookKey } from '../webhook/signature.ts';
import type { WebhookSecret } from '../webhook/signature.ts';
import { type AwsKeys, signedForAws } from './cloud/aws-signature.ts';
import { withGoogleToken } from './cloud/google-token.ts';
import { retrainData } from './retrain-data.ts';
import { TARGETS } from './targets/by-name.ts';
import { type RetrainTemplate, runName, type Target } from './targets/target.ts';

export interface RetrainWebhook {
  readonly preset: keyof typeof TARGETS;
  readonly url: string;
  /** Null: not signed. */
  readonly secret: WebhookSecret | null;
  readonly headers: ReadonlyMap<string, string>;
  /** What the preset needs to know of its target. */
  readonly params: ReadonlyMap<string, string>;
  /** With preset `template`, and only there. */
  readonly template: RetrainTemplate | null;
  /** With preset `sagemaker`: signs for AWS. */
  readonly aws?: AwsKeys | null;
  /** With preset `vertex`: the text of a service account's key file. */
  readonly google?: string | null;
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
  const { url, params, template, secret, aws = null, google = null } = webhook;
  const target: Target = TARGETS[webhook.preset];
  const data = retrainData(request, publicUrl, target.mostBytes);
  const call = target.ask({ request, data, url, params, template, deliveryId });
  const body = typeof call.body === 'string' ? call.body : JSON.stringify(call.body);
  const headers: Record<string, string> = {
    'content-type': call.contentType ?? 'application/json',
    'user-agent': 'shiftwatch',
    'idempotency-key': deliveryId,
    // Without a bridge it is asked by its own protocol.
    ...(aws !== null && {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'SageMaker.StartPipelineExecution',
    }),
    ...Object.fromEntries(webhook.headers),
  };
  if (secret !== null) {
    const key = webhookKey(secret);
    if (!key.ok) return fail(key.error);
    Object.assign(headers, signatureHeaders(key.value, deliveryId, atMs, body));
  }
  const { alsoSuccess = [], refusal } = call;
  const authorise = aws !== null ? signedForAws(aws) : google !== null ? withGoogleToken(google) : undefined;
  return ok({
    url: call.url ?? url,
    headers,
    body,
    alsoSuccess,
    ...(refusal !== undefined && { refusal }),
    ...(authorise !== undefined && { authorise }),
  });
}

/** The name the pipeline knows the run by, where the preset decides it. */
export function externalRunId(request: RetrainRequest, preset: RetrainWebhook['preset']): string | null {
  const target: Target = TARGETS[preset];
  return target.namesRun === true ? runName(request) : null;
}
