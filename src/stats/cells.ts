/** Aligned counts of the two samples over the same cells. */
export interface CellCounts {
  reference: number[];
  current: number[];
}

export interface PoolOptions {
  /** Ordered cells (bins of numbers) merge with a neighbour; unordered ones (levels) with the next smallest. */
  readonly ordered: boolean;
  /** Every cell must expect at least this many rows on both sides under the pooled share. */
  readonly minExpected: number;
}

export const DEFAULT_MIN_EXPECTED = 5;

/**
 * Merges the smallest cells until each expects `minExpected` rows in both samples; empty cells are dropped.
 *
 * Purpose: contingency tests keep their level only when no expected count is tiny. The choice looks at pooled
 * totals alone, never at how a cell differs between the samples, so it does not favour either answer.
 * Rule: a cell of pooled share s expects n·s and m·s, so the smaller sample decides. The smallest cell (the
 * leftmost of equals) merges with its smaller neighbour (the left of equals) or, unordered, with the next
 * smallest cell, which may be a pool. Cells keep the order of their first member. One cell may remain; with an empty sample the cells are returned without pooling.
 * Cost: O(B²) for B cells, B ≤ a thousand or so.
 *
 * @example poolCells([50, 2, 48], [40, 1, 59], { ordered: true, minExpected: 5 }) // { reference: [52, 48], current: [41, 59] }
 */
export function poolCells(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: PoolOptions,
): CellCounts {
  const cells: CellCounts = { reference: [], current: [] };
  for (let i = 0; i < reference.length; i++) {
    const a = reference[i] ?? 0;
    const b = current[i] ?? 0;
    if (a + b > 0) {
      cells.reference.push(a);
      cells.current.push(b);
    }
  }
  const n = total(cells.reference);
  const m = total(cells.current);
  if (n === 0 || m === 0) return cells;
  const smallestAllowed = (options.minExpected * (n + m)) / Math.min(n, m);
  return options.ordered ? poolNeighbours(cells, smallestAllowed) : poolSmallest(cells, smallestAllowed);
}

function poolNeighbours(cells: CellCounts, smallestAllowed: number): CellCounts {
  const sums = cells.reference.map((a, i) => a + (cells.current[i] ?? 0));
  while (sums.length > 1) {
    const at = indexOfSmallest(sums);
    if ((sums[at] ?? 0) >= smallestAllowed) break;
    const left = sums[at - 1] ?? Infinity;
    const right = sums[at + 1] ?? Infinity;
    const first = left <= right ? at - 1 : at;
    for (const counts of [sums, cells.reference, cells.current]) {
      counts.splice(first, 2, (counts[first] ?? 0) + (counts[first + 1] ?? 0));
    }
  }
  return cells;
}

function poolSmallest(cells: CellCounts, smallestAllowed: number): CellCounts {
  const pools = cells.reference.map((a, i) => ({ place: i, reference: a, current: cells.current[i] ?? 0 }));
  const size = (pool: { reference: number; current: number }): number => pool.reference + pool.current;
  const compare = (a: (typeof pools)[number], b: (typeof pools)[number]): number =>
    size(a) - size(b) || a.place - b.place;
  pools.sort(compare);
  for (;;) {
    const [smallest, next] = pools;
    if (smallest === undefined || next === undefined || size(smallest) >= smallestAllowed) break;
    const merged = {
      place: Math.min(smallest.place, next.place),
      reference: smallest.reference + next.reference,
      current: smallest.current + next.current,
    };
    const at = pools.findIndex((pool, i) => i > 1 && compare(merged, pool) < 0);
    pools.splice(at === -1 ? pools.length : at, 0, merged);
    pools.splice(0, 2);
  }
  pools.sort((a, b) => a.place - b.place);
  return { reference: pools.map((pool) => pool.reference), current: pools.map((pool) => pool.current) };
}

function indexOfSmallest(values: readonly number[]): number {
  let at = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) < (values[at] ?? 0)) at = i;
  return at;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
