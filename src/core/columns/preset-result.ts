/** One feature by another tool's statistic, threshold and rule. */
export interface PresetResult {
  /** The statistic as that tool names it: `wasserstein_normed`, `psi`, … */
  method: string;
  /** Null where the tool cannot say: an empty column, too few values. */
  value: number | null;
  p_value?: number | null;
  threshold: number | null;
  drifted: boolean | null;
  /** Where the tool's own behaviour is not copied, or why there is no value. */
  note?: string;
}

/** What another tool would say of the two data sets as a whole. */
export interface PresetSummary {
  name: string;
  features: number;
  drifted_features: number;
  drifted_share: number;
  /** Share of drifted features from which the tool calls the data set drifted; null where it has no such rule. */
  threshold: number | null;
  drifted: boolean | null;
}
