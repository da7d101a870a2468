/** Figures of one column as they are printed and stored. No number is ever NaN or Infinity: what cannot be computed is null or absent. */

export interface Shares {
  reference: number;
  current: number;
}

export interface TestResult {
  statistic: number;
  p_value: number | null;
  /** Set when the statistic comes from a coarse grid and may fall short of the exact one by at most this. */
  bound?: number;
}

/** Absent key: the statistic does not apply to this kind, or could not be computed. */
export interface Metrics {
  psi?: number;
  ks?: TestResult;
  g_test?: TestResult;
  chi_square?: TestResult;
  cramers_v?: number;
  jensen_shannon?: number;
  hellinger?: number;
  total_variation?: number;
  l_infinity?: number;
  kl_divergence?: number;
  wasserstein?: number;
  /** Set when `wasserstein` comes from counts: the exact one is no further away than this. */
  wasserstein_bound?: number;
  wasserstein_normalized?: number;
  /** Divided by IQR/1.349 instead of σ, which one outlier of the reference inflates. */
  wasserstein_robust?: number;
  cramer_von_mises?: TestResult;
  anderson_darling?: TestResult;
  energy_distance?: number;
  mann_whitney?: TestResult;
}

/** The binned counts behind the numbers, so that any figure can be recomputed and drawn. */
export interface BinnedCounts {
  /** Numeric: upper edges of (lo, hi] bins, the last one open (null). Categorical: level names. */
  bins: (string | number | null)[];
  reference: number[];
  current: number[];
  /** What windows of the reference counted at the same hours; present where the column follows them. */
  usual?: number[];
}

/** How reference windows of this feature spread, against what independent rows would. */
export interface Overdispersion {
  /** Reference windows used. */
  windows: number;
  /** Mean over the windows of leave-one-out X² by its degrees of freedom, as of windows of this one's size: 1 for independent rows. */
  factor: number;
  /** p-value of G before the rule. */
  independent_p_value: number;
  /** Share of the reference windows that would have been rejected at the nominal 0.001 as independent rows. */
  measured_rate: number;
}
