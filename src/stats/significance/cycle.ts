import { DAY_MS, HOUR_MS, wallClock } from '../../core/clock.ts';
import { CYCLES } from '../../core/columns/cycle-figures.ts';
import type { CycleKind } from '../../core/columns/cycle-figures.ts';
import { fSurvival } from '../distributions.ts';
import { sum } from '../elementary.ts';

/** A phase known from fewer windows says little about what is usual in it. */
export const MIN_PHASE_WINDOWS = 3;
/** All kinds looked at in a column together. */
const CYCLE_ALPHA = 1e-4;
/** Differences between phases that days show apart from each other. */
const SEEN_APART: Readonly<Record<CycleKind, number>> = {
  hour_of_day: 3,
  hour_and_weekend: 1,
  hour_of_week: 6,
  day_of_week: 6,
};
/** Of the windows, those in phases that are known. */
const MIN_KNOWN_SHARE = 0.8;

export interface TimedCounts {
  readonly startMs: number;
  /** By cell, the same cells in all windows. */
  readonly counts: readonly number[];
}

/**
 * The phase of a cycle that a window begins in, by the wall clock of the time zone. Hours 0 to 23, those of a weekend 24
 * to 47, those of a week 0 to 167 from Thursday on (the first day of the epoch), days 0 to 6.
 *
 * @param timeZone IANA name
 * @example phaseOf('hour_of_day', Date.UTC(2026, 0, 5, 13, 30), 'Europe/Berlin') // 14
 */
export function phaseOf(cycle: CycleKind, startMs: number, timeZone: string): number {
  const local = wallClock(startMs, timeZone);
  const day = Math.floor(local / DAY_MS);
  const hour = Math.floor((local - day * DAY_MS) / HOUR_MS);
  // The epoch began on a Thursday: 2 is Saturday, 3 Sunday.
  const weekday = ((day % 7) + 7) % 7;
  switch (cycle) {
    case 'hour_of_day':
      return hour;
    case 'hour_and_weekend':
      return weekday === 2 || weekday === 3 ? 24 + hour : hour;
    case 'hour_of_week':
      return 24 * weekday + hour;
    case 'day_of_week':
      return weekday;
  }
}

/**
 * Whether healthy windows of one column follow a cycle, and which.
 *
 * Purpose: every column of ordinary life has its hours; a window of the night is to be compared with nights. Each kind, from
 * the coarsest on, is held against the one chosen before it. Formula: deviance D = 2 Σ n ln(share in the window / share in its
 * phase) splits exactly, D(coarse) = D(fine) + between; F = (between/more phases)/(D(fine)/(windows less phases)). Rows
 * that spread as independent ones do give it the degrees of freedom of all cells; what they spread beyond that has those of days,
 * and three for hours: cells move together, hours follow each other, and a day may be unlike others throughout. Chosen at p < 10⁻⁴ / kinds. Phases of fewer than three windows are left out; a kind of which
 * they hold a fifth is not looked at. Null: none, or too few windows to tell. Cost O(kinds · windows · cells).
 *
 * @param sizeMs length of a window: those of half a day and more have days only, those of more than a day none
 */
export function chooseCycle(
  windows: readonly TimedCounts[],
  sizeMs: number,
  timeZone: string,
): CycleKind | null {
  if (sizeMs > DAY_MS || sizeMs <= 0) return null;
  const kinds = CYCLES.filter((kind) => (kind === 'day_of_week') === 2 * sizeMs > DAY_MS);
  const filled = windows.filter(({ counts }) => sum(counts) > 0);
  let chosen: CycleKind | null = null;
  for (const kind of kinds) {
    const phases = filled.map(({ startMs }) => phaseOf(kind, startMs, timeZone));
    const known = knownPhases(phases);
    const used = filled.filter((_, i) => known.has(phases[i]!));
    if (used.length < MIN_KNOWN_SHARE * filled.length || known.size < 2) continue;
    const before = chosen;
    const coarse = used.map(({ startMs }) => (before === null ? 0 : phaseOf(before, startMs, timeZone)));
    const fine = phases.filter((phase) => known.has(phase));
    const days = new Set(used.map(({ startMs }) => Math.floor(wallClock(startMs, timeZone) / DAY_MS))).size;
    const p = improvementP(
      used.map(({ counts }) => counts),
      { coarse, fine },
      { first: SEEN_APART[kind], second: days - 1 - SEEN_APART[kind] },
    );
    if (p < CYCLE_ALPHA / kinds.length) chosen = kind;
  }
  return chosen;
}

