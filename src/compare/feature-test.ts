import type { CycleFigures, CycleKind } from '../core/columns/cycle-figures.ts';
import type { BinnedCounts, Overdispersion } from '../core/columns/figures.ts';
import { cellGroups, DEFAULT_MIN_EXPECTED, sumGroups } from '../stats/cells.ts';
import type { CellCounts } from '../stats/cells.ts';
import { cellDistances } from '../stats/distances/cell-distances.ts';
import { sum } from '../stats/elementary.ts';
import {
  addUpCells,
  MIN_PHASE_WINDOWS,
  mixOfPhases,
  phaseOf,
  phasesAround,
  sumsByPhase,
} from '../stats/significance/cycle.ts';
import { fisherExactTest } from '../stats/significance/fisher-exact.ts';
import { gTest } from '../stats/significance/g-test.ts';
import type { ContingencyResult } from '../stats/significance/g-test.ts';
import { ksPValue } from '../stats/significance/ks.ts';
import { windowsThatCount } from '../stats/pooled/known-stretches.ts';
import { overdispersedPValue, spreadAt, windowSpread } from '../stats/significance/overdispersion.ts';
import type { WindowSpread } from '../stats/significance/overdispersion.ts';
import { phaseSpreads } from '../stats/significance/phase-spread.ts';
import type { Measures } from './measures/measures.ts';
import { alignUsual, alignWindows } from './overdispersion.ts';
import type { BeganAt } from './options.ts';
import type { HealthyWindow } from './overdispersion.ts';

/** The one p-value of a feature, and what it rests on. */
export interface FeatureTest {
  readonly cells: CellCounts;
  readonly g: ContingencyResult;
  /** Null where nothing can be tested: a side without values, or one and the same cell throughout. */
  readonly pValue: number | null;
  readonly overdispersion: Overdispersion | null;
  /** Null: judged against all of the reference. */
  readonly cycle: CycleFigures | null;
  /** What is usual at its hours, of a window too small to be tested beside them, too: several such windows together are not. Null: no cycle, or too little known of them. */
  readonly usual: readonly number[] | null;
}

/** Rows of its own hours that a window needs to be judged against them. */
const MIN_USUAL_ROWS = 200;

/**
 * Numbers: twice the smaller of G (which sees any change of the bins) and KS (which sees small shifts across them).
 * Levels: G. Where all but a handful of rows are in one cell, G gives way to Fisher's exact test of that cell against
 * the rest. With enough reference windows and more spread among them than independent rows have, G measured against
 * that spread alone: KS has no such correction. Where these windows follow a cycle, G is of the window beside those of its own
 * phase, and the spread that within phases.
 */
export function testFeature(
  measures: Measures,
  windows: readonly HealthyWindow[],
  began?: BeganAt,
): FeatureTest {
  const { counts } = measures;
  const n = sum(counts.reference);
  const m = sum(counts.current);
  const groups = cellGroups(counts.reference, counts.current, {
    ordered: measures.kind === 'numeric',
    minExpected: DEFAULT_MIN_EXPECTED,
  });
  const shown = {
    reference: sumGroups(counts.reference, groups),
    current: sumGroups(counts.current, groups),
  };
  const cells = measures.tested ?? shown;
  const g = gTest(cells.reference, cells.current);
  if (n === 0 || m === 0) return { cells, g, pValue: null, overdispersion: null, cycle: null, usual: null };
  const hours = usualHours(measures, windows, began);
  const usual = hours?.usual ?? null;
  const ofCells = g.cells >= 2 ? g.p_value : isWhole(cells) ? exactPValue(counts, n, m) : null;
  const ks = measures.metrics.ks;
  const independent =
    ks === undefined ? ofCells : Math.min(1, 2 * Math.min(ofCells ?? 1, ksPValue(ks.statistic, n, m)));
  if (independent === null) return { cells, g, pValue: null, overdispersion: null, cycle: null, usual };
  const inPhase = hours === null ? null : testInPhase(measures, hours, { began, healthy: windows });
  if (inPhase !== null) return { cells, g, usual, ...inPhase };
  const aligned = alignWindows(counts.bins, windows).map((window) => sumGroups(window, groups));
  const alone = windowSpread(aligned);
  if (alone === null) return { cells, g, pValue: independent, overdispersion: null, cycle: null, usual };
  const gOfShown = gTest(shown.reference, shown.current);
  const clocks = windows.map(({ clock }) => (began?.dayByDay === true ? undefined : clock));
  const apart = windowsApart(began, () => ({ healthy: aligned, usualOfHealthy: [] }));
  // Of windows as they are, and of all windows of an hour together, the spread that makes this one least rare.
  const widest = [alone, ...phaseSpreads(aligned, clocks, m).map(({ spread }) => spread)]
    .map((spread) => spreadAt(spread, m / apart, n))
    .map((spread) => ({
      spread,
      p: spread.mean > spread.df ? overdispersedPValue(gOfShown, spread) : independent,
    }))
    .reduce((one, other) => (other.p > one.p ? other : one));
  return {
    cells,
    g,
    pValue: widest.p,
    overdispersion: told({ ...widest.spread, measuredRate: alone.measuredRate }, gOfShown),
    cycle: null,
    usual,
  };
}

/** So many windows whose rows are alike, each for itself: of several put together, as far as those of the reference that follow each other are not. */
function windowsApart(began: BeganAt | undefined, known: () => HealthyStretches): number {
  const count = Math.max(1, began?.windows.length ?? 1);
  return count === 1 || began?.dayByDay === true ? count : windowsThatCount(known(), count);
}

