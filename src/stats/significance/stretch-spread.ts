import { chiSquareSurvival } from '../distributions.ts';
import { mean, sampleVariance } from '../elementary.ts';
import { MEASURED_LEVEL, MIN_REFERENCE_WINDOWS } from './overdispersion.ts';
import type { WindowSpread } from './overdispersion.ts';

/** A week of days. How little so few say of how far days spread is in the tails of F and Student that they are asked by. */
export const MIN_STRETCHES = 7;
const CLEARLY = 0.05;

/**
 * What few stretches say of how far they spread, or null: fewer than twenty are asked only where they do spread by more than independent
 * rows would (p < 0.05 over all of them), for else every test would pay for what is not known of them.
 */
export function clearSpread(spread: WindowSpread): WindowSpread | null {
  const { windows, mean: average, df } = spread;
  const isMany = windows >= MIN_REFERENCE_WINDOWS;
  return isMany || chiSquareSurvival(average * windows, df * windows) < CLEARLY ? spread : null;
}

/** Rows that are in stretches of time, and in zones of something else. */
export interface StretchedRows {
  readonly values: Float64Array;
  /** Of each row; −1 for none. */
  readonly stretch: Int32Array;
  readonly stretches: number;
  readonly zone: Int32Array;
  readonly zones: number;
}

/**
 * How far the means of stretches of time are from those of all rows, against what independent rows would be.
 *
 * Purpose: what nobody measured is alike for rows of one day, and a day is then unlike the others by more than its rows explain.
 * Formula: per stretch k and zone a, s = Σ(value − mean of the zone); T_k = Σ_a s²/(σ_a²·n_ka·(1 − n_ka/n_a)), which is one per
 * zone for independent rows, however few they are. Range: factor ≥ 0. Rows without a value, a stretch or a zone are left out. Null where fewer
 * than seven stretches have rows, or as in `clearSpread`. Cost O(rows).
 *
 * @example stretchSpread({ values: Float64Array.from({ length: 80 }, (_, i) => i % 2), stretch: Int32Array.from({ length: 80 }, (_, i) => i >> 2), stretches: 20, zone: new Int32Array(80), zones: 1 })?.factor // 0
 */
export function stretchSpread({
  values,
  stretch,
  stretches,
  zone,
  zones,
}: StretchedRows): WindowSpread | null {
  const place = (row: number): number => {
    const at = zone[row] ?? -1;
    const of = stretch[row] ?? -1;
    return at < 0 || of < 0 || Number.isNaN(values[row]!) ? -1 : of * zones + at;
  };
  const rows = new Float64Array(zones);
  const sums = new Float64Array(zones);
  for (let row = 0; row < values.length; row++) {
    const cell = place(row);
    if (cell < 0) continue;
    rows[cell % zones]! += 1;
    sums[cell % zones]! += values[row]!;
  }
  const squares = new Float64Array(zones);
  const beyond = new Float64Array(zones * stretches);
  const sizes = new Float64Array(zones * stretches);
  for (let row = 0; row < values.length; row++) {
    const cell = place(row);
    if (cell < 0) continue;
    const at = cell % zones;
    const away = values[row]! - sums[at]! / rows[at]!;
    squares[at]! += away * away;
    beyond[cell]! += away;
    sizes[cell]! += 1;
  }
  const all = rows.reduce((sum, count) => sum + count, 0);
  const variances = squares.map((square, at) => square / Math.max(1, rows[at]! - 1));
  const statistics: number[] = [];
  const dfs: number[] = [];
  const worths: number[] = [];
  for (let of = 0; of < stretches; of++) {
    let [statistic, df, own] = [0, 0, 0];
    for (let at = 0; at < zones; at++) {
      const count = sizes[of * zones + at]!;
      const variance = variances[at]! * count * (1 - count / Math.max(1, rows[at]!));
      if (!(variance > 0)) continue;
      statistic += beyond[of * zones + at]! ** 2 / variance;
      df += 1;
      own += count;
    }
    if (df === 0) continue;
    statistics.push(statistic);
    dfs.push(df);
    worths.push(own * (1 - own / all));
  }
  if (statistics.length < MIN_STRETCHES) return null;
  const average = mean(statistics);
  const ofEach = mean(dfs);
  return clearSpread({
    windows: statistics.length,
    df: ofEach,
    mean: average,
    variance: sampleVariance(statistics),
    factor: average / ofEach,
    size: mean(worths),
    measuredRate:
      statistics.filter((one, at) => chiSquareSurvival(one, dfs[at]!) < MEASURED_LEVEL).length /
      statistics.length,
  });
}
