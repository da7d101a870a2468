import type { Clock } from '../core/clock.ts';
import type { HideTexts } from '../core/hide-texts.ts';
import type { Log } from '../core/log.ts';
import type { RetrainPollMessage } from '../core/jobs.ts';
import type { PolledRun } from '../core/retrain/state.ts';
import { isVersionName } from '../core/event-name.ts';
import type { OutboxMessages } from './outbox-messages.ts';
import type { JobHandler, JobOutcome } from './queue/job-queue.ts';
import type { ReportedRuns } from './retrain/callback.ts';
import { askTarget } from './retrain/ask-after-run.ts';
import type { RetrainWebhook } from './retrain/retrain-call.ts';
import { TARGETS } from './retrain/targets/by-name.ts';
import { byPaths, type PollPaths } from './retrain/targets/by-paths.ts';
import type { Poll, PollInput, PollReading, Target } from './retrain/targets/target.ts';
import type { AddressGuard } from './webhook/address-guard.ts';

export interface PolledWebhook extends Pick<RetrainWebhook, 'preset' | 'url' | 'headers' | 'params'> {
  /** Null: its runs report themselves. */
  readonly poll: { readonly everyMs: number; readonly paths: PollPaths | null } | null;
}

export interface PolledRuns extends Pick<ReportedRuns, 'record'> {
  load(runId: string): Promise<PolledRun | null>;
}

export interface RetrainPollDeps {
  readonly outbox: OutboxMessages;
  readonly runs: PolledRuns;
  readonly webhooks: ReadonlyMap<string, PolledWebhook>;
  readonly guard: AddressGuard;
  readonly clock: Clock;
  readonly timeoutMs?: number;
  readonly log: Log;
  /** Of what a target answers. */
  readonly hide: HideTexts;
}

/** Handles `retrain_poll` jobs: asks how a run is until it is closed, by an answer or for its silence. */
export function createRetrainPollHandler(deps: RetrainPollDeps): JobHandler {
  return async ({ outboxId, signal }) => {
    const stored = await deps.outbox.load(outboxId, 'retrain_poll');
    if (stored === null) return { kind: 'done' };
    const { message } = stored;
    const webhook = deps.webhooks.get(message.webhook);
    const run = await deps.runs.load(message.runId);
    if (webhook === undefined || webhook.poll === null || run === null) {
      return await finish(deps, outboxId, 'not_configured');
    }
    if (run.state !== 'sent' && run.state !== 'running') return await finish(deps, outboxId, 'closed');
    const reading = await ask(deps, message, webhook, run, signal);
    const again = { kind: 'retry', delayMs: webhook.poll.everyMs } as const;
    if (reading.kind === 'unknown') {
      deps.log.info({ runId: message.runId, reason: reading.reason }, 'a run was asked after in vain');
      return { ...again, reason: reading.reason };
    }
    const { kind: _, ...said } = reading;
    const status = { ...said, metrics: null, progress: [] };
    await deps.runs.record(message.runId, status, deps.clock.nowMs());
    if (reading.status === 'running') return { ...again, reason: 'the run is under way' };
    return await finish(deps, outboxId, reading.status);
  };
}

async function ask(
  { guard, timeoutMs, hide }: RetrainPollDeps,
  { runId }: RetrainPollMessage,
  { preset, url, headers, params, poll }: PolledWebhook,
  { externalId, requestedAtMs }: PolledRun,
  signal: AbortSignal,
): Promise<PollReading> {
  const paths = poll?.paths ?? null;
  const target: Target = TARGETS[preset];
  const way: Poll | undefined = paths === null ? target.poll : byPaths(paths);
  if (way === undefined) throw new Error(`polling with preset ${preset} was not checked`);
  const input: PollInput = { runId, externalId, requestedAtMs, url, params };
  const call = way.call(input);
  if (call === null) return { kind: 'unknown', reason: 'the pipeline has not said what it calls the run' };
  const answer = await askTarget(call, headers, {
    guard,
    signal,
    hide,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  if (answer.kind === 'none') return { kind: 'unknown', reason: answer.reason };
  return bounded(way.read(answer.json, input), hide);
}

const MAX_TEXT = 2_000;

/** Texts of an answer are kept, so they are cut as those of a report are. */
function bounded(reading: PollReading, hide: HideTexts): PollReading {
  if (reading.kind === 'unknown') return { ...reading, reason: hide(reading.reason) };
  const { newVersion, detail } = reading;
  return {
    ...reading,
    externalId: reading.externalId?.slice(0, MAX_TEXT) ?? null,
    detail: detail === null ? null : hide(detail).slice(0, MAX_TEXT),
    newVersion: newVersion !== null && isVersionName(newVersion) ? newVersion : null,
  };
}

async function finish(
  { outbox, clock }: RetrainPollDeps,
  outboxId: string,
  outcome: string,
): Promise<JobOutcome> {
  await outbox.finish(outboxId, outcome, clock.nowMs());
  return { kind: 'done' };
}
