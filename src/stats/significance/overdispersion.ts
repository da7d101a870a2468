import { fSurvival } from '../distributions.ts';
import { mean, sampleVariance, sum } from '../elementary.ts';
import { sumsByPhase } from './cycle.ts';
import { chiSquareTest } from './chi-square.ts';
import { partOfGroups } from './part-of-groups.ts';
import { gTest } from './g-test.ts';
import type { ContingencyResult } from './g-test.ts';

/** Fewer windows than this say too little about how windows spread. */
export const MIN_REFERENCE_WINDOWS = 20;

/** Of fewer nothing can be seen of how far they are apart. */
const FEWEST_WINDOWS = 7;

/** Windows straight after each other: a week of hours, so that no hour and no day is left out. */
const STRETCH = 168;
/** From the reference's beginning to its end: eight weeks of hours, or columns that differ only at night, when few rows come, are not seen to. */
const MOST_STRETCHES = 8;

/**
 * Of a reference's own windows, in order of time, those that tell how far healthy ones spread: of more than 1,344 eight stretches of
 * 168, evenly over all; none where there are fewer than seven. Of fewer than twenty no p-value is learned, and only whether and how far windows are apart at all.
 *
 * @example windowsThatTell(Array.from({ length: 4_800 }, (_, i) => i)).slice(167, 169) // [167, 661]
 */
export function windowsThatTell<T>(windows: readonly T[]): T[] {
  if (windows.length < FEWEST_WINDOWS) return [];
  if (windows.length <= MOST_STRETCHES * STRETCH) return [...windows];
  const step = (windows.length - STRETCH) / (MOST_STRETCHES - 1);
  return Array.from({ length: MOST_STRETCHES }, (_, i) => Math.floor(i * step)).flatMap((from) =>
    windows.slice(from, from + STRETCH),
  );
}

/** The level whose false alarms are counted among the reference windows themselves. */
export const MEASURED_LEVEL = 0.001;

/** How windows of one feature spread around each other, against what independent rows would. */
export interface WindowSpread {
  /** Windows with rows. */
  readonly windows: number;
  /** Cells less one: the mean of each window's X² if rows were independent. */
  readonly df: number;
  /** Mean and variance (ddof 1) of X² over the windows, each against all others. */
  readonly mean: number;
  readonly variance: number;
  /** What the variance would be if rows were independent: more than twice `df` where windows have few rows. Absent: twice `df`. */
  readonly byChance?: number;
  /** mean / df: 1 for independent rows. */
  readonly factor: number;
  /** Rows that such a comparison is worth, 1/(1/rows + 1/others), on average: a larger window is further away where rows are alike. */
  readonly size: number;
  /** What part of mean − df is there in windows of any size: of rows that come in groups. The rest grows with them, as what all rows of a window share does. Absent: 0. */
  readonly ofGroups?: number;
  /** As many windows of this size would tell as much of how far such are apart. Absent, or more: all of them. */
  readonly counting?: number;
  /** Share of the windows that independent rows would have rejected at `MEASURED_LEVEL`. */
  readonly measuredRate: number;
}

/**
 * The spread of reference windows: Pearson's X² of each against the sum of all others. Not G, whose mean is that of independent rows
 * only where cells hold many: of ten rows in ten cells it is 1.1 times as large, of ten in twenty-six 0.9 times, and either grows into a
 * shift, or hides one, where the window that is judged has forty times as many.
 *
 * Purpose: rows that follow each other are alike, so a window differs from the baseline by more than independent rows
 * would; how much more is measured on windows known to be healthy. Input: per window the counts of the same cells, not
 * yet pooled further. Cells empty in all windows are dropped; windows without rows are left out.
 * Null with fewer than `atLeast` windows, 20, or fewer than two cells. Range: factor ≥ 0. For windows of another size: `spreadAt`.
 * With phases each is held against the others of its own only. Cost O(windows · cells).
 *
 * @example windowSpread(Array.from({ length: 20 }, (_, i) => [50 + (i % 2), 50])).windows // 20
 */
export function windowSpread(
  windows: readonly (readonly number[])[],
  phases: readonly number[] = [],
  atLeast = MIN_REFERENCE_WINDOWS,
): WindowSpread | null {
  const filled = windows.flatMap((counts, i) =>
    counts.some((count) => count > 0) ? [{ counts, phase: phases[i] ?? 0 }] : [],
  );
  const sums = sumsByPhase(
    filled.map(({ counts }) => counts),
    filled.map(({ phase }) => phase),
  );
  return spreadBeside(
    filled.map(({ counts, phase }) => ({
      counts,
      usual: (sums.get(phase) ?? []).map((total, cell) => total - (counts[cell] ?? 0)),
    })),
    atLeast,
  );
}

/** Healthy rows, and what is usual where they come from. */
export interface BesideUsual {
  readonly counts: readonly number[];
  readonly usual: readonly number[];
}

