/** Why a figure cannot be given, in a word. */
const UNMEASURED = [
  /** No labelled row with what the figure needs. */
  'no_rows',
  /** All labels are of one class. */
  'one_class',
  /** No row of the class: its recall, or F1, has no denominator. */
  'no_positive',
  /** No row was predicted to be of the class: its precision has no denominator. */
  'no_predicted_positive',
  /** MAPE: every label is 0. */
  'zero_labels',
  /** R²: all labels are equal. */
  'constant_label',
  /** ECE from counts: scores lie where they cannot be told apart, and may be anything. */
  'unbounded_scores',
] as const;
export type Unmeasured = (typeof UNMEASURED)[number];

/**
 * A figure of one sample with what is needed to say how sure it is, and to test it against another sample's. `test`
 * gives the two-sided p-value of the difference, null where the other has none.
 */
export interface Measured {
  readonly value: number;
  /** 95 %. */
  readonly interval: readonly [number, number];
  /** Large-sample standard error of the value. */
  readonly standardError: number;
  /** Computed from counts: the exact value is no further away than this. 0 is exact. */
  readonly bound: number;
  /** Which of the tests below compares it. */
  readonly basis: TestBasis;
}

/** What the two-sample test works on. */
export type TestBasis =
  /** x of n: two proportions. */
  | { readonly kind: 'share'; readonly x: number; readonly n: number }
  /** A mean of rows: Welch. */
  | { readonly kind: 'mean'; readonly n: number; readonly mean: number; readonly variance: number }
  /** Anything else: z of the difference over both standard errors. */
  | { readonly kind: 'normal' }
  /** Calibration by bin: χ² of the differences. */
  | { readonly kind: 'bins'; readonly errors: readonly number[]; readonly variances: readonly number[] };

export type Figure = Measured | Unmeasured;

export function isMeasured(figure: Figure | undefined): figure is Measured {
  return typeof figure === 'object';
}

/** Figures by name. A `Map`, in the order in which people read them. */
export type Figures = ReadonlyMap<string, Figure>;
