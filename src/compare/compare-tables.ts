import type { Performance } from '../core/findings.ts';
import type { Task } from '../core/model.ts';
import type { Column, Table } from '../core/table.ts';
import type { FeatureProfile } from '../stats/profile/feature-profile.ts';
import { profileTable } from '../stats/table/table-profile.ts';
import { sortColumn } from '../stats/table/sorted-column.ts';
import { buildReference } from '../stats/table/table-reference.ts';
import { compareColumns } from './compare-columns.ts';
import { compareWith } from './compare-profiles.ts';
import type { ComparedWindow } from './compared-window.ts';
import { correctFamily } from './correct-family.ts';
import { estimatePerformance, withEstimates } from './estimation/estimate.ts';
import { measureNumericColumns } from './measures/measure-numeric.ts';
import { measureProfile } from './measures/measure-profile.ts';
import type { Measures } from './measures/measures.ts';
import { DEFAULT_COMPARE_OPTIONS } from './options.ts';
import type { CompareOptions } from './options.ts';
import { compareTablePerformance, labelledRows } from './performance.ts';

export interface CompareTablesOptions extends Partial<CompareOptions> {
  readonly task: Task;
  readonly positiveClass: string | null;
}

/**
 * Compares two tables row by row: the same bins, tests and rules as `compareProfiles`, with exact KS and Wasserstein
 * on any number of distinct values, and the statistics that need every row (Cramér–von Mises, Mann–Whitney, energy).
 * Files too large for memory are compared column by column with the same parts: `compareColumns` for each feature,
 * `compareOutputs` for prediction, score, label and performance. Cost: one sort per numeric column and side.
 */
export function compareTables(
  reference: Table,
  current: Table,
  options: CompareTablesOptions,
): ComparedWindow {
  const chosen: CompareOptions = { ...DEFAULT_COMPARE_OPTIONS, ...options };
  const byName = new Map(current.features.map((column) => [column.name, column]));
  const rows = { reference: reference.rows, current: current.rows };
  const features = reference.features.map((column) =>
    compareColumns(column, byName.get(column.name) ?? null, rows, chosen),
  );
  correctFamily(features, chosen);
  const outputs = compareOutputs(reference, current, options);
  return { ...outputs, performance: estimated(outputs.performance, reference, current, options), features };
}

/** Everything but the features. */
export function compareOutputs(
  reference: Table,
  current: Table,
  options: CompareTablesOptions,
): ComparedWindow {
  const { task, positiveClass, ...rest } = options;
  const baseline = buildReference({ ...reference, features: [] }, { task, positiveClass });
  const { input, labels } = profileTable({ ...current, features: [] }, baseline);
  const columns = new Map<FeatureProfile, readonly [Column, Column]>();
  const pair = (profile: FeatureProfile, before: Column | null, now: Column | null): void => {
    if (before !== null && now !== null) columns.set(profile, [before, now]);
  };
  pair(input.prediction, reference.prediction, current.prediction);
  pair(input.score, reference.score, current.score);
  pair(labels.label, reference.label, current.label);
  const measure = (profile: FeatureProfile): Measures => measureOutput(profile, columns.get(profile));
  const chosen = { ...DEFAULT_COMPARE_OPTIONS, ...rest };
  const compared = compareWith(measure, baseline, input, current.label === null ? null : labels, chosen);
  const exact = compareTablePerformance(reference, current, { task, positiveClass, mature: chosen.mature });
  return { ...compared, performance: exact ?? compared.performance };
}

/** What labels say, with what can be estimated without them beside it. Regression learns from the tables' features. */
export function estimated(
  performance: Performance | null,
  reference: Table,
  current: Table,
  options: CompareTablesOptions,
): Performance | null {
  const { minLabelled } = { ...DEFAULT_COMPARE_OPTIONS, ...options };
  const estimates = estimatePerformance(reference, current, { ...options, minLabelled });
  return withEstimates(performance, estimates, labelledRows(reference));
}

function measureOutput(profile: FeatureProfile, columns: readonly [Column, Column] | undefined): Measures {
  if (profile.kind !== 'numeric' || columns === undefined) return measureProfile(profile);
  const [before, now] = columns;
  if (before.kind !== 'numeric' || now.kind !== 'numeric') return measureProfile(profile);
  return measureNumericColumns(profile, sortColumn(before).sorted, sortColumn(now).sorted);
}
