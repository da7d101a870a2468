import type { AlertCause } from '../../core/alerts/alert.ts';
import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { Log } from '../../core/log.ts';
import type { CorrectionReason } from '../../decide/decide-correction.ts';
import type { RetrainReason } from '../../decide/decide-retrain.ts';
import type { AlertEventKind, AlertReason } from '../../decide/step-alert.ts';
import type { NotTold } from '../messages/hold-back.ts';

/** One decision about a series of a window, by its name and reason. */
export interface Decided {
  readonly kind:
    | AlertEventKind
    | 'withdrawn'
    | 'corrected'
    | 'retrain_requested'
    | 'retrain_declined'
    | 'held'
    | 'not_told';
  readonly reason: AlertReason | CorrectionReason | RetrainReason | NotTold | 'no_window_stands';
  readonly segment: string;
  readonly series: EvaluationSeries;
  readonly cause: AlertCause;
  readonly windowId: string;
  readonly alertId: string | null;
}

const QUIET: ReadonlySet<Decided['kind']> = new Set(['none', 'retrain_declined']);

/** Once it is committed. That nothing follows is said for those who look for why. */
export function logDecisions(
  log: Log,
  of: { readonly model: string; readonly version: string },
  decided: readonly Decided[],
): void {
  for (const decision of decided) {
    const level = QUIET.has(decision.kind) ? 'debug' : 'info';
    log[level]({ ...of, ...decision }, 'decided');
  }
}
