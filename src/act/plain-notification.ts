import type { Notification } from '../core/jobs.ts';

type Told = Pick<Notification, 'kind' | 'incidentId' | 'model' | 'modelVersion' | 'decisionReason'> & {
  readonly summary: string;
  readonly nowMs: number;
};

/** News that no window stands behind: one sentence and a moment. */
export function plainNotification({ summary, nowMs, ...told }: Told): Notification {
  return {
    ...told,
    segment: '',
    series: 'closed',
    windowId: null,
    windowStartMs: nowMs,
    windowEndMs: nowMs,
    sinceMs: nowMs,
    windowsInARow: 0,
    rows: 0,
    diagnosis: {
      verdict: 'undetermined',
      types: [],
      not_tested: [],
      confidence: 0,
      evidence: [],
      faults: [],
      summary,
      advice: 'none',
      reason: null,
    },
    features: [],
    performance: null,
    nextReminderAtMs: null,
    retrain: null,
  };
}
