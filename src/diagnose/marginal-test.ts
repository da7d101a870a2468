import { keptWith } from '../core/memory/remember.ts';
import { DEFAULT_MIN_EXPECTED, poolCells } from '../stats/cells.ts';
import { sum } from '../stats/elementary.ts';
import { quantileReached } from '../stats/quantiles.ts';
import { gTest } from '../stats/significance/g-test.ts';
import { ksPValue, ksStatisticSorted } from '../stats/significance/ks.ts';
import { sortedPresent } from './samples/row-samples.ts';
import type { ColumnCells } from './samples/row-samples.ts';
import { FEW_LEVELS, SAME_DISTANCE, SAME_P } from './thresholds.ts';
import { levelCounts } from '../core/columns/level-counts.ts';

const BINS = 10;
const RARE_SHARE = 0.01;

/**
 * Of levels: by both samples together. Those of one sample that are frequent in it, of seventy rows any that it has, are less so in the other by chance
 * alone, and a cell that was chosen by one of two samples is never what the other has.
 */
export const isRare = (rows: number, ofRows: number): boolean => rows < RARE_SHARE * ofRows;

export interface MarginalTest {
  readonly p: number;
  /** KS distance for numbers, total variation for levels. */
  readonly distance: number;
}

const NOTHING_TO_COMPARE: MarginalTest = { p: 1, distance: 0 };

/**
 * Did one column move between two samples of rows?
 *
 * Numbers: p = min(1, 2·min(p_G, p_KS)), G on the reference's deciles (single values when it has at most 20).
 * Levels: G with levels under 1 % of both together in one cell. Missing values are left
 * out. Fewer than two cells, or an empty side, gives p = 1. Cost O(n log n).
 */
export function marginalTest(pair: ColumnCells): MarginalTest {
  if (pair.kind === 'numeric') return numericTest(sortedPresent(pair.reference), sortedPresent(pair.current));
  const { length } = pair.levels;
  return levelTest(levelCounts(pair.reference, length), levelCounts(pair.current, length));
}

/** Whether a column is not what it was, when a fault has to leave "the rest unmoved": beyond chance, and by more than it may differ. */
export function hasMoved(pair: ColumnCells): boolean {
  const { p, distance } = marginalTest(pair);
  return p < SAME_P && distance >= SAME_DISTANCE;
}

/** The numeric case, on values already sorted and free of NaN. */
export function numericTest(reference: Float64Array, current: Float64Array): MarginalTest {
  if (reference.length === 0 || current.length === 0) return NOTHING_TO_COMPARE;
  const { edges, counts } = decilesOf(reference);
  const cells = poolCells(counts, binCounts(current, edges), {
    ordered: true,
    minExpected: DEFAULT_MIN_EXPECTED,
  });
  const distance = ksStatisticSorted(reference, current);
  const pG = gTest(cells.reference, cells.current).p_value;
  const pKs = ksPValue(distance, reference.length, current.length);
  return { p: Math.min(1, 2 * Math.min(pG, pKs)), distance };
}

/** Of a reference the same for every window. */
const decilesOf = keptWith((sorted: Float64Array) => {
  const edges = decileEdges(sorted);
  return { edges, counts: binCounts(sorted, edges) };
});

/** The level case, on counts per level. */
export function levelTest(reference: ArrayLike<number>, current: ArrayLike<number>): MarginalTest {
  const n = sum(reference);
  const m = sum(current);
  if (n === 0 || m === 0) return NOTHING_TO_COMPARE;
  const a = [0];
  const b = [0];
  let distance = 0;
  for (let i = 0; i < reference.length; i++) {
    const x = reference[i] ?? 0;
    const y = current[i] ?? 0;
    distance += Math.abs(x / n - y / m) / 2;
    if (isRare(x + y, n + m)) {
      a[0]! += x;
      b[0]! += y;
    } else {
      a.push(x);
      b.push(y);
    }
  }
  const cells = poolCells(a, b, { ordered: false, minExpected: DEFAULT_MIN_EXPECTED });
  return { p: gTest(cells.reference, cells.current).p_value, distance };
}

/** Upper edges of (lo, hi] bins; values above the last edge form one more. */
export function decileEdges(sorted: Float64Array): number[] {
  const distinct: number[] = [];
  for (const value of sorted) {
    if (value !== distinct.at(-1)) distinct.push(value);
    if (distinct.length > FEW_LEVELS) return innerQuantiles(sorted, BINS);
  }
  return distinct;
}

/** The inner quantiles that cut sorted values into `parts`, without repeats. */
export function innerQuantiles(sorted: Float64Array, parts: number): number[] {
  const edges: number[] = [];
  for (let part = 1; part < parts; part++) {
    const edge = quantileReached(sorted, part / parts);
    if (edges.length === 0 || edge > edges.at(-1)!) edges.push(edge);
  }
  return edges;
}

function binCounts(sorted: Float64Array, edges: readonly number[]): Float64Array {
  const counts = new Float64Array(edges.length + 1);
  let bin = 0;
  for (const value of sorted) {
    while (bin < edges.length && value > edges[bin]!) bin++;
    counts[bin]! += 1;
  }
  return counts;
}
