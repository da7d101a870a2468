/**
 * Measurements, verdict and performance of a window, written as they are printed: `compare --json`, the API and stored rows
 * cannot disagree. No number here is NaN or Infinity: what cannot be computed is null or absent.
 */
import type { ColumnRole } from './columns/column-role.ts';
import type { Fault, FaultFinding } from './faults.ts';
import type { Operational } from './operational.ts';
import type { CycleFigures, OutcomeHours, OutcomeSpread } from './columns/cycle-figures.ts';
import type { BinnedCounts, Metrics, Overdispersion, Shares, TestResult } from './columns/figures.ts';
import type { Severity } from './alerts/severity.ts';
import type { FeatureKind } from './table.ts';
import type { PooledFigures } from './columns/pooled-figures.ts';
import type { PresetResult, PresetSummary } from './columns/preset-result.ts';

export type FeatureStatus = 'ok' | 'drift' | 'fault' | 'insufficient';
export interface FeatureComparison {
  name: string;
  kind: FeatureKind;
  status: FeatureStatus;
  rows: { reference: number; current: number };
  missing: Shares;
  invalid: Shares;
  /** Share of rows with a level the reference never had (categorical). */
  new_levels?: Shares;
  /** Two-proportion tests of the three shares; absent where a side has no rows. `statistic` is z. */
  missing_test?: TestResult;
  invalid_test?: TestResult;
  new_levels_test?: TestResult;
  metrics: Metrics;
  /** The size-aware PSI threshold χ²(B−1, 1−α)·(1/n + 1/m), for people who think in PSI. */
  threshold: { psi: number | null };
  p_value: number | null;
  q_value: number | null;
  severity: Severity;
  drifted: boolean;
  faults: Fault[];
  /** Named reason for the status: `effect_below_floor`, `not_significant`, `too_few_rows`, … */
  reason: string;
  counts?: BinnedCounts;
  /** What another tool's convention says of this feature (`compare --preset`). */
  preset?: PresetResult;
  /** Present when reference windows were given: how much wider than independent rows they spread. */
  overdispersion?: Overdispersion;
  /** Present where the reference's own windows show that the column follows the hours of the day or the days of the week. */
  cycle?: CycleFigures;
  /** Present when there were windows of the same season before: the same figures against those. */
  seasonal?: SeasonalFigures;
  /** Present when there were windows before: the most significant of the last 1, 2, 4, … of them together, this one among them. */
  pooled?: PooledFigures;
}

/** One column against the windows of the same season in the past, instead of the training baseline. */
export type SeasonalFigures = Pick<
  FeatureComparison,
  'status' | 'drifted' | 'severity' | 'reason' | 'p_value' | 'q_value' | 'missing' | 'threshold'
> & { rows: number; psi: number | null };

export const SEASONS = ['hour_of_week', 'day_of_week', 'previous_year'] as const;
export type SeasonKind = (typeof SEASONS)[number];

/** What the windows of the same season in the past say about a window. */
export interface SeasonalFinding {
  by: SeasonKind;
  /** Windows of the season in the past, and their rows. */
  windows: number;
  rows: number;
  /**
   * `within_season`: no column differs from them, and what differs from the training data differs from them by less than
   * half as much; `differs_from_season`; `too_few_seasons`; `too_few_rows`: of the window, or to tell.
   */
  reason: 'within_season' | 'differs_from_season' | 'too_few_seasons' | 'too_few_rows';
  /** Columns that differ from the season. */
  drifted: string[];
  /** What the training baseline alone says, where the season explains it and the verdict is therefore `none`. */
  explains: { verdict: VerdictKind; summary: string; advice: Advice } | null;
}

