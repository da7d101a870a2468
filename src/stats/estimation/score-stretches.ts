import type { NumericProfile } from '../profile/numeric-profile.ts';

/** A window's scores as its counts know them: stretches in ascending order, each with its rows and their mean. */
export interface ScoreStretches {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly rows: Float64Array;
  readonly mean: Float64Array;
}

/**
 * Points of the grid are stretches of one score. Below the first point and above the last one scores may be anything; where
 * the baseline's were probabilities, these are taken to be probabilities too. O(grid).
 */
export function scoreStretches({ reference, equal, between, betweenSums }: NumericProfile): ScoreStretches {
  const { grid } = reference;
  const isProbability = (grid[0] ?? -1) >= 0 && (grid.at(-1) ?? 2) <= 1;
  const [least, most] = isProbability ? [0, 1] : [-Infinity, Infinity];
  const columns = { low: [] as number[], high: [] as number[], rows: [] as number[], mean: [] as number[] };
  const add = (low: number, high: number, rows: number, sum: number): void => {
    if (!(rows > 0)) return;
    columns.low.push(low);
    columns.high.push(high);
    columns.rows.push(rows);
    columns.mean.push(Math.min(high, Math.max(low, sum / rows)));
  };
  for (let i = 0; i <= grid.length; i++) {
    add(grid[i - 1] ?? least, grid[i] ?? most, between[i] ?? 0, betweenSums.get(i));
    const point = grid[i];
    if (point !== undefined) add(point, point, equal[i] ?? 0, point * (equal[i] ?? 0));
  }
  return {
    low: Float64Array.from(columns.low),
    high: Float64Array.from(columns.high),
    rows: Float64Array.from(columns.rows),
    mean: Float64Array.from(columns.mean),
  };
}