/** The spread of windows, or of stretches of them, each beside what is usual for it. Null as in `windowSpread`, or with fewer than `atLeast`. */
export function spreadBeside(
  windows: readonly BesideUsual[],
  atLeast = MIN_REFERENCE_WINDOWS,
): WindowSpread | null {
  const used = windows.filter(({ counts, usual }) => sum(counts) > 0 && sum(usual) > 0);
  const df = usedCellsOf(used.flatMap(({ counts, usual }) => [counts, usual])) - 1;
  if (df < 1 || used.length < atLeast) return null;
  const tested = used.map(({ counts, usual }) => ({ ...chiSquareTest(usual, counts), counts, usual }));
  const expected = mean(tested.map(({ df: own, counts, usual }) => own * finite(sum(counts) + sum(usual))));
  if (!(expected > 0)) return null;
  // Where windows of an hour never use some of the cells, they are held to fewer.
  const scale = df / expected;
  const average = scale * mean(tested.map(({ statistic }) => statistic));
  const sizes = used.map(({ counts, usual }) => worth(sum(counts), sum(usual)));
  const ofGroups = partOfGroups(
    tested.map(({ statistic }, i) => ({ beyond: scale * statistic - df, size: sizes[i]! })),
    df,
    MIN_REFERENCE_WINDOWS,
  );
  const rejected = used.filter(({ counts, usual }) => gTest(usual, counts).p_value < MEASURED_LEVEL).length;
  return {
    windows: used.length,
    df,
    mean: average,
    variance: scale ** 2 * sampleVariance(tested.map(({ statistic }) => statistic)),
    byChance: scale ** 2 * mean(tested.map(({ counts, usual }) => varianceByChance(counts, usual))),
    factor: average / df,
    size: mean(sizes),
    ...(ofGroups > 0 && { ofGroups }),
    measuredRate: rejected / used.length,
  };
}

/** X² of independent rows is N/(N − 1) times its degrees of freedom. */
const finite = (rows: number): number => (rows > 1 ? rows / (rows - 1) : 1);

/** Of X² of independent rows beside many others (Haldane, Biometrika 31, 1940): rare cells make it more than twice the degrees of freedom. */
function varianceByChance(counts: readonly number[], usual: readonly number[]): number {
  const rows = sum(counts);
  const all = rows + sum(usual);
  let [cells, inverse] = [0, 0];
  for (let cell = 0; cell < usual.length; cell++) {
    const both = (usual[cell] ?? 0) + (counts[cell] ?? 0);
    if (both === 0) continue;
    cells += 1;
    inverse += all / both;
  }
  return 2 * (cells - 1) + Math.max(0, inverse - cells ** 2 - 2 * cells + 2) / rows;
}

/** Standard errors from which on what was measured is what is, or nothing. */
const CERTAIN = 8;
/** Standard errors above it, and points of the sum. */
const REACH = 5;
const GRID = 120;
/** Windows are mostly a twentieth of a standard deviation apart and less: the square of it, which is X² beyond chance of a row. */
const USUAL = 0.05 ** 2;

/** Rows that a comparison of so many with so many is worth. */
const worth = (rows: number, others: number): number => 1 / (1 / rows + 1 / others);

/**
 * The spread of windows of another size than those it was learned from.
 *
 * Purpose: rows of a day are alike, the reference has 150 of them a day and this window 900: what sets a day apart counts six times
 * as much. Formula: X² less its degrees of freedom grows with the rows that the comparison is worth, but for what groups of rows make of windows of any size; for larger windows it is what it can be above zero given its
 * error, √(2·df/windows) or more where cells are rare (mean of a normal times half of Cauchy's law, of a scale of a twentieth of a standard deviation), and as many windows fewer are known as that error becomes larger. The variance beyond
 * that of chance grows as a square; for larger windows it is at least that of a change along one direction, as far as the standard error of the variance hides it. O(1).
 *
 * @param rows of the window, `others` of what it is compared with
 * @example spreadAt({ windows: 25, df: 4, mean: 8, variance: 32, factor: 2, size: 100, measuredRate: 0 }, 500, 125).mean // 8
 */
export function spreadAt(spread: WindowSpread, rows: number, others: number): WindowSpread {
  const { windows, df, mean: average, size, byChance = 2 * df } = spread;
  const beyond = Math.max(0, average - df);
  if (!(size > 0)) return spread;
  const ratio = worth(rows, others) / size;
  if (ratio <= 1) {
    const { ofGroups = 0 } = spread;
    return beyond === 0 ? spread : spreadOf(spread, beyond * (ofGroups + (1 - ofGroups) * ratio), beyond);
  }
  // What is not known of how far small windows are apart is not known of larger ones so many times over.
  const sure = aboveZero(average - df, Math.sqrt(byChance / windows), USUAL * size);
  const larger = beyond + sure.mean * (ratio - 1);
  const at = spreadOf(spread, larger, sure.mean, 1 - 1 / ratio);
  const error = ((ratio - 1) * sure.sd) / at.mean;
  return { ...at, counting: 1 + 2 / (degreesOf(at) * error ** 2) };
}

