import type { AlertState } from '../core/alert.ts';
import type { Performance, ShiftKind } from '../core/findings.ts';
import type { RetrainTrigger } from '../core/jobs.ts';
import type { LabelSpec, RetrainSpec } from '../core/model.ts';
import { performanceDrop } from './performance-drop.ts';
import type { PerformanceReason } from './performance-drop.ts';

export type DriftReason = 'drift_firing' | 'not_configured' | 'not_firing' | 'kind_not_listed';
export type ScheduleReason = 'schedule_due' | 'schedule_not_due';

export const RETRAIN_REASONS = [
  'performance_drop',
  'drift_firing',
  'schedule_due',
  'not_configured',
  'pipeline_fault',
  'no_trigger',
  'open_run',
  'cooldown',
] as const;
export type RetrainReason = (typeof RETRAIN_REASONS)[number];

export interface RetrainInput {
  readonly spec: RetrainSpec | null;
  readonly labels: Pick<LabelSpec, 'minLabelled'>;
  /** Kinds found in the window at hand; of the newest window when a schedule asks. */
  readonly types: readonly ShiftKind[];
  /** The alert of the window's series after its step; null when there is none. */
  readonly alert: Pick<AlertState, 'state' | 'types' | 'toldTypes'> | null;
  readonly performance: Performance | null;
  readonly scheduleDue: boolean;
  readonly hasOpenRun: boolean;
  /** When the newest run was requested, whatever became of it. */
  readonly lastRunAtMs: number | null;
}

export interface RetrainDecision {
  readonly request: { readonly trigger: RetrainTrigger; readonly reason: RetrainReason } | null;
  /** Why there is a request, or why there is none. */
  readonly reason: RetrainReason;
  /** What each trigger said, so that "why did it not retrain?" has an answer. */
  readonly triggers: {
    readonly performance: PerformanceReason;
    readonly drift: DriftReason;
    readonly schedule: ScheduleReason;
  };
}

/**
 * Whether to ask for a retraining. A loss of performance is the strongest trigger, then a kind of shift that an
 * alert has announced, then the calendar. Three guards stand before all of them, in this order: a fault in the
 * pipeline (training on broken data makes it permanent), a run that is still open, and the cooldown.
 *
 * The drift trigger looks at the alert's state, not at the moment of firing: a request that a cooldown held back
 * is made when the cooldown is over and the shift still stands.
 */
export function decideRetrain(input: RetrainInput, nowMs: number): RetrainDecision {
  const triggers: RetrainDecision['triggers'] = {
    performance: performanceTrigger(input),
    drift: driftTrigger(input),
    schedule: input.scheduleDue ? 'schedule_due' : 'schedule_not_due',
  };
  const declined = (reason: RetrainReason): RetrainDecision => ({ request: null, reason, triggers });
  if (input.spec === null) return declined('not_configured');
  if (input.types.includes('data_fault')) return declined('pipeline_fault');
  const request = strongest(triggers);
  if (request === null) return declined('no_trigger');
  if (input.hasOpenRun) return declined('open_run');
  if (input.lastRunAtMs !== null && nowMs < input.lastRunAtMs + input.spec.cooldownMs) {
    return declined('cooldown');
  }
  return { request, reason: request.reason, triggers };
}

function strongest(triggers: RetrainDecision['triggers']): RetrainDecision['request'] {
  if (triggers.performance === 'performance_drop') {
    return { trigger: 'performance', reason: 'performance_drop' };
  }
  if (triggers.drift === 'drift_firing') return { trigger: 'drift', reason: 'drift_firing' };
  if (triggers.schedule === 'schedule_due') return { trigger: 'schedule', reason: 'schedule_due' };
  return null;
}

function performanceTrigger({ spec, labels, performance }: RetrainInput): PerformanceReason {
  const rule = spec?.performance ?? null;
  if (rule === null) return 'not_configured';
  return performanceDrop(performance, { ...rule, minLabelled: labels.minLabelled });
}

function driftTrigger({ spec, alert }: RetrainInput): DriftReason {
  if (spec === null || spec.drift.length === 0) return 'not_configured';
  if (alert?.state !== 'firing') return 'not_firing';
  // Only kinds that were confirmed and announced: one window's flicker to another verdict is not enough.
  const announced = spec.drift.some((kind) => alert.types.includes(kind) && alert.toldTypes.includes(kind));
  return announced ? 'drift_firing' : 'kind_not_listed';
}
