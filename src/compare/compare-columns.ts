import type { FeatureComparison } from '../core/findings.ts';
import type { Column } from '../core/table.ts';
import { createFeatureProfile } from '../stats/profile/feature-profile.ts';
import { NumberPool } from '../stats/table/number-pool.ts';
import { endSorting, sortColumn } from '../stats/table/sorted-column.ts';
import type { SortingRoom } from '../stats/table/sorted-column.ts';
import { countColumn } from '../stats/table/table-profile.ts';
import { describeColumn } from '../stats/table/table-reference.ts';
import { assess } from './assess.ts';
import { measureProfile } from './measures/measure-profile.ts';
import { measureSorted } from './measures/measure-sorted.ts';
import type { Measures, Sides } from './measures/measures.ts';
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
  room: SortingRoom = { pool: new NumberPool(), overwrite: false },
): FeatureComparison {
  const windows = options.referenceWindows?.features.get(reference.name);
  return assess(measureColumns(reference, current, rows, room), options.minRows, options, windows);
}

function measureColumns(reference: Column, current: Column | null, rows: Sides, room: SortingRoom): Measures {
  if (reference.kind === 'numeric' && current?.kind === 'numeric') {
    const [before, now] = [sortColumn(reference, room), sortColumn(current, room)];
    const measures = measureSorted(before, now);
    endSorting(before, room);
    endSorting(now, room);
    return measures;
  }
  const profile = createFeatureProfile(describeColumn(reference, rows.reference));
  countColumn(profile, current, rows.current);
  return measureProfile(profile);
}
