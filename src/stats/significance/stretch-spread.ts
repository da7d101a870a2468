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
export function stretchSpread(stretched: StretchedRows): WindowSpread | null {
  const { values, stretches, zones } = stretched;
  const place = placesOf(stretched);
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

/** The cell of a row by its stretch and zone; −1 where it has no value or is in neither. */
function placesOf({ values, stretch, zone, zones }: StretchedRows): (row: number) => number {
  return (row) => {
    const at = zone[row] ?? -1;
    const of = stretch[row] ?? -1;
    return at < 0 || of < 0 || Number.isNaN(values[row]!) ? -1 : of * zones + at;
  };
}

/** Of eighteen differences between neighbours, each neighbour in two, their median tells as much as so many stretches would. */
const WORTH = 0.43;

/**
 * The same by the differences between stretches that follow each other, for rows among which something may have changed: by the median over
 * them, to which one step is one difference and a slow course none.
 *
 * Formula: per pair of neighbours and zone d²/(σ²·(1/n + 1/m)), summed over zones and divided by their number; the median over the pairs,
 * divided by that of χ² (Wilson and Hilferty). Null as in `clearSpread`. Cost O(rows).
 *
 * @example neighbourSpread({ values: Float64Array.from({ length: 400 }, (_, i) => (i * 7) % 10), stretch: Int32Array.from({ length: 400 }, (_, i) => Math.floor(i / 20)), stretches: 20, zone: new Int32Array(400), zones: 1 }) // null
 */
export function neighbourSpread(stretched: StretchedRows): WindowSpread | null {
  const { values, stretches, zones } = stretched;
  const place = placesOf(stretched);
  const cells = { rows: new Float64Array(zones * stretches), sums: new Float64Array(zones * stretches) };
  const squares = new Float64Array(zones);
  for (const [row, value] of values.entries()) {
    const cell = place(row);
    if (cell < 0) continue;
    cells.rows[cell]! += 1;
    cells.sums[cell]! += value;
    squares[cell % zones]! += value * value;
  }
  const ofZone = (all: Float64Array, at: number): number =>
    Array.from({ length: stretches }, (_, of) => all[of * zones + at]!).reduce((sum, one) => sum + one, 0);
  const variances = squares.map((square, at) => {
    const [rows, total] = [ofZone(cells.rows, at), ofZone(cells.sums, at)];
    return rows < 2 ? 0 : (square - total ** 2 / rows) / (rows - 1);
  });
  const tested = Array.from({ length: stretches - 1 }, (_, of) => {
    const found = Array.from({ length: zones }, (_zone, at) => {
      const [one, next] = [of * zones + at, (of + 1) * zones + at];
      const [n, m] = [cells.rows[one]!, cells.rows[next]!];
      const error = variances[at]! * (1 / n + 1 / m);
      return n > 0 && m > 0 && error > 0 ? (cells.sums[one]! / n - cells.sums[next]! / m) ** 2 / error : null;
    }).filter((one) => one !== null);
    return { df: found.length, statistic: found.reduce((sum, one) => sum + one, 0) };
  }).filter(({ df }) => df > 0);
  if (tested.length < MIN_STRETCHES) return null;
  const df = mean(tested.map((one) => one.df));
  const ratios = tested.map((one) => one.statistic / one.df).sort((a, b) => a - b);
  const factor = (ratios[ratios.length >> 1] ?? 0) / (1 - 2 / (9 * df)) ** 3;
  const rows = cells.rows.reduce((sum, one) => sum + one, 0);
  const size = (rows / stretches) * (1 - 1 / stretches);
  const windows = Math.round(WORTH * tested.length);
  const average = factor * df;
  return clearSpread({
    windows,
    df,
    mean: average,
    variance: (2 * average ** 2) / df,
    factor,
    size,
    measuredRate: Number.NaN,
  });
}
