/** Aligned counts of the two samples over the same cells. */
export interface CellCounts {
  reference: number[];
  current: number[];
}

export interface PoolingOptions {
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
  options: PoolingOptions,
): CellCounts {
  const groups = cellGroups(reference, current, options);
  return { reference: sumGroups(reference, groups), current: sumGroups(current, groups) };
}

/**
 * Which cells `poolCells` merges, as lists of their indices, so that further samples can be pooled the same way.
 *
 * @example cellGroups([50, 2, 48], [40, 1, 59], { ordered: true, minExpected: 5 }) // [[0, 1], [2]]
 */
export function cellGroups(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: PoolingOptions,
): number[][] {
  const pools: Pool[] = Array.from(reference, (a, i) => ({ members: [i], rows: a + (current[i] ?? 0) }))

    .filter((pool) => pool.rows > 0);
  const n = total(reference);
  const m = total(current);
  if (n > 0 && m > 0) {
    const smallestAllowed = (options.minExpected * (n + m)) / Math.min(n, m);
    if (options.ordered) poolNeighbours(pools, smallestAllowed);
    else poolSmallest(pools, smallestAllowed);
  }
  return pools.map((pool) => pool.members);
}

/** Counts of merged cells: each group's members added up. */
export function sumGroups(counts: ArrayLike<number>, groups: readonly (readonly number[])[]): number[] {
  return groups.map((members) => members.reduce((sum, i) => sum + (counts[i] ?? 0), 0));
}

/** Cells merged into one, by index, and the rows of both samples in them. */
interface Pool {
  readonly members: number[];
  readonly rows: number;
}

function merge(one: Pool, other: Pool): Pool {
  return { members: [...one.members, ...other.members], rows: one.rows + other.rows };
}

function poolNeighbours(pools: Pool[], smallestAllowed: number): void {
  while (pools.length > 1) {
    const at = indexOfSmallest(pools);
    if ((pools[at]?.rows ?? 0) >= smallestAllowed) break;
    const left = pools[at - 1]?.rows ?? Infinity;
    const right = pools[at + 1]?.rows ?? Infinity;
    const first = left <= right ? at - 1 : at;
    const [one, other] = pools.slice(first, first + 2);
    if (one === undefined || other === undefined) break;
    pools.splice(first, 2, merge(one, other));
  }
}

function poolSmallest(pools: Pool[], smallestAllowed: number): void {
  const place = (pool: Pool): number => pool.members[0] ?? 0;
  const compare = (a: Pool, b: Pool): number => a.rows - b.rows || place(a) - place(b);
  pools.sort(compare);
  for (;;) {
    const [smallest, next] = pools;
    if (smallest === undefined || next === undefined || smallest.rows >= smallestAllowed) break;
    const merged = place(smallest) < place(next) ? merge(smallest, next) : merge(next, smallest);
    const at = pools.findIndex((pool, i) => i > 1 && compare(merged, pool) < 0);
    pools.splice(at === -1 ? pools.length : at, 0, merged);
    pools.splice(0, 2);
  }
  pools.sort((a, b) => place(a) - place(b));
}

function indexOfSmallest(pools: readonly Pool[]): number {
  let at = 0;
  for (let i = 1; i < pools.length; i++) if ((pools[i]?.rows ?? 0) < (pools[at]?.rows ?? 0)) at = i;
  return at;
}

function total(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum;
}
