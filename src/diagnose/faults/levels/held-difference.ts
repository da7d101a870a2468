import type { LevelCompany } from '../../../stats/company/level-company.ts';
import { stretchesOfLength, timesSpanOf } from '../../samples/stretches.ts';
import { drawnRows } from './company.ts';

/** A window is cut into so many stretches of as many rows. */
const STRETCHES = [24, 12, 6];
/** Rows of either level without which a stretch of the reference says nothing of their difference. */
const MIN_ROWS = 8;
const MIN_OF_REFERENCE = 4;
/** Standard errors of χ²/df beyond which stretches differ by more than chance. */
const BEYOND_CHANCE = 1.7;

/** Rows in order of time, and when those of the reference were; null without times. */
export interface TimesOfRows {
  readonly currentMs: Float64Array;
  readonly referenceMs: Float64Array | null;
}

/**
 * How much more uncertain the difference of two levels along their company is than rows that are independent of each other let it be:
 * what is made is made for hours, and the oil is of that day, so that a window has a handful of occasions and not a thousand rows.
 *
 * Formula: of mean(a) − mean(b) the variance by sums over stretches of time (cluster-robust, B/(B − 1) Σ S²) over that of independent rows,
 * the largest over 24, 12 and 6 stretches; or where the reference has four as long as the window with eight rows of either level, how
 * far these lie from its own difference, Σ (f − 1)², over what so many independent rows would. What χ² leaves to chance (1 + 1.7 √(2/df))
 * counts as 1.
 *
 * @param company of the window's rows, in order of time
 * @returns at least 1
 */
export function inflationInTime(
  company: LevelCompany,
  [a, b]: readonly [number, number],
  timed: TimesOfRows,
): number {
  const along = company.along(a, b);
  if (along === null) return 1;
  const { current, reference } = company.levelsOfRows;
  const before = groupsOf(reference, [a, b], (row) => along.reference[row]!);
  return inflation(
    groupsOf(current, [a, b], (row) => along.current[row]!),
    before,
    stretchOf(timed),
  );
}

/**
 * The same of the share that one of the two levels has among the rows of both: a level that is held for hours has no share to speak of in
 * a window of a day.
 *
 * @param codes of the window's rows in order of time, and of those of the reference that companies know
 */
export function inflationOfShares(
  codes: { readonly current: Int32Array; readonly reference: Int32Array },
  [a, b]: readonly [number, number],
  timed: TimesOfRows,
): number {
  const shares = (of: Int32Array): Group[] => [
    { rows: rowsWith(of, (code) => code === a || code === b), valueOf: (row) => (of[row] === a ? 1 : 0) },
  ];
  return inflation(shares(codes.current), shares(codes.reference), stretchOf(timed));
}

/** Rows whose mean counts: the first group's as it is, that of a second taken from it. */
interface Group {
  readonly rows: readonly number[];
  readonly valueOf: (row: number) => number;
}

function groupsOf(codes: Int32Array, levels: readonly number[], valueOf: (row: number) => number): Group[] {
  return levels.map((level) => ({ rows: rowsWith(codes, (code) => code === level), valueOf }));
}

function rowsWith(codes: Int32Array, is: (code: number) => boolean): number[] {
  const rows: number[] = [];
  for (const [row, code] of codes.entries()) if (is(code)) rows.push(row);
  return rows;
}

function inflation(now: readonly Group[], before: readonly Group[], stretches: Int32Array | null): number {
  const ofWindow = STRETCHES.map((count) => clustered(now, count));
  return Math.max(...ofWindow, stretches === null ? 1 : overStretches(before, stretches));
}

const beyondChance = (ratio: number, df: number): number =>
  ratio > 1 + BEYOND_CHANCE * Math.sqrt(2 / df) ? ratio : 1;

function momentsOf({ rows, valueOf }: Group): { readonly mean: number; readonly variance: number } {
  const mean = rows.reduce((sum, row) => sum + valueOf(row), 0) / Math.max(1, rows.length);
  const squares = rows.reduce((sum, row) => sum + (valueOf(row) - mean) ** 2, 0);
  return { mean, variance: squares / Math.max(1, rows.length - 1) };
}

function clustered(groups: readonly Group[], count: number): number {
  const all = groups.flatMap(({ rows }) => rows).sort((one, other) => one - other);
  const placeOf = new Map(all.map((row, at) => [row, Math.floor((at * count) / all.length)]));
  const sums = new Float64Array(count);
  let alone = 0;
  for (const [at, group] of groups.entries()) {
    const { mean, variance } = momentsOf(group);
    const { rows, valueOf } = group;
    alone += variance / rows.length;
    const sign = at === 0 ? 1 : -1;
    for (const row of rows) sums[placeOf.get(row)!]! += (sign * (valueOf(row) - mean)) / rows.length;
  }
  const squares = sums.reduce((sum, each) => sum + each ** 2, 0);
  return alone > 0 ? beyondChance(((count / (count - 1)) * squares) / alone, count - 1) : 1;
}

function overStretches(groups: readonly Group[], stretchOfRow: Int32Array): number {
  const known = groups.map((group) => ({ group, ...momentsOf(group), sums: new Map<number, Sums>() }));
  for (const { group, sums } of known) {
    for (const row of group.rows) {
      const stretch = stretchOfRow[row]!;
      if (stretch < 0) continue;
      const into = sums.get(stretch) ?? { rows: 0, sum: 0 };
      into.rows += 1;
      into.sum += group.valueOf(row);
      sums.set(stretch, into);
    }
  }
  const ratios = [...(known[0]?.sums.keys() ?? [])].flatMap((stretch) => {
    let [off, noise] = [0, 0];
    for (const [at, { mean, variance, sums }] of known.entries()) {
      const of = sums.get(stretch);
      if (of === undefined || of.rows < MIN_ROWS) return [];
      off += (at === 0 ? 1 : -1) * (of.sum / of.rows - mean);
      noise += variance / of.rows;
    }
    return noise > 0 ? [off ** 2 / noise] : [];
  });
  if (ratios.length < MIN_OF_REFERENCE) return 1;
  return beyondChance(ratios.reduce((sum, each) => sum + each, 0) / ratios.length, ratios.length);
}

interface Sums {
  rows: number;
  sum: number;
}

/** Of the rows of the reference that companies know, in stretches as long as the window; null without times or of fewer than four. */
function stretchOf({ currentMs, referenceMs }: TimesOfRows): Int32Array | null {
  const window = timesSpanOf(currentMs);
  if (referenceMs === null || window === null || window.length === 0) return null;
  const times = Float64Array.from(drawnRows(referenceMs.length), (row) => referenceMs[row]!);
  const span = timesSpanOf(times);
  if (span === null || span.length < MIN_OF_REFERENCE * window.length) return null;
  return stretchesOfLength(times, span, window.length).of;
}
