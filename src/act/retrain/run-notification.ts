import type { VerdictKind } from '../../core/findings.ts';
import type { Notification, NotificationKind, RetrainRequest } from '../../core/jobs.ts';
import { VERDICT_WORDS } from '../../words/words.ts';

export interface RunNews {
  readonly kind: Exclude<Extract<NotificationKind, `retrain_${string}`>, 'retrain_requested'>;
  /** The conversation it belongs to; never that of the alert behind the request. */
  readonly incidentId: string;
  readonly retrain: Notification['retrain'];
  readonly run?: NonNullable<Notification['run']>;
  readonly retrainRun?: NonNullable<Notification['retrainRun']>;
}

/** A message about a run of retraining, with what it was asked for. */
export function runNotification(request: RetrainRequest, news: RunNews): Notification {
  const { requestedAtMs, window } = request;
  return {
    ...news,
    model: request.model,
    modelVersion: request.modelVersion,
    segment: '',
    series: request.performance?.mature === true ? 'matured' : 'closed',
    windowId: window?.id ?? null,
    windowStartMs: window?.startMs ?? requestedAtMs,
    windowEndMs: window?.endMs ?? requestedAtMs,
    sinceMs: requestedAtMs,
    windowsInARow: 0,
    rows: 0,
    diagnosis: {
      verdict: verdictOf(request.verdict),
      types: [],
      not_tested: [],
      confidence: 0,
      evidence: [...request.evidence],
      faults: [],
      summary: request.summary,
      advice: request.advice ?? 'none',
      reason: null,
    },
    features: [],
    performance: request.performance,
    decisionReason: request.reason,
    nextReminderAtMs: null,
  };
}

function verdictOf(word: string | null): VerdictKind {
  return word !== null && Object.hasOwn(VERDICT_WORDS, word) ? (word as VerdictKind) : 'undetermined';
}
