export const FAULTS = [
  'unit_change',
  'missing_spike',
  'constant_value',
  'sentinel_fill',
  'category_rename',
  'type_change',
  'out_of_range',
  'swapped_columns',
  'sign_flip',
  'clock_shift',
  'levels_exchanged',
  'labels_inverted',
  'labels_lost',
  'misaligned_join',
  'duplicated_rows',
  'lost_rows',
  'clipped',
  'rounded',
  'noise',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultFinding {
  fault: Fault;
  feature: string;
  /** What happened, in one sentence with its numbers: `values fit °C → °F (distance 0.01, untransformed 0.93)`. */
  detail: string;
  /** Share of the current rows concerned, 0 to 1. */
  share: number;
  statistic: number | null;
  p_value: number | null;
  /**
   * When it began, ISO 8601: the change point of the rows in order of their times. The window's first row when the
   * fault was there from the beginning, which then may lie before it. Absent where rows have no times.
   */
  since?: string;
}
