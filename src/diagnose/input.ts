import type { ArrivalBias, FeatureComparison, Performance } from '../core/findings.ts';
import type { TestResult } from '../core/columns/figures.ts';
import type { SetAside } from '../core/columns/feature-settings.ts';
import type { Task } from '../core/model.ts';
import type { LearnedHabit, Table } from '../core/table.ts';

/** A comparison may carry its own tests of the missing and invalid shares; otherwise they are recomputed here. */
export type MeasuredFeature = FeatureComparison & {
  readonly missing_test?: TestResult;
  readonly invalid_test?: TestResult;
};

/** What was measured on all rows of the window. */
export interface WindowMeasurements {
  readonly reference: { readonly rows: number };
  readonly current: { readonly rows: number };
  readonly features: readonly MeasuredFeature[];
  readonly prediction: FeatureComparison | null;
  readonly score: FeatureComparison | null;
  readonly label: FeatureComparison | null;
  readonly performance: Performance | null;
}

export interface DiagnoseOptions {
  readonly minRows: number;
  readonly minLabelled: number;
  readonly hasBaseline: boolean;
  /** False for a window whose labels are not in yet: what needs them is then named as not tested. */
  readonly labelsTested: boolean;
  /** When the window began: a fault's `since` where the row sample has no times. */
  readonly windowStartMs?: number;
  /** Columns that no row of the window can have: that is no guess, however few rows there are. */
  readonly absent?: readonly string[];
}

export interface DiagnoseInput {
  readonly task: Task;
  readonly positiveClass: string | null;
  readonly compared: WindowMeasurements;
  /** Row samples, up to 20,000 rows each; the label column may be partly missing. */
  readonly reference: Table | null;
  readonly current: Table | null;
  /** What columns have done since in peace; absent where nothing is kept of earlier windows. */
  readonly learned?: ReadonlyMap<string, LearnedHabit>;
  /** Columns that stood still, now at this value and now at that, in windows before. Absent: none are known. */
  readonly stoodStill?: ReadonlySet<string>;
  /** Whether the labelled rows are like the others; absent: taken to be. */
  readonly arrival?: ArrivalBias;
  /** Features that are in no verdict, and why. Absent: those that follow from the row's own time. */
  readonly aside?: ReadonlyMap<string, SetAside>;
  readonly options: DiagnoseOptions;
}