/** What only all features together show, from bounded row samples. Each is null where it cannot be computed. */
export interface Multivariate {
  /** Rows of the samples used. */
  rows: { reference: number; current: number };
  domain_classifier: {
    /** Cross-validated: 0.5 when the two samples cannot be told apart. */
    auc: number;
    /** Where the AUC lies in 95 % of cases when nothing moved. */
    null_band: [number, number];
    p_value: number;
    /** What tells the samples apart, largest first; shares sum to 1. */
    contributions: { feature: string; share: number }[];
  } | null;
  pca_reconstruction: {
    reference: number;
    current: number;
    components: number;
    p_value: number;
  } | null;
  mmd: { statistic: number; p_value: number; permutations: number } | null;
}

export const VERDICTS = [
  'none',
  'covariate_shift',
  'label_shift',
  'concept_drift',
  'data_fault',
  'mixed',
  'undetermined',
] as const;
export type VerdictKind = (typeof VERDICTS)[number];
export type ShiftKind = 'covariate_shift' | 'label_shift' | 'concept_drift' | 'data_fault';
export type Advice = 'none' | 'watch' | 'fix_pipeline' | 'reweight' | 'recalibrate' | 'retrain';

export interface Evidence {
  claim: string;
  statistic: string;
  value: number | null;
  p_value: number | null;
}

/** Kinds a verdict can weigh; `undetermined` is what is said when none outweighs the others. */
export type WeighedKind = Exclude<VerdictKind, 'undetermined'>;

/** Rows whose relation between features and label changed. */
export interface MovedStratum {
  /** Null: everywhere; no feature tells moved rows from others. */
  feature: string | null;
  /** Above the first, up to the second; null is open. */
  range?: [number | null, number | null];
  level?: string;
  /** Of the current labelled rows. */
  share: number;
  /** The class whose share the rates are; absent where they are mean labels. */
  class?: string;
  /** What the reference's relation leads to for these very rows. */
  reference_rate: number;
  current_rate: number;
  p_value: number;
}

/** A change of performance, current − reference = mix + concept. */
export interface PerformanceSplit {
  metric: 'accuracy' | 'mae';
  total: number;
  /** What other rows under the old relation would have done. */
  mix: number;
  /** What the new relation adds. */
  concept: number;
  /** 95 % interval of `concept`. */
  interval: [number, number];
}

/** One of the explanations between which the rows do not decide. */
export interface Reading {
  verdict: VerdictKind;
  /** Of a reading `data_fault`: which, and of what. */
  fault?: Fault;
  feature?: string;
  for: string[];
  against: string[];
}

export interface Diagnosis {
  verdict: VerdictKind;
  types: ShiftKind[];
  not_tested: ShiftKind[];
  confidence: number;
  evidence: Evidence[];
  faults: FaultFinding[];
  /** One plain sentence for the on-call person. */
  summary: string;
  advice: Advice;
  /**
   * Why, in one word, when the verdict is `undetermined`: `no_baseline`, `too_few_rows`, `conflicting_evidence`, `fault_or_change`;
   * and `seasonal` or `known_event` when it is `none` because the season or the calendar explains what moved.
   */
  reason: string | null;
  /** How likely each kind is; they sum to 1, and `confidence` is the verdict's. Absent where nothing was tested. */
  weights?: Partial<Record<WeighedKind, number>>;
  /** With `undetermined` where it may be a fault or a change of the world: both. Beside a shift that stands without them: the columns in doubt. */
  readings?: Reading[];
  /** Where P(y|X) moved; present with `concept_drift` among the types. */
  strata?: MovedStratum[];
  /** Null where labels or predictions are missing, or a fault taints them. */
  performance_change?: PerformanceSplit | null;
  /** Of what moved, over this window and those before it; absent where nothing moved. */
  time_pattern?: TimePatterns;
  /** Of models with a seasonal baseline. */
  seasonal?: SeasonalFinding;
  /** Present where the window lies in events of the calendar. */
  known_event?: KnownEventFinding;
}

export interface KnownEventFinding {
  names: string[];
  expected: boolean;
  /** What is said without them, where one explains it and the verdict is therefore `none`. */
  explains: { verdict: VerdictKind; summary: string; advice: Advice } | null;
}

