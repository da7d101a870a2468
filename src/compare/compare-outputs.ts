import type { Task } from '../core/model.ts';
import type { Column, Table } from '../core/table.ts';
import type { FeatureProfile } from '../stats/profile/feature-profile.ts';
import { profileTable } from '../stats/table/table-profile.ts';
import { sortColumn } from '../stats/table/sorted-column.ts';
import { buildReference } from '../stats/table/table-reference.ts';
import { compareWith } from './compare-profiles.ts';
import type { ComparedWindow } from './compared-window.ts';
import { measureNumericColumns } from './measures/measure-numeric.ts';
import { measureProfile } from './measures/measure-profile.ts';
import type { Measures } from './measures/measures.ts';
import { DEFAULT_COMPARE_OPTIONS } from './options.ts';
import type { CompareOptions } from './options.ts';
import { compareTablePerformance } from './performance.ts';

export interface CompareOutputsOptions extends Partial<CompareOptions> {
  readonly task: Task;
  readonly positiveClass: string | null;
}

/**
 * Everything of two tables but the features, row by row: the same bins, tests and rules as `compareProfiles`, with exact
 * KS and Wasserstein on any number of distinct values. Cost: one sort per numeric column and side.
 */
export function compareOutputs(
  reference: Table,
  current: Table,
  options: CompareOutputsOptions,
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

function measureOutput(profile: FeatureProfile, columns: readonly [Column, Column] | undefined): Measures {
  if (profile.kind !== 'numeric' || columns === undefined) return measureProfile(profile);
  const [before, now] = columns;
  if (before.kind !== 'numeric' || now.kind !== 'numeric') return measureProfile(profile);
  return measureNumericColumns(profile, sortColumn(before).sorted, sortColumn(now).sorted);
}
