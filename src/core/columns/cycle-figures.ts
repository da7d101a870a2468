import type { BinnedCounts, Metrics } from './figures.ts';

/** From the coarsest to the finest; days for windows that are too long for hours. */
export const CYCLES = ['hour_of_day', 'hour_and_weekend', 'hour_of_week', 'day_of_week'] as const;
export type CycleKind = (typeof CYCLES)[number];

/**
 * A column that follows the hours is judged against what was usual at the same ones: the windows that the reference itself is made
 * of. `p_value` and the effect are then of that comparison; `metrics` and `counts` stay those of all the reference.
 */
export interface CycleFigures {
  by: CycleKind;
  /** Of the reference, of the same hours, and their rows. */
  windows: number;
  rows: number;
  /** Of the window against those. */
  psi: number;
  /** Largest difference of the cumulative shares over the bins; of numbers. */
  ks?: number;
}

/**
 * What comes of predictions may follow the hours as well: few are ill at night. Figures of success are then beside those of the
 * baseline's labelled rows of the same hours.
 */
export interface OutcomeHours {
  by: CycleKind;
  labelled: number;
}

/** The model is right more often in some windows than in others: how much further apart they are than independent rows would be. */
export interface OutcomeSpread {
  /** Of the variance, as of windows of this one's size. */
  factor: number;
  windows: number;
}

export const CYCLE_WORDS: Readonly<Record<CycleKind, string>> = {
  hour_of_day: 'the same hours of the day',
  hour_and_weekend: 'the same hours, weekends apart',
  hour_of_week: 'the same hours of the week',
  day_of_week: 'the same days of the week',
};

/** Of what the column is judged against: where it follows the hours, the same ones. Null without PSI. */
export function judgedPsi({
  cycle,
  metrics,
}: {
  readonly cycle?: Pick<CycleFigures, 'psi'>;
  readonly metrics: Pick<Metrics, 'psi'>;
}): number | null {
  return cycle?.psi ?? metrics.psi ?? null;
}

/** The counts that the column is judged by, to be drawn and told: where it follows the hours, beside the same ones. */
export function judgedCounts(counts: BinnedCounts): BinnedCounts {
  return counts.usual === undefined ? counts : { ...counts, reference: counts.usual };
}