export const TIME_PATTERNS = ['none', 'sudden', 'gradual', 'incremental', 'recurring'] as const;
export type TimePatternKind = (typeof TIME_PATTERNS)[number];

/** How something changed over the windows of a run; times are ISO 8601. */
export interface TimePattern {
  pattern: TimePatternKind;
  /** Why there is none: `nothing_moved`, `too_few_windows`, `steady`, `beside_incidents`. */
  reason: string | null;
  /** When it began; null where nothing did, or it comes and goes. */
  change_point: string | null;
  /** Moments at which it may have begun instead, 95 %. */
  interval: [string, string] | null;
  /** Gradual, incremental: when it was complete; absent while it goes on. */
  completed_at?: string;
  /** Sudden: when it had gone back to what it was. */
  ended_at?: string;
  /** What repeats, by itself or under a change; `ms` is null for windows of varying length. */
  period?: { windows: number; ms: number | null };
  /** Windows looked at. */
  windows: number;
  /** Weight of this pattern among all, 0 to 1; null where none was looked for. */
  confidence: number | null;
  /** p-value of "the windows on the way are mixtures of the first and the last state"; null where it cannot be told. */
  mixture_p_value?: number | null;
  /** One plain sentence. */
  summary: string;
}

export interface TimePatternPart extends TimePattern {
  subject: 'feature' | 'prediction' | 'score' | 'label' | 'performance';
  /** Of the feature or the figure. */
  name: string;
}

/** The pattern of all that moved together, and of each part. */
export interface TimePatterns extends TimePattern {
  parts: TimePatternPart[];
}

export interface PerformanceMetric {
  reference: number | null;
  current: number | null;
  interval: [number, number] | null;
  p_value: number | null;
  /** 95 % interval of current − reference. */
  difference_interval?: [number, number];
  /** Set when a figure comes from counts: the exact one is no further away than this. */
  bound?: number;
  /** Why there is no current figure: `one_class`, `no_positive`, `zero_labels`, … */
  reason?: string;
}

/** What a metric is expected to be, before labels say what it is. */
export interface EstimatedMetric {
  reference: number | null;
  value: number | null;
  interval: [number, number] | null;
  method: 'cbpe' | 'dle';
  /** Rows it is an estimate from: all of a window where counts suffice, else those sampled. */
  rows?: number;
  /** From counts: what the rows themselves would give is no further away than this. Part of the interval. */
  bound?: number;
  /** False: an assumption is known not to hold, and the figure should not be relied on. */
  valid: boolean;
  /** What it rests on while valid (`if_concept_stands`), what it fails on when not. */
  reason: string;
}

/** The labels' shares as they will be, if only they moved. */
export interface EstimatedLabels {
  method: 'bbse' | 'em';
  classes: {
    class: string;
    reference: number;
    estimated: number | null;
    interval: [number, number] | null;
  }[];
  /** Rows it is an estimate from: all of a window for BBSE, which needs predictions only, else those sampled. */
  rows?: number;
  /** BBSE: of the confusion matrix; the larger, the more an error in it is blown up. */
  condition_number?: number | null;
  /** p-value of "the scores are a mixture of the baseline's classes". */
  mixture_p_value?: number | null;
  valid: boolean;
  reason: string;
}

/** Rows by label (outer) and prediction (inner); a last row and column hold every class without a place. */
export interface Confusion {
  classes: string[];
  reference: number[][] | null;
  current: number[][] | null;
}

/** Do the rows that have a label differ from those of the same window that have none? */
export interface ArrivalBias {
  tested: boolean;
  /** Significant, and by enough to matter. */
  biased: boolean;
  /** Of the column at hand, corrected for their number. */
  p_value: number | null;
  /** The column that differs most clearly; `prediction` and `score` are the model's output. Null: not tested. */
  feature: string | null;
  /** Distance of labelled and unlabelled rows in that column, 0 to 1: KS for numbers, total variation for levels. */
  distance: number | null;
  /** Rows used of either. */
  rows: { labelled: number; unlabelled: number };
  /** Why it was not tested (`too_few_labelled`, `no_unlabelled_rows`, …), or what was found (`differs`, `no_difference`, …). */
  reason: string;
}