/**
 * The same where windows are taken to be alike until they show that they are not: a relation is what it was from day to day as a rule, and inputs are not. What
 * independent windows would show by chance is not made larger (drawn to zero as James and Stein do). O(1).
 *
 * @example spreadIfShown({ windows: 25, df: 4, mean: 4.5, variance: 9, factor: 1.125, size: 100, measuredRate: 0 }, 500, 125).mean // 4.5
 */
export function spreadIfShown(spread: WindowSpread, rows: number, others: number): WindowSpread {
  const { windows, df, mean: average, size, byChance = 2 * df } = spread;
  const beyond = Math.max(0, average - df);
  if (beyond === 0 || !(size > 0)) return spread;
  const ratio = worth(rows, others) / size;
  const sure = beyond * Math.max(0, 1 - byChance / windows / beyond ** 2);
  return spreadOf(spread, ratio <= 1 ? beyond * ratio : beyond + sure * (ratio - 1), beyond);
}

/**
 * With windows so far beyond chance. Of a non-central χ² the variance is 2(df + 2·beyond): the rest is how unlike each other windows are, and grows as a square. What
 * small windows cannot show of that, larger ones have: as far as chance hides it, all of them lie along one direction (a part of it that grows with `hidden`).
 */
function spreadOf(spread: WindowSpread, larger: number, beyond: number, hidden = 0): WindowSpread {
  const { windows, df, variance, byChance = 2 * df } = spread;
  const seen = Math.max(0, variance - (byChance + 4 * beyond));
  const most = Math.min(2 * beyond ** 2, seen + variance * Math.sqrt((2 + 12 / df) / windows));
  const unlike = seen + Math.max(0, most - seen) * hidden;
  const mean = df + larger;
  return {
    ...spread,
    mean,
    variance: unlike * (larger / beyond) ** 2 + 2 * (df + 2 * larger),
    factor: mean / df,
  };
}

/**
 * Mean and standard deviation of what is not below zero and was measured with this error, where most are about `usual` or less and some far more: a normal
 * times half of Cauchy's law, summed over a grid.
 */
function aboveZero(
  measured: number,
  error: number,
  usual: number,
): { readonly mean: number; readonly sd: number } {
  if (measured > CERTAIN * error) return { mean: measured, sd: error };
  // Rows that come by turns are more alike than chance, by more than a normal can be told of.
  const known = Math.max(measured, -CERTAIN * error);
  const most = Math.max(0, known) + REACH * error;
  let [weights, sum, squares] = [0, 0, 0];
  for (let i = 0; i < GRID; i++) {
    // Finer towards zero, where Cauchy's law is steep.
    const at = most * ((i + 0.5) / GRID) ** 2;
    const width = (i + 0.5) / GRID;
    const weight = (width * Math.exp(-(((known - at) / error) ** 2) / 2)) / (1 + (at / usual) ** 2);
    weights += weight;
    sum += weight * at;
    squares += weight * at * at;
  }
  const mean = sum / weights;
  return { mean, sd: Math.sqrt(Math.max(0, squares / weights - mean * mean)) };
}

/** Of the scaled χ² with this mean and variance. */
function degreesOf({ df, mean: average, variance }: Pick<WindowSpread, 'df' | 'mean' | 'variance'>): number {
  return variance > 0 ? Math.min(df, (2 * average ** 2) / variance) : df;
}

/**
 * p-value of a window's G where windows spread more than independent rows do.
 *
 * Formula: P(F > G/mean) with (d₁, d₁(K − 1)) degrees of freedom, G or X² where that is less (levels that come and go make G twice as large, and
 * how far healthy windows are away is known in X²), K windows of mean X² `mean`, and d₁ = min(df, 2·mean²/variance), the degrees of freedom of a scaled χ² with these two moments. Where the windows spread no more
 * than independent rows (mean ≤ df) the p-value of G stands. So does it when all windows are the same distance away
 * (variance 0), with d₁ = df. Range [0, 1], never below the independent one's for the same G when d₁ = df. O(1).
 *
 * @example overdispersedPValue({ statistic: 40, df: 4, cells: 5, p_value: 4.3e-8 }, { windows: 30, df: 4, mean: 16, variance: 128, factor: 4, size: 500, measuredRate: 0.5 }) // 0.046291996783701064
 */
export function overdispersedPValue(g: ContingencyResult, spread: WindowSpread): number {
  if (spread.mean <= spread.df) return g.p_value;
  const d1 = degreesOf(spread);
  const windows = Math.min(spread.windows, spread.counting ?? Infinity);
  const statistic = Math.min(g.statistic, g.pearson ?? g.statistic);
  return fSurvival(statistic / spread.mean, d1, d1 * (windows - 1));
}

function usedCellsOf(sums: readonly (readonly number[])[]): number {
  const cells = Math.max(0, ...sums.map(({ length }) => length));
  const isUsed = (cell: number): boolean => sums.some((counts) => (counts[cell] ?? 0) > 0);
  return Array.from({ length: cells }, (_, cell) => cell).filter(isUsed).length;
}
