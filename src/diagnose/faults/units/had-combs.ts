import type { SortedPair } from '../sorted-pair.ts';
import { unitFacts } from './unit-change.ts';
import { freeComb, listedComb } from './unit-comb.ts';
import type { ColumnCourse } from './wanders.ts';

/** Stretches of the reference that are looked at, evenly over it, and rows of one that shows a comb. */
const MOST_STRETCHES = 16;
const MIN_STRETCH_ROWS = 50;

/**
 * Whether stretches of the reference as long as the window show combs, too: hours since a machine was cleaned rise by the same half hour in each row, so that
 * those of one day keep to a few of all remainders, as multiplied values do. Cost: up to sixteen scans for a factor.
 *
 * @param course the reference in order of time
 */
export function hadCombs(pair: SortedPair, { values, timesMs }: ColumnCourse, lengthMs: number): boolean {
  const from = timesMs[0] ?? 0;
  const stretches = [
    ...Map.groupBy(values.keys(), (row) =>
      Math.floor((timesMs[row]! - from) / Math.max(1, lengthMs)),
    ).values(),
  ].filter((rows) => rows.length >= MIN_STRETCH_ROWS);
  const every = Math.max(1, Math.ceil(stretches.length / MOST_STRETCHES));
  return stretches.some((rows, at) => at % every === 0 && showsComb(pair, rows, values));
}

function showsComb(pair: SortedPair, rows: readonly number[], values: Float64Array): boolean {
  const current = Float64Array.from(rows, (row) => values[row]!).sort();
  const facts = unitFacts({ ...pair, current });
  if (facts === null) return false;
  const { combs, growth, untransformed } = facts;
  return (
    (growth !== null && freeComb(combs, growth) !== null) ||
    listedComb(combs, facts, growth, untransformed) !== null
  );
}
