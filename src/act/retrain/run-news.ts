import type { VerdictKind } from '../../core/findings.ts';
import type { RetrainRequest, RunNews } from '../../core/jobs.ts';
import { VERDICT_WORDS } from '../../words/words.ts';

/** What is said of a run; absent `incidentId`: its first conversation, never that of the alert behind the request. */
type Said = Pick<RunNews, 'kind' | 'retrain' | 'run'> & Partial<Pick<RunNews, 'incidentId' | 'expiresAtMs'>>;

/** A message about a run of retraining, with what it was asked for. */
export function runNews(request: RetrainRequest, said: Said): RunNews {
  const { runId, performance, training } = request;
  return {
    about: 'retrain',
    incidentId: `retrain-${runId}`,
    expiresAtMs: null,
    ...said,
    model: request.model,
    modelVersion: request.modelVersion,
    sinceMs: request.requestedAtMs,
    decisionReason: request.reason,
    runId,
    training: training
      ? { rows: training.rows, labels: training.labelsKnown ? training.labels : null }
      : null,
    series: performance?.mature === true ? 'matured' : 'closed',
    window: request.window,
    verdict: verdictOf(request.verdict),
    advice: request.advice ?? 'none',
    summary: request.summary,
    evidence: request.evidence,
    performance,
  };
}

function verdictOf(word: string | null): VerdictKind {
  return word !== null && Object.hasOwn(VERDICT_WORDS, word) ? (word as VerdictKind) : 'undetermined';
}