type HealthyStretches = Parameters<typeof windowsThatCount>[0];

function told(spread: WindowSpread, g: ContingencyResult): Overdispersion {
  return {
    windows: spread.windows,
    factor: spread.factor,
    independent_p_value: g.p_value,
    measured_rate: spread.measuredRate,
  };
}

interface UsualHours {
  readonly by: CycleKind;
  /** As many rows of the same hours as they are worth, by the bins of the window. */
  readonly usual: readonly number[];
  /** So many windows of the reference are of these hours. */
  readonly windows: number;
  readonly aligned: readonly (readonly number[])[];
  readonly phases: readonly number[];
}

/** Null: no cycle, or too little is known of this phase. */
function usualHours(
  { counts }: Measures,
  windows: readonly HealthyWindow[],
  began: BeganAt | undefined,
): UsualHours | null {
  const by = windows[0]?.cycle?.by;
  if (by === undefined || began === undefined) return null;
  const phases = windows.map(({ cycle }) => cycle?.phase ?? -1);
  const aligned = alignWindows(counts.bins, windows);
  const found = usualAt(began, by, aligned, phases);
  if (found === null) return null;
  const usual = counts.bins.map((_, cell) => found.usual[cell] ?? 0);
  return sum(usual) < MIN_USUAL_ROWS ? null : { by, usual, windows: found.windows, aligned, phases };
}

/** Null: the window has too few rows for two cells, or nothing is known of how windows of these hours spread. */
function testInPhase(
  { counts, kind }: Measures,
  { by, usual, windows, aligned, phases }: UsualHours,
  { began, healthy }: { readonly began: BeganAt | undefined; readonly healthy: readonly HealthyWindow[] },
): Pick<FeatureTest, 'pValue' | 'overdispersion' | 'cycle'> | null {
  const rows = sum(usual);
  const ordered = kind === 'numeric';
  const groups = cellGroups(usual, counts.current, { ordered, minExpected: DEFAULT_MIN_EXPECTED });
  if (groups.length < 2) return null;
  const g = gTest(sumGroups(usual, groups), sumGroups(counts.current, groups));
  const own = aligned.map((window) => sumGroups(window, groups));
  const alone = windowSpread(own, phases);
  if (alone === null) return null;
  const apart = windowsApart(began, () => ({
    healthy: own,
    usualOfHealthy: alignUsual(counts.bins, healthy).map((each) => each && sumGroups(each, groups)),
  }));
  const spread = spreadAt(alone, sum(counts.current) / apart, rows);
  const figures: CycleFigures = {
    by,
    windows,
    rows: Math.round(rows),
    psi: cellDistances(usual, counts.current).psi ?? 0,
    ...(ordered && { ks: largestGap(usual, counts.current) }),
  };
  return {
    pValue: spread.mean > spread.df ? overdispersedPValue(g, spread) : g.p_value,
    overdispersion: told(spread, g),
    cycle: figures,
  };
}

/** What such a mix of hours counts in the reference, as many rows as it is worth. Null: one of them is hardly known. */
function usualAt(
  { windows: judged, timeZone }: BeganAt,
  by: CycleKind,
  windows: readonly (readonly number[])[],
  phases: readonly number[],
): { readonly usual: number[]; readonly windows: number } | null {
  const sums = sumsByPhase(windows, phases);
  const asked = judged.map(({ startMs, rows }) => ({ rows, phase: phaseOf(by, startMs, timeZone) }));
  const isAsked = new Set(asked.map(({ phase }) => phase));
  const countOf = (phase: number): number => phases.filter((each) => each === phase).length;
  if ([...isAsked].some((phase) => countOf(phase) < MIN_PHASE_WINDOWS)) return null;
  // Of few rows at some hour of the night those before and after say what nights are.
  const around = new Map([...isAsked].map((phase) => [phase, phasesAround(phase, by, sums, MIN_USUAL_ROWS)]));
  const sumOf = new Map(
    [...around].map(([phase, near]) => [
      phase,
      addUpCells(near.flatMap((each) => (sums.has(each) ? [sums.get(each)!] : []))),
    ]),
  );
  const usual = mixOfPhases(asked.map(({ rows, phase }) => ({ rows, usual: sumOf.get(phase)! })));
  return usual === null
    ? null
    : { usual, windows: sum([...new Set([...around.values()].flat())].map(countOf)) };
}

/** Of the cumulative shares at the edges of the bins. */
export function largestGap(before: readonly number[], now: readonly number[]): number {
  const [n, m] = [sum(before), sum(now)];
  let [gap, largest] = [0, 0];
  for (const [cell, count] of before.entries()) {
    gap += count / n - (now[cell] ?? 0) / m;
    largest = Math.max(largest, Math.abs(gap));
  }
  return largest;
}

/** Fewer cells than are shown may be a reference that counts for less than its rows: no exact test has a rule for it. */
function isWhole(cells: CellCounts): boolean {
  return cells.reference.every(Number.isInteger);
}

/** The fullest cell against all others; null when there are no others. */
function exactPValue(counts: BinnedCounts, n: number, m: number): number | null {
  const totals = counts.reference.map((a, i) => a + (counts.current[i] ?? 0));
  const fullest = totals.indexOf(Math.max(...totals));
  if (totals[fullest] === n + m) return null;
  return fisherExactTest(n - (counts.reference[fullest] ?? 0), n, m - (counts.current[fullest] ?? 0), m);
}
