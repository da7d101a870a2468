import type { VerdictKind } from '../../core/findings.ts';
import type { NotifyMessage, RetrainRequest } from '../../core/jobs.ts';
import { VERDICT_WORDS } from '../message/words.ts';

/** Tells the people of a channel that the pipeline could not be reached. A conversation of its own. */
export function retrainFailedNotice(request: RetrainRequest, channel: string, reason: string): NotifyMessage {
  const { requestedAtMs, window } = request;
  return {
    kind: 'notify',
    channel,
    notification: {
      kind: 'retrain_failed',
      incidentId: `retrain-${request.runId}`,
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
      retrain: { state: 'failed', reason },
    },
  };
}

function verdictOf(word: string | null): VerdictKind {
  return word !== null && Object.hasOwn(VERDICT_WORDS, word) ? (word as VerdictKind) : 'undetermined';
}
