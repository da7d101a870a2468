import type { FeatureSettings } from '../core/columns/feature-settings.ts';
import type { OperationalSpec } from '../core/operational.ts';
import type { CorrectionName } from '../stats/corrections.ts';
import type { ReferenceWindows } from './overdispersion.ts';
import type { UsualOutcomes } from './performance.ts';

export interface BeganAt {
  readonly windows: readonly { readonly startMs: number; readonly rows: number }[];
  /** IANA name: by whose clock. */
  readonly timeZone: string;
  /** Rows of one of these windows are alike, and no more so because there are more windows. Absent: rows of all of them are. */
  readonly dayByDay?: true;
}

export interface CompareOptions {
  /** Fewer rows (or values) than this on either side: `insufficient`, not `ok`. */
  readonly minRows: number;
  /** The same for labels and performance. */
  readonly minLabelled: number;
  /**
   * Level at which corrected p-values reject. Below the one false alarm per 1,000 windows that is promised, because the
   * tests themselves are up to 1.4 times too liberal in their tails.
   */
  readonly q: number;
  readonly correction: CorrectionName;
  /** PSI beyond its noise from which a significant change is a drift, and from which it is more than for information. */
  readonly floors: { readonly info: number; readonly warning: number; readonly critical: number };
  /** Level of the PSI threshold that is shown; it decides nothing. */
  readonly psiAlpha: number;
  /** False while labels of this window are still expected: its performance is then provisional. */
  readonly mature: boolean;
  /**
   * Healthy windows (`referenceWindowsOf`): with at least 20 of a feature its p-value allows for rows that are alike
   * because they follow each other.
   */
  readonly referenceWindows?: ReferenceWindows;
  /** When the window began, or each of those that were put together; absent where it is of no hour. */
  readonly began?: BeganAt;
  /** What the model did in the baseline at these hours; absent: what it does follows none. */
  readonly usual?: UsualOutcomes;
  /** What people say of single features. Absent: nothing. */
  readonly features?: FeatureSettings;
  /** Limits of latency, cost, energy and errors; by default none. */
  readonly operational?: OperationalSpec;
  /** Levels that fewer rows of either side have are not to be named (`CountsWithNames`). Absent: all may be. */
  readonly minCount?: number;
  /** Length of the window, for throughput; absent where rows come from no stretch of time. */
  readonly seconds?: number;
}

export const DEFAULT_COMPARE_OPTIONS: CompareOptions = {
  minRows: 200,
  minLabelled: 200,
  q: 0.0003,
  correction: 'benjamini_hochberg',
  floors: { info: 0.02, warning: 0.1, critical: 0.25 },
  psiAlpha: 0.001,
  mature: true,
};
