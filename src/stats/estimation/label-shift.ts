/** Why an estimate of the labels' shares should not be relied on, in a word. */
const SHIFT_TROUBLES = [
  /** Fewer than two classes among the baseline's labels. */
  'one_class',
  /** No row to estimate from. */
  'no_rows',
  /** The predictions hardly depend on the label: tiny errors in them become large ones in the estimate. */
  'ill_conditioned',
  /** No mixture of the baseline's classes looks like the present scores: more than P(y) moved. */
  'mixture_does_not_fit',
] as const;
export type ShiftTrouble = (typeof SHIFT_TROUBLES)[number];

/** Shares of the labels to come, if only they moved: P(x | y) is taken to be the baseline's. */
export interface LabelShares {
  readonly classes: readonly string[];
  readonly reference: readonly number[];
  /** Null where it is refused. */
  readonly estimate: readonly number[] | null;
  /** 95 %, per class; null where it is refused or cannot be said. */
  readonly intervals: readonly (readonly [number, number])[] | null;
  readonly method: 'bbse' | 'em';
  /** BBSE: of the joint confusion matrix, 2-norm. */
  readonly conditionNumber: number | null;
  readonly valid: boolean;
  readonly reason: ShiftTrouble | null;
}
