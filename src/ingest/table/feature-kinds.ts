import type { FeatureKind } from '../../core/table.ts';
import type { ColumnSummary } from './summary/column-summary.ts';
import type { SourceColumn } from './source-column.ts';

export interface KindOverrides {
  readonly numeric: ReadonlySet<string>;
  readonly categorical: ReadonlySet<string>;
  readonly boolean: ReadonlySet<string>;
}

/** A column with more than this share of numbers is numeric and the rest invalid: a few slips change nothing. */
const MOSTLY = 0.95;
/** More leading zeros than this share of the numbers are no slip of the pen. */
const CODES = 0.01;

export type InferredKind = FeatureKind | { readonly leftOut: string };

/**
 * Which kind a column is. What people declared wins. Then all booleans (and 1 and 0 among them) make a boolean, mostly numbers a numeric
 * column however few distinct ones, codes with leading zeros and everything else a category. A column without
 * values is numeric. Dates and nested values are left out: a date always moves, and a list is no feature.
 */
export function inferKind(
  column: SourceColumn,
  summary: ColumnSummary,
  overrides: KindOverrides,
): InferredKind {
  if (overrides.numeric.has(column.name)) return 'numeric';
  if (overrides.categorical.has(column.name)) return 'categorical';
  if (overrides.boolean.has(column.name)) return 'boolean';
  if (column.type === 'nested') return { leftOut: 'holds lists or objects' };
  if (summary.present === 0) return 'numeric';
  // True and 1 are one level of a boolean; numbers alone are numbers.
  if (summary.booleans > 0 && summary.booleans + summary.flags === summary.present) return 'boolean';
  if (summary.numbers > MOSTLY * summary.present) {
    return summary.codes > CODES * summary.numbers ? 'categorical' : 'numeric';
  }
  if (summary.times > MOSTLY * summary.present) {
    return {
      leftOut: `holds dates, which move by themselves; --categorical ${column.name} compares them all the same`,
    };
  }
  return 'categorical';
}
