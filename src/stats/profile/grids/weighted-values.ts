import { gridRows } from './grid-ks.ts';
import type { NumericProfile } from '../numeric-profile.ts';
import type { NumericReference } from '../feature-reference.ts';

/** A value and how many rows have it; ascending. */
export type WeightedValues = readonly (readonly [value: number, rows: number])[];

/**
 * Counts on a grid as values: exact where they are points of it; rows between two points, or beyond them, stand together at
 * their mean. Values nobody has are left out. O(grid).
 */
export function weightedValues(of: NumericProfile | NumericReference): WeightedValues {
  const grid = 'grid' in of ? of.grid : of.reference.grid;
  const sumOf =
    'grid' in of ? (gap: number) => of.betweenSums[gap] ?? 0 : (gap: number) => of.betweenSums.get(gap);
  const values: [number, number][] = [];
  for (let i = 0; i <= grid.length; i++) {
    const between = of.between[i] ?? 0;
    if (between > 0) values.push([within(sumOf(i) / between, grid[i - 1], grid[i]), between]);
    const equal = of.equal[i] ?? 0;
    const value = grid[i];
    if (equal > 0 && value !== undefined) values.push([value, equal]);
  }
  return values;
}

/** A sum that was rounded does not leave its gap. */
function within(mean: number, from = -Infinity, to = Infinity): number {
  return Math.min(to, Math.max(from, mean));
}

/**
 * Shares of the rows in so many equal widths of [low, high]; what lies outside is in the first or the last. No rows: null.
 * O(values).
 */
export function sharesOfWidths(
  values: WeightedValues,
  [low, high]: readonly [number, number],
  widths: number,
): number[] | null {
  const rows = Array.from({ length: widths }, () => 0);
  let all = 0;
  for (const [value, count] of values) {
    const at = high > low ? Math.floor(((value - low) / (high - low)) * widths) : 0;
    const place = Math.min(widths - 1, Math.max(0, at));
    rows[place] = (rows[place] ?? 0) + count;
    all += count;
  }
  return all > 0 ? rows.map((count) => count / all) : null;
}

/** The smallest value with at least a share p of the rows at or below it, rank ⌈p·n⌉; null without rows. O(values). */
export function quantileOfWeighted(values: WeightedValues, p: number): number | null {
  const all = values.reduce((sum, [, rows]) => sum + rows, 0);
  const rank = Math.max(1, Math.ceil(p * all));
  let seen = 0;
  for (const [value, rows] of values) {
    seen += rows;
    if (seen >= rank) return value;
  }
  return null;
}

/** Both distribution functions at a value. */
export interface SharesBelow {
  readonly x: number;
  readonly reference: number;
  readonly current: number;
}

/**
 * Both distribution functions of a window and its reference, at the points of the grid and, for rows between two of them,
 * at the mean of these: so the largest distance of the two is the D that `gridKs` gives. O(grid).
 */
export function gridDistribution(reference: NumericReference, current: NumericProfile): SharesBelow[] {
  const [n, m] = [gridRows(reference), gridRows(current)];
  const points: SharesBelow[] = [];
  let [before, now] = [0, 0];
  const put = (x: number, more: number, moreNow: number): void => {
    if (more === 0 && moreNow === 0) return;
    before += more;
    now += moreNow;
    points.push({ x, reference: n > 0 ? before / n : 0, current: m > 0 ? now / m : 0 });
  };
  const { grid } = reference;
  for (let i = 0; i <= grid.length; i++) {
    const [gap, gapNow] = [reference.between[i] ?? 0, current.between[i] ?? 0];
    const sum = (reference.betweenSums[i] ?? 0) + current.betweenSums.get(i);
    put(within(sum / (gap + gapNow), grid[i - 1], grid[i]), gap, gapNow);
    put(grid[i] ?? 0, reference.equal[i] ?? 0, current.equal[i] ?? 0);
  }
  return points;
}

/** About `most` of them, evenly spread over the rows; the ends and where both are furthest apart are always among them. O(points). */
export function thinnedDistribution(points: readonly SharesBelow[], most: number): SharesBelow[] {
  const apart = points.map((point) => Math.abs(point.reference - point.current));
  const furthest = apart.indexOf(apart.reduce((a, b) => Math.max(a, b), 0));
  let shown = -Infinity;
  return points.filter((point, at) => {
    const risen = point.reference + point.current;
    const isKept = at === 0 || at === points.length - 1 || at === furthest || risen - shown >= 2 / most;
    if (isKept) shown = risen;
    return isKept;
  });
}
