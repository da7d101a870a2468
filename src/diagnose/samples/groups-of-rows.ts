import type { LevelPair } from './row-samples.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

/** Fewer groups say nothing of how far groups are apart, and of fewer rows each there is little to be alike. */
const MIN_GROUPS = 8;
const MIN_ROWS_EACH = 3;
/** Standard errors by which groups must be further apart than their rows explain. */
const BEYOND_NOISE = 3;

/** Columns by whose levels rows may be grouped, wherever they stand: hives, patients, machines. */
export function groupingColumns(columns: readonly LevelPair[]): LevelPair[] {
  return columns.filter(({ levels, current }) => {
    const groups = levelCounts(current, levels.length).filter((rows) => rows > 0).length;
    return groups >= MIN_GROUPS && groups * MIN_ROWS_EACH <= current.length;
  });
}

/** How much larger a variance is because the rows of one group are alike, and the groups that say so. */
export interface GroupedRows {
  readonly factor: number;
  readonly groups: number;
}

/**
 * By how much the variance of a sum is larger than that of independent rows because rows of one group go together (sandwich by clusters).
 *
 * Formula: f = G/(G − 1) · Σ_g(Σ_{row in g} ψ)² / Σψ² over G groups; 1 where f ≤ 1 + 3·√(2/G), which is chance. Rows without a group are one each.
 * Cost O(rows).
 *
 * @param influence ψ of each row, of mean 0
 *
 * @example groupedRows(Float64Array.from({ length: 40 }, (_, row) => (row % 10 < 5 ? 1 : -1)), Int32Array.from({ length: 40 }, (_, row) => row % 10)) // { factor: 4.444444444444445, groups: 10 }
 */
export function groupedRows(influence: Float64Array, groupOf: Int32Array): GroupedRows {
  const sums = new Map<number, number>();
  let [squares, alone] = [0, 0];
  for (const [row, value] of influence.entries()) {
    const group = groupOf[row]!;
    squares += value * value;
    if (group < 0) alone += value * value;
    else sums.set(group, (sums.get(group) ?? 0) + value);
  }
  const groups = sums.size;
  if (!(squares > 0) || groups < MIN_GROUPS) return { factor: 1, groups };
  const between = alone + [...sums.values()].reduce((sum, value) => sum + value * value, 0);
  const factor = ((groups / (groups - 1)) * between) / squares;
  return { factor: factor > 1 + BEYOND_NOISE * Math.sqrt(2 / groups) ? factor : 1, groups };
}
