import { boundedName } from '../bounded-counts.ts';
import type { CategoricalReference } from './feature-reference.ts';
import type { RowCounts } from './numeric-reference.ts';

/** Levels kept by name: the most frequent ones. */
const MAX_REFERENCE_LEVELS = 1000;

/**
 * Freezes a categorical or boolean feature: its most frequent levels with their rows, and how many further levels
 * and rows there were. `levelRows` may name a level more than once. O(levels · log levels).
 */
export function categoricalReference(
  name: string,
  kind: 'categorical' | 'boolean',
  levelRows: Iterable<readonly [string, number]>,
  counts: RowCounts,
): CategoricalReference {
  const rowsOf = new Map<string, number>();
  for (const [level, rows] of levelRows) {
    const bounded = boundedName(level);
    if (rows > 0) rowsOf.set(bounded, (rowsOf.get(bounded) ?? 0) + rows);
  }
  const ranked = [...rowsOf].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const kept = ranked.slice(0, MAX_REFERENCE_LEVELS);
  const dropped = ranked.slice(MAX_REFERENCE_LEVELS);
  return {
    kind,
    name,
    levels: kept.map(([level]) => level),
    counts: Float64Array.from(kept, ([, rows]) => rows),
    otherLevels: dropped.length,
    otherCount: dropped.reduce((sum, [, rows]) => sum + rows, 0),
    ...counts,
  };
}
