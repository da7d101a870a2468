import type { Column, NumericColumn, Table } from '../../core/table.ts';
import type { Task } from '../../core/model.ts';
import { categoricalReference } from '../profile/categorical-reference.ts';
import type { FeatureReference, ReferenceProfile } from '../profile/feature-reference.ts';
import { numericReference } from '../profile/numeric-reference.ts';
import { sortColumn } from './sorted-column.ts';
import { profileOperation } from './table-operation.ts';
import { profileLabels } from './table-profile.ts';
import { sum } from '../elementary.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

export interface ReferenceOptions {
  readonly task: Task;
  readonly positiveClass: string | null;
  readonly maxGridPoints?: number;
}

/**
 * Turns training data into the reference every window is measured against. Column kinds are taken as they are
 * (`inferKind` chose them). Cost: one sort per numeric column.
 */
export function buildReference(table: Table, options: ReferenceOptions): ReferenceProfile {
  const describe = (column: Column): FeatureReference =>
    describeColumn(column, table.rows, options.maxGridPoints);
  const inputs: ReferenceProfile = {
    task: options.task,
    positiveClass: options.positiveClass,
    rows: table.rows,
    features: table.features.map(describe),
    prediction: table.prediction === null ? null : describe(table.prediction),
    score: table.score === null ? null : describe(table.score),
    label: table.label === null ? null : labelledOnly(describe(table.label)),
    performance: null,
    operation: table.operation === undefined ? null : profileOperation(table.operation),
  };
  return { ...inputs, performance: profileLabels(table, inputs).performance };
}

/** Rows without a label are not missing labels: a window never counts them either. */
function labelledOnly(label: FeatureReference): FeatureReference {
  return { ...label, rows: label.rows - label.missing, missing: 0 };
}

/** The reference of one column. O(rows · log rows). */
export function describeColumn(column: Column, rows: number, maxGridPoints?: number): FeatureReference {
  if (column.kind === 'numeric') {
    const { sorted, name, ...counts } = sortColumn(column);
    return numericReference(name, sorted, counts, maxGridPoints);
  }
  const counts = levelCounts(column.codes, column.levels.length);
  const missing = column.codes.length - sum(counts);
  return categoricalReference(
    column.name,
    column.kind,
    column.levels.map((level, i) => [level, counts[i] ?? 0] as const),
    { rows, missing: missing - column.invalid, invalid: column.invalid, infinite: 0 },
  );
}

/** The finite values of a column, ascending; `missing` counts every NaN, unreadable cells included. */
export function sortedFinite(column: NumericColumn): {
  sorted: Float64Array;
  missing: number;
  infinite: number;
} {
  const { sorted, missing, invalid, infinite } = sortColumn(column);
  return { sorted, missing: missing + invalid, infinite };
}