function knownPhases(phases: readonly number[]): Set<number> {
  const counts = new Map<number, number>();
  for (const phase of phases) counts.set(phase, (counts.get(phase) ?? 0) + 1);
  return new Set([...counts].flatMap(([phase, count]) => (count >= MIN_PHASE_WINDOWS ? [phase] : [])));
}

function improvementP(
  given: readonly (readonly number[])[],
  { coarse, fine }: { readonly coarse: readonly number[]; readonly fine: readonly number[] },
  df: { readonly first: number; readonly second: number },
): number {
  const windows = withoutRareCells(given, fine);
  const more = new Set(fine).size - new Set(coarse).size;
  const left = windows.length - new Set(fine).size;
  const cells = (windows[0]?.length ?? 0) - 1;
  if (more < 1 || left < 1 || cells < 1 || df.second < 1) return 1;
  const within = devianceWithin(windows, fine);
  const between = devianceWithin(windows, coarse) - within;
  if (within <= 0) return between > 0 ? 0 : 1;
  const [onMore, onLeft] = [more * cells, left * cells];
  const dispersion = Math.max(1, within / onLeft);
  // Rows are noise of their own; what is beyond it is what the rows of a day have in common (Satterthwaite).
  const dfOf = (each: number, apart: number): number =>
    dispersion ** 2 / (1 / each + (dispersion - 1) ** 2 / apart);
  const ratio = Math.max(0, between) / williams(windows, fine) / onMore / dispersion;
  return fSurvival(ratio, dfOf(onMore, df.first), dfOf(onLeft, df.second));
}

/**
 * Cells of which half of the phases would have fewer than two rows are one: deviances of nearly empty cells have no law. So are those of which only one or two windows
 * have any: lots that come and are gone make every Monday another one, and none comes again.
 */
function withoutRareCells(windows: readonly (readonly number[])[], phases: readonly number[]): number[][] {
  const sums = [...sumsByPhase(windows, phases).values()];
  const rowsOfPhases = sums.map((counts) => sum(counts)).sort((a, b) => a - b);
  const least = MIN_CELL_ROWS / (rowsOfPhases[rowsOfPhases.length >> 1] ?? 1);
  const totals = addUpCells(sums);
  const all = sum(totals);
  const comesAgain = (cell: number): boolean =>
    windows.reduce((seen, counts) => seen + Number((counts[cell] ?? 0) > 0), 0) >= MIN_PHASE_WINDOWS;
  const kept = [...totals.keys()].filter((cell) => totals[cell]! >= least * all && comesAgain(cell));
  const isRest = kept.length < totals.filter((count) => count > 0).length;
  return windows.map((counts) => {
    const own = kept.map((cell) => counts[cell] ?? 0);
    return isRest ? [...own, sum(counts) - sum(own)] : own;
  });
}

const MIN_CELL_ROWS = 2;

/** By how much the deviance of few rows is larger than its law says (Williams, Biometrika 63, 1976). */
function williams(windows: readonly (readonly number[])[], phases: readonly number[]): number {
  const sums = [...sumsByPhase(windows, phases).values()];
  const totals = addUpCells(sums);
  const all = sum(totals);
  const inverse = (counts: readonly number[]): number =>
    all * counts.reduce((total, count) => total + (count > 0 ? 1 / count : 0), 0) - 1;
  const df = (sums.length - 1) * (totals.length - 1);
  return 1 + (inverse(sums.map((counts) => sum(counts))) * inverse(totals)) / (6 * all * Math.max(1, df));
}

/** Of windows with the same cells, cell by cell; none of no window. */
export function addUpCells(all: readonly (readonly number[])[]): number[] {
  return (all[0] ?? []).map((_, cell) => sum(all.map((counts) => counts[cell] ?? 0)));
}

