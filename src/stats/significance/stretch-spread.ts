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
  return isMany || chanceOf({ windows, mean: average, df }) < CLEARLY ? spread : null;
}

/** Of rows that are independent of each other. */
const chanceOf = ({ windows, mean: average, df }: Pick<WindowSpread, 'windows' | 'mean' | 'df'>): number =>
  chiSquareSurvival(average * windows, df * windows);

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

/** Of differences between neighbours, each neighbour in two, the median tells as much as this part of so many stretches would. */
export const WORTH = 0.43;
/** Stretches that follow each other are taken together by so many. */
const TOGETHER = [1, 2, 3] as const;
/** Where a stretch twice as long is further from its neighbour by more than this many times, the rows have too few occasions. */
export const MOST_GROWTH = 3;
/** Where by more than this, as much less is known of it. */
export const HARDLY_GROWS = 1.5;
/** What is known of a spread that grows, in stretches. */
const OF_GROWING = 5;
const OF_TOO_FEW = 2;
const BEYOND_DOUBT = 0.002;

/**
 * The same by the differences between stretches that follow each other, for rows among which something may have changed: by the median over
 * them, to which one step is one difference and a slow course none.
 *
 * Formula: per pair of neighbours and zone d²/(σ²·(1/n + 1/m)), summed over zones and divided by their number; the median over the pairs,
 * divided by that of χ² (Wilson and Hilferty): f, of the stretches, and of two and three of them together. What all rows are further apart is
 * 1 + (f − 1)·g with the largest f and g the growth from one length to twice it: what follows itself for longer than a stretch shows more of it in
 * longer ones. Told as if by five stretches where g > 1.5, and by two where g > 3. Null as in `clearSpread`. Cost O(rows).
 *
 * @example neighbourSpread({ values: Float64Array.from({ length: 400 }, (_, i) => (i * 7) % 10), stretch: Int32Array.from({ length: 400 }, (_, i) => Math.floor(i / 20)), stretches: 20, zone: new Int32Array(400), zones: 1 }) // null
 */
export function neighbourSpread(stretched: StretchedRows): WindowSpread | null {
  const { stretches } = stretched;
  const cells = sumsOf(stretched);
  const found = TOGETHER.map((length) => ofNeighbours(cells, Math.ceil(stretches / length), length));
  const [fine] = found;
  if (fine === undefined || fine === null) return null;
  const longest = found.findLastIndex((one) => one !== null);
  // What only longer stretches show must be beyond doubt: there are few of them.
  const isLong = longest > 0 && chanceOf(found[longest]!) < BEYOND_DOUBT;
  if (clearSpread(fine) === null && !isLong) return null;
  const beyond = found.map((one) => Math.max(0, (one?.factor ?? 1) - 1));
  const ratio = beyond[longest]! / beyond[0]!;
  const growth = isLong && ratio > 1 ? ratio ** (1 / Math.log2(TOGETHER[longest]!)) : 1;
  const factor = 1 + Math.max(...beyond) * Math.min(growth, MOST_GROWTH);
  const windows =
    growth > MOST_GROWTH
      ? OF_TOO_FEW
      : growth > HARDLY_GROWS
        ? Math.min(fine.windows, OF_GROWING)
        : fine.windows;
  const average = factor * fine.df;
  return { ...fine, windows, factor, mean: average, variance: (2 * average ** 2) / fine.df };
}

interface Sums {
  readonly zones: number;
  readonly stretches: number;
  readonly rows: Float64Array;
  readonly sums: Float64Array;
  /** Of values, by zone. */
  readonly variances: Float64Array;
}

function sumsOf(stretched: StretchedRows): Sums {
  const { values, stretches, zones } = stretched;
  const place = placesOf(stretched);
  const [rows, sums] = [new Float64Array(zones * stretches), new Float64Array(zones * stretches)];
  const squares = new Float64Array(zones);
  for (const [row, value] of values.entries()) {
    const cell = place(row);
    if (cell < 0) continue;
    rows[cell]! += 1;
    sums[cell]! += value;
    squares[cell % zones]! += value * value;
  }
  const ofZone = (all: Float64Array, at: number): number =>
    Array.from({ length: stretches }, (_, of) => all[of * zones + at]!).reduce((sum, one) => sum + one, 0);
  const variances = squares.map((square, at) => {
    const [count, total] = [ofZone(rows, at), ofZone(sums, at)];
    return count < 2 ? 0 : (square - total ** 2 / count) / (count - 1);
  });
  return { zones, stretches, rows, sums, variances };
}

/** Of stretches that are so many of the finest together; null where fewer than seven pairs have rows. */
function ofNeighbours(cells: Sums, count: number, length: number): WindowSpread | null {
  const { zones, stretches, variances } = cells;
  const together = (all: Float64Array, of: number, at: number): number => {
    let sum = 0;
    for (let one = of * length; one < Math.min(stretches, (of + 1) * length); one++)
      sum += all[one * zones + at]!;
    return sum;
  };
  const tested = Array.from({ length: count - 1 }, (_, of) => {
    const found = Array.from({ length: zones }, (_zone, at) => {
      const [n, m] = [together(cells.rows, of, at), together(cells.rows, of + 1, at)];
      const error = variances[at]! * (1 / n + 1 / m);
      const by = together(cells.sums, of, at) / n - together(cells.sums, of + 1, at) / m;
      return n > 0 && m > 0 && error > 0 ? by ** 2 / error : null;
    }).filter((one) => one !== null);
    return { df: found.length, statistic: found.reduce((sum, one) => sum + one, 0) };
  }).filter(({ df }) => df > 0);
  if (tested.length < MIN_STRETCHES) return null;
  const df = mean(tested.map((one) => one.df));
  const ratios = tested.map((one) => one.statistic / one.df).sort((a, b) => a - b);
  const factor = (ratios[ratios.length >> 1] ?? 0) / (1 - 2 / (9 * df)) ** 3;
  const rows = cells.rows.reduce((sum, one) => sum + one, 0);
  const average = factor * df;
  return {
    windows: Math.round(WORTH * tested.length),
    df,
    mean: average,
    variance: (2 * average ** 2) / df,
    factor,
    size: (rows / stretches) * (1 - 1 / stretches),
    measuredRate: Number.NaN,
  };
}
