/** Which production data a retraining should learn from. */

/**
 * Why a stretch is left out. `data_fault`: the pipeline was broken; `before_change`: another concept; `labels_immature`:
 * those that are in do not speak for the rest; `no_labels`; `not_kept`: retention has dropped the predictions.
 */
export type LeftOutReason = 'data_fault' | 'before_change' | 'labels_immature' | 'no_labels' | 'not_kept';

/**
 * Why the range begins where it does. `concept_drift`, `sudden_change`: what came before follows other rules;
 * `enough_data`: more is not needed; `all_history`: there is no more.
 */
export type RangeBegin = 'concept_drift' | 'sudden_change' | 'enough_data' | 'all_history';

/** One window of production, as a training set sees it. */
export interface TrainingWindow {
  readonly startMs: number;
  readonly endMs: number;
  readonly rows: number;
  /** Rows with a label by now. */
  readonly labels: number;
  /** No more labels are expected. */
  readonly mature: boolean;
  /** A data fault shows in it, or in a segment of it. */
  readonly faulty: boolean;
}

export interface RangeInterval {
  /** [fromMs, toMs) of the prediction's time. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Predictions, and how many of them have a label by now. */
  readonly rows: number;
  readonly labels: number;
}

export interface TrainingRange {
  readonly begins: RangeBegin;
  /** Where labels are known to be logged elsewhere, none are counted and intervals go by rows. */
  readonly labelsKnown: boolean;
  readonly rows: number;
  readonly labels: number;
  /** Oldest first, apart from each other. */
  readonly intervals: readonly RangeInterval[];
  /** Between and after the intervals, oldest first; what lies before the range needs no list. */
  readonly leftOut: readonly (RangeInterval & { readonly reason: LeftOutReason })[];
}
