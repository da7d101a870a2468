import type { AlertState } from '../core/alerts/alert.ts';
import type { Performance, ShiftKind } from '../core/findings.ts';
import type { RetrainTrigger } from '../core/jobs.ts';
import type { LabelSpec, RetrainSpec } from '../core/model.ts';
import type { RetrainHistory } from '../core/retrain/history.ts';
import type { TrainingRange } from '../core/retrain/training-range.ts';
import { performanceDrop } from './performance-drop.ts';
import type { PerformanceReason } from './performance-drop.ts';

export type DriftReason = 'drift_firing' | 'not_configured' | 'not_firing' | 'kind_not_listed';
export type ScheduleReason = 'schedule_due' | 'schedule_not_due';

export const RETRAIN_REASONS = [
  'performance_drop',
  'drift_firing',
  'schedule_due',
  'asked_by_hand',
  'not_configured',
  'pipeline_fault',
  'fault_open',
  'no_trigger',
  'open_run',
  'cooldown',
  'weekly_cap',
  'too_few_labels',
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
  /** Somebody asks; with `force`, cooldown and cap do not stand in the way. Absent: nobody does. */
  readonly byHand?: { readonly force: boolean };
  readonly history: RetrainHistory;
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
 * Whether to ask for a retraining. A person's wish is the strongest trigger, then a loss of performance, then a kind of
 * shift that an alert has announced, then the calendar. Guards stand before all of them, in this order: a fault in the
 * pipeline (training on broken data makes it permanent), a run that is still open, the cooldown and the cap of a week.
 * The last guard, `enoughToTrainOn`, is apart, because what it looks at takes a while to find.
 *
 * The drift trigger looks at the alert's state, not at the moment of firing: a request that a guard held back is made
 * when it may be and the shift still stands.
 */
export function decideRetrain(input: RetrainInput, nowMs: number): RetrainDecision {
  const { spec, history, byHand } = input;
  const triggers: RetrainDecision['triggers'] = {
    performance: performanceTrigger(input),
    drift: driftTrigger(input),
    schedule: input.scheduleDue ? 'schedule_due' : 'schedule_not_due',
  };
  const declined = (reason: RetrainReason): RetrainDecision => ({ request: null, reason, triggers });
  if (spec === null) return declined('not_configured');
  if (input.types.includes('data_fault') || history.newestWindowFaulty) return declined('pipeline_fault');
  if (history.faultOpen) return declined('fault_open');
  const request = byHand === undefined ? strongest(triggers) : BY_HAND;
  if (request === null) return declined('no_trigger');
  if (history.hasOpenRun) return declined('open_run');
  const tooOften = byHand?.force === true ? null : heldBackByPace(spec, history, nowMs);
  return tooOften === null ? { request, reason: request.reason, triggers } : declined(tooOften);
}

const BY_HAND = { trigger: 'manual', reason: 'asked_by_hand' } as const;

function heldBackByPace(
  { cooldownMs, maxPerWeek = Infinity }: RetrainSpec,
  { lastRunAtMs, runsThisWeek }: RetrainHistory,
  nowMs: number,
): 'cooldown' | 'weekly_cap' | null {
  if (lastRunAtMs !== null && nowMs < lastRunAtMs + cooldownMs) return 'cooldown';
  return runsThisWeek >= maxPerWeek ? 'weekly_cap' : null;
}

/**
 * Whether a training range holds enough mature labels. Where none were ever logged, they are somewhere else, and only the
 * training pipeline can tell.
 */
export function enoughToTrainOn(
  range: Pick<TrainingRange, 'labelsKnown' | 'labels'>,
  minLabels: number,
): boolean {
  return !range.labelsKnown || range.labels >= minLabels;
}

/** What becomes of a request that was decided. */
export function stateOfRequest({
  dryRun,
  approval,
}: Pick<RetrainSpec, 'dryRun' | 'approval'>): 'dry_run' | 'awaiting_approval' | 'requested' {
  if (dryRun === true) return 'dry_run';
  return approval === undefined ? 'requested' : 'awaiting_approval';
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