/** How far the labels of a window are in, and whether those that are speak for the rest. */
export interface Maturity {
  labelled_share: number;
  /** When no more labels come. Null: not known from history. */
  expected_share: number | null;
  expected_interval: [number, number] | null;
  /** Labels that are still to come. */
  expected_labels: number | null;
  state: 'provisional' | 'mature';
  /** `mature_after_passed`, `labels_complete`, `matured_before`; `labels_expected`, `too_little_history`; `file`. */
  reason: string;
  arrival_bias: ArrivalBias;
}

/** A metric of the rows on which nobody acted, beside that of the rows the model's own advice may have changed. */
export interface HoldoutMetric {
  holdout: number | null;
  influenced: number | null;
  /** 95 % interval of holdout − influenced. */
  difference_interval: [number, number] | null;
  p_value: number | null;
  bound?: number;
  reason?: string;
}

export interface HoldoutFinding {
  labelled: { holdout: number; influenced: number };
  metrics: Record<string, HoldoutMetric>;
}

export const FAIRNESS_RATES = ['selection_rate', 'true_positive_rate', 'false_positive_rate'] as const;
export type FairnessRate = (typeof FAIRNESS_RATES)[number];

/** A rate of one group beside that of everyone else. */
export interface GroupRate {
  value: number | null;
  interval: [number, number] | null;
  others: number | null;
  /** value − others. */
  difference: number | null;
  difference_interval: [number, number] | null;
  /** Of "no difference", not corrected for the number of groups. */
  p_value: number | null;
}

export interface GroupFinding {
  feature: string;
  group: string;
  rows: number;
  labelled: number;
  /** Rates that need labels are absent while there are none. */
  rates: Partial<Record<FairnessRate, GroupRate>>;
}

/** `accuracy`, `roc_auc`, … for classification, `mae`, `rmse`, … for regression: docs/performance-metrics.md has all names. */
export interface Performance {
  /** Where there is a hold-out its labelled rows are counted; `share` is of all rows either way. */
  labelled: { reference: number; current: number; share: number };
  /** False while labels are still expected. */
  mature: boolean;
  maturity?: Maturity;
  cycle?: OutcomeHours;
  /** The baseline's own windows are further apart than their rows explain: errors are as large as theirs. */
  overdispersion?: OutcomeSpread;
  metrics: Record<string, PerformanceMetric>;
  /** More than two classes: each against all others. */
  classes?: { class: string; metrics: Record<string, PerformanceMetric> }[];
  confusion?: Confusion;
  estimated?: Record<string, EstimatedMetric>;
  estimated_labels?: EstimatedLabels[];
  /** Present where labelled rows were held out: all other figures are then those of the hold-out. */
  holdout?: HoldoutFinding;
  groups?: GroupFinding[];
}

export interface Comparison {
  reference: { rows: number };
  current: { rows: number };
  features: FeatureComparison[];
  prediction: FeatureComparison | null;
  score: FeatureComparison | null;
  label: FeatureComparison | null;
  performance: Performance | null;
  /** How the predictions were made; absent where no log or column says. */
  operational?: Operational;
  multivariate?: Multivariate | null;
  preset?: PresetSummary;
  diagnosis: Diagnosis;
}

/** `compare --segments`: the same figures for the rows of one segment. */
export interface SegmentComparison extends Comparison {
  /** `<feature>=<value>` */
  segment: string;
}

/** `compare`: everything of two files, or of one window of the second. */
export interface FileComparison extends Comparison {
  /** Of the reference; with windows they are beside them. */
  columns?: ColumnRole[];
  segments?: SegmentComparison[];
}
