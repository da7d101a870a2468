/** The vocabulary of what follows a request to retrain: reports, progress, outcome. */
import type { Evidence } from '../findings.ts';

/** One point of a run's curve. Null: the pipeline did not say. */
export interface ProgressPoint {
  readonly metric: string;
  readonly value: number;
  readonly step: number | null;
  readonly epoch: number | null;
  /** Since the run began. */
  readonly elapsedS: number | null;
  /** Used so far. */
  readonly energyJ: number | null;
  /** Spent so far, in whatever the pipeline counts. */
  readonly cost: number | null;
}

/** What a training pipeline says of its run, or answers about it. */
export interface RetrainStatus {
  readonly status: 'running' | 'succeeded' | 'failed';
  readonly externalId: string | null;
  readonly newVersion: string | null;
  readonly detail: string | null;
  readonly metrics: Readonly<Record<string, unknown>> | null;
  readonly progress: readonly ProgressPoint[];
}

/** What a run's curve is measured against. */
export interface RetrainTarget {
  readonly metric: string;
  readonly value: number;
  readonly lowerIsBetter: boolean;
  /** `baseline`: what the old version reached on its training data. */
  readonly source: 'config' | 'baseline';
}

export const RETRAIN_OUTCOMES = ['fixed', 'not_fixed', 'worse', 'kept', 'too_early', 'undecided'] as const;
/** `kept`: nothing had been lost, or it came back by itself, and nothing became worse. */
export type RetrainOutcomeKind = (typeof RETRAIN_OUTCOMES)[number];

export const RETRAIN_OUTCOME_REASONS = [
  'performance_restored',
  'better_than_old',
  'still_beyond_limit',
  'worse_than_old',
  'nothing_was_lost',
  'recovered_by_itself',
  'no_new_version',
  'same_version',
  'no_predictions_yet',
  'no_mature_labels',
  'too_few_labels',
  'nothing_to_compare_with',
  'metric_unavailable',
  'not_certain_yet',
  'not_watched',
] as const;
export type RetrainOutcomeReason = (typeof RETRAIN_OUTCOME_REASONS)[number];

/** One version's figure in the windows that are compared. */
export interface OutcomeFigure {
  readonly version: string;
  readonly value: number;
  /** 95 %. */
  readonly interval: [number, number] | null;
  readonly labelled: number;
  readonly windows: number;
}

export interface RetrainOutcome {
  readonly outcome: RetrainOutcomeKind;
  readonly reason: RetrainOutcomeReason;
  /** One plain sentence. */
  readonly summary: string;
  readonly metric: string | null;
  /** `side_by_side`: both versions in the same windows; `before`: the old one in the windows before. */
  readonly basis: 'side_by_side' | 'before' | null;
  readonly new: OutcomeFigure | null;
  readonly old: OutcomeFigure | null;
  /** What the old version reached on its training data. */
  readonly reference: number | null;
  /** On its far side the loss is back. */
  readonly limit: number | null;
  /** New less old. */
  readonly difference: {
    readonly value: number;
    readonly interval: [number, number] | null;
    readonly p_value: number | null;
  } | null;
  readonly evidence: Evidence[];
}
