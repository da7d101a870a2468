import type { AlertCause } from '../core/alert.ts';
import type { EvaluationSeries } from '../core/jobs.ts';
import type { Log } from '../core/log.ts';
import type { CorrectionReason } from '../decide/decide-correction.ts';
import type { AlertEventKind, AlertReason } from '../decide/step-alert.ts';

/** One decision about a series of a window, by its name and reason. */
export interface Decided {
  readonly kind: AlertEventKind | 'withdrawn' | 'corrected';
  readonly reason: AlertReason | CorrectionReason | 'no_window_stands';
  readonly segment: string;
  readonly series: EvaluationSeries;
  readonly cause: AlertCause;
  readonly windowId: string;
  readonly alertId: string | null;
}

/** Once it is committed. That nothing follows is said for those who look for why. */
export function logDecisions(
  log: Log,
  of: { readonly model: string; readonly version: string },
  decided: readonly Decided[],
): void {
  for (const decision of decided) {
    const level = decision.kind === 'none' ? 'debug' : 'info';
    log[level]({ ...of, ...decision }, 'decided');
  }
}
