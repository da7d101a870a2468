import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import type {
  RetrainCallback,
  RetrainReport,
  RetrainReportRefused,
  RetrainReportTaken,
} from '../../core/retrain/report.ts';
import type { RetrainStatus } from '../../core/retrain/retrain.ts';
import { isVersionName, MAX_EVENT_NAME } from '../../core/event-name.ts';
import { verifySignature, webhookKey } from '../webhook/signature.ts';
import type { WebhookSecret } from '../webhook/signature.ts';
import { parseProgress } from './progress.ts';

export interface ReportedRuns {
  /** The name of the webhook a run was asked of; null when there is no such run. */
  webhookOf(runId: string): Promise<string | null>;
  record(
    runId: string,
    status: RetrainStatus,
    nowMs: number,
  ): Promise<Result<RetrainReportTaken, 'unknown_run' | 'already_closed'>>;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Takes a pipeline's reports about its runs: signed with the secret of the webhook the run was asked through,
 * as any Standard Webhooks message. Without a secret nobody can report.
 */
export function createRetrainCallback(
  runs: ReportedRuns,
  secretOf: (webhook: string) => WebhookSecret | null,
): RetrainCallback {
  return async (report) => {
    const webhook = UUID.test(report.runId) ? await runs.webhookOf(report.runId) : null;
    if (webhook === null) return refused('unknown_run', `There is no retrain run ${report.runId}.`);
    const read = readReport(report, secretOf(webhook));
    if (!read.ok) return read;
    const recorded = await runs.record(report.runId, read.value, report.receivedAtMs);
    if (recorded.ok) return recorded;
    return recorded.error === 'unknown_run'
      ? refused('unknown_run', `There is no retrain run ${report.runId}.`)
      : refused('conflict', 'The run is closed; only a success can still be reported of one that failed.');
  };
}

/** Verifies and parses one report. */
export function readReport(
  report: RetrainReport,
  secret: WebhookSecret | null,
): Result<RetrainStatus, RetrainReportRefused> {
  if (secret === null)
    return refused('bad_signature', 'The webhook of this run has no secret to verify with.');
  const key = webhookKey(secret);
  if (!key.ok) return refused('bad_signature', 'The configured secret is not usable.');
  const verified = verifySignature(key.value, report, report.receivedAtMs);
  if (!verified.ok) return refused('bad_signature', SIGNATURE_WORDS[verified.error]);
  return parseReport(report);
}

const SIGNATURE_WORDS = {
  headers_missing: 'webhook-id, webhook-timestamp and webhook-signature are needed.',
  timestamp_invalid: 'webhook-timestamp is not a number of seconds.',
  timestamp_out_of_range: 'webhook-timestamp is more than five minutes away from now.',
  signature_mismatch: 'No signature fits the secret and the exact body.',
} as const;

function parseReport({ body, runId }: RetrainReport): Result<RetrainStatus, RetrainReportRefused> {
  const json = parseObject(body);
  if (json === null) return refused('malformed', 'The body is not a JSON object.');
  const { metrics } = json;
  // `state` is what the run's own resource calls it; both words are understood.
  const status = json['status'] ?? json['state'];
  if (status !== 'running' && status !== 'succeeded' && status !== 'failed') {
    return refused('malformed', 'status must be running, succeeded or failed.');
  }
  // Binds the signature to the run where the sender wishes so: the run's id stands only in the address.
  if (json['run_id'] !== undefined && json['run_id'] !== runId) {
    return refused('malformed', 'run_id names another run than the address.');
  }
  for (const field of ['external_id', 'new_version', 'detail']) {
    const value = json[field];
    if (value !== undefined && value !== null && typeof value !== 'string') {
      return refused('malformed', `${field} must be a string.`);
    }
  }
  if (metrics !== undefined && metrics !== null && !isObject(metrics)) {
    return refused('malformed', 'metrics must be an object.');
  }
  const newVersion = json['new_version'];
  if (typeof newVersion === 'string' && !isVersionName(newVersion)) {
    const message = `new_version must be a name of 1 to ${MAX_EVENT_NAME} characters, none of them a control character.`;
    return refused('malformed', message);
  }
  const progress = parseProgress(json['progress']);
  if (!progress.ok) return refused('malformed', progress.error);
  return ok({
    status,
    externalId: text(json['external_id']),
    newVersion: text(json['new_version']),
    detail: text(json['detail']),
    metrics: isObject(metrics) ? metrics : null,
    progress: progress.value,
  });
}

function parseObject(body: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const MAX_TEXT = 2_000;

function text(value: unknown): string | null {
  return typeof value === 'string' ? value.slice(0, MAX_TEXT) : null;
}

function refused(
  reason: RetrainReportRefused['reason'],
  detail: string,
): { readonly ok: false; readonly error: RetrainReportRefused } {
  return fail({ reason, detail });
}