/** Of windows around the sum of their phase: what the phases leave unexplained. */
function devianceWithin(windows: readonly (readonly number[])[], phases: readonly number[]): number {
  const sums = sumsByPhase(windows, phases);
  let deviance = 0;
  for (const [i, counts] of windows.entries()) {
    const together = sums.get(phases[i]!) ?? [];
    const [m, n] = [sum(counts), sum(together)];
    for (const [cell, count] of counts.entries()) {
      if (count > 0) deviance += 2 * count * Math.log((count / m) * (n / together[cell]!));
    }
  }
  return deviance;
}

/** Counts of all windows of a phase, by cell. */
export function sumsByPhase(
  windows: readonly (readonly number[])[],
  phases: readonly number[],
): Map<number, number[]> {
  const sums = new Map<number, number[]>();
  for (const [i, counts] of windows.entries()) {
    const known = sums.get(phases[i]!);
    if (known === undefined) sums.set(phases[i]!, [...counts]);
    else for (const [cell, count] of counts.entries()) known[cell] = (known[cell] ?? 0) + count;
  }
  return sums;
}

/** At night three hours before and after are night, too. */
const MOST_HOURS_AWAY = 3;

/**
 * The phase, and as many hours before and after it as it takes until `leastRows` of them are known, at most three: of a night in
 * which little happens each hour has hardly a row. Of days of the week the day alone.
 *
 * @example phasesAround(0, 'hour_of_day', new Map([[23, [150]], [0, [20]], [1, [50]]]), 200) // [0, 23, 1]
 */
export function phasesAround(
  phase: number,
  cycle: CycleKind,
  sums: ReadonlyMap<number, readonly number[]>,
  leastRows: number,
): number[] {
  const rowsOf = (phases: readonly number[]): number => sum(phases.map((each) => sum(sums.get(each) ?? [])));
  const hours = cycle === 'day_of_week' ? 0 : cycle === 'hour_of_week' ? 168 : 24;
  const first = hours === 24 ? 24 * Math.floor(phase / 24) : 0;
  const around = [phase];
  for (let away = 1; away <= MOST_HOURS_AWAY && hours > 0 && rowsOf(around) < leastRows; away++) {
    around.push(...[-away, away].map((by) => first + ((((phase - first + by) % hours) + hours) % hours)));
  }
  return around;
}

/** Rows of a window, and what the reference counted in windows of its phase. */
export interface RowsOfPhase {
  readonly rows: number;
  readonly usual: readonly number[];
}

/**
 * What such a mix of hours counts in the reference: shares by the rows of the windows, as many rows as those are worth for a mean,
 * 1/Σ(share²/rows of the phase) over phases, not over windows: of eight Mondays there are eight, however many are judged beside
 * them. Windows are of one phase where the same counts are usual. Null without a row on a side. Cost O(windows · phases + windows · cells).
 *
 * @example mixOfPhases([{ rows: 50, usual: [10, 30] }, { rows: 50, usual: [10, 30] }]) // [10, 30]
 */
export function mixOfPhases(windows: readonly RowsOfPhase[]): number[] | null {
  const all = windows.reduce((rows, window) => rows + window.rows, 0);
  const phases: { rows: number; readonly usual: readonly number[] }[] = [];
  for (const { rows, usual } of windows) {
    const known = phases.find((phase) => isSame(phase.usual, usual));
    if (known === undefined) phases.push({ rows, usual });
    else known.rows += rows;
  }
  const [only] = phases;
  if (phases.length === 1 && only !== undefined)
    return only.rows > 0 && sum(only.usual) > 0 ? [...only.usual] : null;
  let variance = 0;
  const shares: number[] = [];
  for (const { rows, usual } of phases) {
    const known = sum(usual);
    if (known === 0) return null;
    const share = rows / all;
    variance += share ** 2 / known;
    for (const [cell, count] of usual.entries()) shares[cell] = (shares[cell] ?? 0) + (share * count) / known;
  }
  return variance > 0 ? shares.map((share) => share / variance) : null;
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((count, cell) => count === b[cell]));
}
