import type { RetrainMessage } from '../core/jobs.ts';
import type { Log } from '../core/log.ts';
import type { AbandonedRun } from '../core/retrain/abandoned-run.ts';
import { step } from '../core/trace/steps.ts';
import type { DeliveryEnd } from './delivery.ts';
import { deliveryId } from './delivery-id.ts';
import { attemptAtEndpoint, webhookEndpoint } from './endpoint.ts';
import type { EndpointDeps } from './endpoint.ts';
import type { OpenMessage, OutboxMessages } from './outbox-messages.ts';
import type { JobHandler, JobOutcome } from './queue/job-queue.ts';
import { externalRunId, retrainCall } from './retrain/retrain-call.ts';
import type { RetrainWebhook } from './retrain/retrain-call.ts';
import { runNews } from './retrain/run-news.ts';
import type { AddressGuard } from './webhook/address-guard.ts';
import { postWebhook, WEBHOOK_TIMEOUT_MS } from './webhook/post-webhook.ts';

/** What the handler writes about a run. */
export interface RetrainRuns {
  markSent(runId: string, externalId: string | null, nowMs: number): Promise<unknown>;
  /** Closes the run, writes the notices and finishes the outbox row, all in one transaction. */
  abandon(abandoned: AbandonedRun): Promise<unknown>;
}

export interface RetrainDeps extends EndpointDeps {
  readonly outbox: OutboxMessages;
  readonly runs: RetrainRuns;
  readonly webhooks: ReadonlyMap<string, RetrainWebhook>;
  /** Names of the channels that hear of a model's trouble. */
  readonly channelsOf: (model: string) => readonly string[];
  readonly publicUrl: string | null;
  readonly guard: AddressGuard;
  readonly timeoutMs?: number;
  readonly log: Log;
}

/** Handles `retrain` jobs: calls the webhook until it takes the request, or gives the run up and says so. */
export function createRetrainHandler(deps: RetrainDeps): JobHandler {
  return async ({ outboxId, signal }) => {
    const stored = await deps.outbox.load(outboxId, 'retrain');
    if (stored === null) return { kind: 'done' };
    const { message } = stored;
    const webhook = deps.webhooks.get(message.webhook);
    if (webhook === undefined) {
      const reason = `webhook ${message.webhook} is not configured any more`;
      return await abandon(deps, outboxId, message, { kind: 'dead', reason, gone: false });
    }
    const attributes = { 'shiftwatch.channel': message.webhook, 'shiftwatch.channel.type': 'retrain' };
    const facts = { attributes, parent: stored.traceParent };
    const end = await step(
      'deliver',
      facts,
      async () => await deliver(deps, outboxId, stored, webhook, signal),
    );
    if (end.kind === 'later') return { kind: 'retry', delayMs: end.delayMs, reason: end.reason };
    if (end.kind === 'dead') return await abandon(deps, outboxId, message, end);
    const nowMs = deps.clock.nowMs();
    const { request } = message;
    await deps.runs.markSent(request.runId, externalRunId(request, webhook.preset), nowMs);
    await deps.outbox.finish(outboxId, 'sent', nowMs);
    return { kind: 'done' };
  };
}

async function deliver(
  deps: RetrainDeps,
  outboxId: string,
  stored: OpenMessage<'retrain'>,
  webhook: RetrainWebhook,
  signal: AbortSignal,
): Promise<DeliveryEnd> {
  const { webhook: target, request } = stored.message;
  const id = deliveryId(stored, target);
  const delivery = await deps.deliveries.open({ id, outboxId, kind: 'webhook', target, messageId: id });
  // People hear of it as a retraining that failed.
  const post = { endpoint: webhookEndpoint(target, webhook), delivery, notices: () => [] };
  return await attemptAtEndpoint(deps, post, async ({ messageId: deliveryId }) => {
    const atMs = deps.clock.nowMs();
    const call = retrainCall(request, webhook, { deliveryId, atMs, publicUrl: deps.publicUrl });
    if (!call.ok) {
      const detail = 'the secret begins with whsec_ but what follows is not base64';
      return { outcome: call.error, status: null, detail, next: 'never', retryAfterMs: null };
    }
    const { guard, hide, timeoutMs = WEBHOOK_TIMEOUT_MS } = deps;
    return await postWebhook(call.value, { nowMs: atMs, signal, guard, hide, timeoutMs });
  });
}

async function abandon(
  deps: RetrainDeps,
  outboxId: string,
  { request, webhook }: RetrainMessage,
  end: Extract<DeliveryEnd, { kind: 'dead' }>,
): Promise<JobOutcome> {
  deps.log.error({ webhook, runId: request.runId, reason: end.reason }, 'a retrain request was given up');
  const notification = runNews(request, {
    kind: 'retrain_failed',
    retrain: { state: 'failed', reason: end.reason },
  });
  await deps.runs.abandon({
    runId: request.runId,
    outboxId,
    state: end.gone ? 'dead' : 'failed',
    detail: end.reason,
    notices: deps.channelsOf(request.model).map((channel) => ({
      key: `retrain_failed:${request.runId}:${channel}`,
      message: { kind: 'notify', channel, notification },
    })),
    nowMs: deps.clock.nowMs(),
  });
  return { kind: 'done' };
}
