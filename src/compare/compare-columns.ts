import type { FeatureComparison } from '../core/findings.ts';
import type { Column } from '../core/table.ts';
import { createFeatureProfile } from '../stats/profile/feature-profile.ts';
import { NumberPool } from '../stats/table/number-pool.ts';
import { sortColumn } from '../stats/table/sorted-column.ts';
import { countColumn } from '../stats/table/table-profile.ts';
import { describeColumn } from '../stats/table/table-reference.ts';
import { assess } from './assess.ts';
import { measureProfile } from './measure-profile.ts';
import { measureSorted } from './measure-sorted.ts';
import type { Measures, Sides } from './measures.ts';
import type { CompareOptions } from './options.ts';

/**
 * One feature of two files, not yet judged: that takes all features together (`correctFamily`). Numbers are compared by
 * value; counts say everything about levels, and about a column whose type has changed or that is gone.
 *
 * Memory: two columns and their sorted copies, so that a file may be compared one column at a time.
 */
export function compareColumns(
  reference: Column,
  current: Column | null,
  rows: Sides,
  options: CompareOptions,
  pool: NumberPool = new NumberPool(),
): FeatureComparison {
  const windows = options.referenceWindows?.features.get(reference.name);
  return assess(measureColumns(reference, current, rows, pool), options.minRows, options, windows);
}

function measureColumns(reference: Column, current: Column | null, rows: Sides, pool: NumberPool): Measures {
  if (reference.kind === 'numeric' && current?.kind === 'numeric') {
    const [before, now] = [sortColumn(reference, pool), sortColumn(current, pool)];
    const measures = measureSorted(before, now);
    pool.give(before.sorted);
    pool.give(now.sorted);
    return measures;
  }
  const profile = createFeatureProfile(describeColumn(reference, rows.reference));
  countColumn(profile, current, rows.current);
  return measureProfile(profile);
}
