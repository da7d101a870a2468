import type { Task } from '../core/model.ts';
import type { Column, Table } from '../core/table.ts';
import type { FeatureProfile } from '../stats/profile/feature-profile.ts';
import { profileTable } from '../stats/table/table-profile.ts';
import { buildReference, sortedFinite } from '../stats/table/table-reference.ts';
import { compareWith, measureProfile } from './compare-profiles.ts';
import type { ComparedWindow } from './compared-window.ts';
import { measureNumericColumns } from './measure-numeric.ts';
import type { Measures } from './measures.ts';
import { DEFAULT_COMPARE_OPTIONS } from './options.ts';
import type { CompareOptions } from './options.ts';

export interface CompareTablesOptions extends Partial<CompareOptions> {
  readonly task: Task;
  readonly positiveClass: string | null;
}

/**
 * Compares two files row by row: the same bins, tests and rules as `compareProfiles`, with exact KS and Wasserstein
 * on any number of distinct values, and the statistics that need every row (Cramér–von Mises, Mann–Whitney, energy).
 * Cost: one sort per numeric column and side.
 */
export function compareTables(
  reference: Table,
  current: Table,
  options: CompareTablesOptions,
): ComparedWindow {
  const { task, positiveClass, ...rest } = options;
  const baseline = buildReference(reference, { task, positiveClass });
  const { input, labels } = profileTable(current, baseline);
  const columns = new Map<FeatureProfile, readonly [Column, Column]>();
  const pair = (
    profile: FeatureProfile,
    before: Column | null | undefined,
    now: Column | null | undefined,
  ): void => {
    if (before !== null && before !== undefined && now !== null && now !== undefined) {
      columns.set(profile, [before, now]);
    }
  };
  const byName = new Map(current.features.map((column) => [column.name, column]));
  for (const [i, profile] of input.features.entries()) {
    pair(profile, reference.features[i], byName.get(profile.reference.name));
  }
  pair(input.prediction, reference.prediction, current.prediction);
  pair(input.score, reference.score, current.score);
  pair(labels.label, reference.label, current.label);
  const measure = (profile: FeatureProfile): Measures => measureColumns(profile, columns.get(profile));
  return compareWith(measure, baseline, input, current.label === null ? null : labels, {
    ...DEFAULT_COMPARE_OPTIONS,
    ...rest,
  });
}

/** Counts say everything about levels, and about a column whose type has changed; numbers are compared by value. */
function measureColumns(profile: FeatureProfile, columns: readonly [Column, Column] | undefined): Measures {
  if (profile.kind !== 'numeric' || columns === undefined) return measureProfile(profile);
  const [before, now] = columns;
  if (before.kind !== 'numeric' || now.kind !== 'numeric') return measureProfile(profile);
  return measureNumericColumns(profile, sortedFinite(before).sorted, sortedFinite(now).sorted);
}
