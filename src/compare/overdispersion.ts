import type { CycleKind } from '../core/columns/cycle-figures.ts';
import { keptWith } from '../core/memory/remember.ts';
import type { BinnedCounts } from '../core/columns/figures.ts';
import type { ColumnWindows, OwnWindows } from '../core/table.ts';
import type { InputProfile } from '../stats/profile/input-profile.ts';
import type { LabelProfile } from '../stats/profile/outcomes/label-profile.ts';
import { chooseCycle, phaseOf, sumsByPhase } from '../stats/significance/cycle.ts';
import { MIN_REFERENCE_WINDOWS } from '../stats/significance/overdispersion.ts';
import { hourAndDayOf } from '../stats/significance/phase-spread.ts';
import type { HourAndDay } from '../stats/significance/phase-spread.ts';
import { measuredCounts } from './measures/measure-profile.ts';
import { RARE_OR_NEW } from './measures/measures.ts';

/** Counts of one window in a feature's bins, as `FeatureComparison.counts` has them. */
export interface WindowCounts {
  readonly bins: readonly BinnedCounts['bins'][number][];
  readonly current: readonly number[];
  /** What was usual at its hours, by the same bins; absent where the column follows none. */
  readonly usual?: readonly number[];
  /** Whether the window said that the column moved. */
  readonly drifted?: boolean;
  /** Whether it said so with those before it. */
  readonly isPooled?: boolean;
}

/** A window of the reference, and of which phase it is where the column has a cycle. */
export interface HealthyWindow extends WindowCounts {
  readonly cycle?: { readonly by: CycleKind; readonly phase: number };
  /** Where the column has no cycle that can be shown. */
  readonly clock?: HourAndDay;
}

/**
 * Windows known to be healthy, counted on the reference they are compared with: what tells how far windows spread when
 * nothing is wrong. They should be about as large as the window that is judged.
 */
export interface ReferenceWindows {
  readonly features: ReadonlyMap<string, readonly HealthyWindow[]>;
  readonly prediction: readonly HealthyWindow[];
  readonly score: readonly HealthyWindow[];
  readonly label: readonly HealthyWindow[];
}

/** When windows began: without it they have no hours. */
export interface WindowTimes {
  readonly startsMs: readonly number[];
  readonly sizeMs: number;
  /** IANA name */
  readonly timeZone: string;
}

/** The profiles of healthy windows, in any order: a reference file cut by time, or windows of the past. */
export function referenceWindowsOf(
  windows: readonly { readonly input: InputProfile; readonly labels: LabelProfile | null }[],
): ReferenceWindows {
  const features = new Map<string, WindowCounts[]>();
  for (const { input } of windows) {
    for (const profile of input.features) {
      const counts = measuredCounts(profile);
      const known = features.get(profile.reference.name);
      if (known === undefined) features.set(profile.reference.name, [counts]);
      else known.push(counts);
    }
  }
  return {
    features,
    prediction: windows.map(({ input }) => measuredCounts(input.prediction)),
    score: windows.map(({ input }) => measuredCounts(input.score)),
    label: windows.flatMap(({ labels }) => (labels === null ? [] : [measuredCounts(labels.label)])),
  };
}

/** With the phase of each window and what the others of it counted, where the column follows a cycle (`chooseCycle`). */
export function inCycle(
  windows: readonly WindowCounts[],
  { startsMs, sizeMs, timeZone }: WindowTimes,
): readonly HealthyWindow[] {
  const [first] = windows;
  if (first === undefined || windows.length !== startsMs.length) return windows;
  if (windows.length < MIN_REFERENCE_WINDOWS) return windows;
  const counts = alignWindows(first.bins, windows);
  const timed = counts.map((each, i) => ({ startMs: startsMs[i]!, counts: each }));
  const by = chooseCycle(timed, sizeMs, timeZone);
  if (by === null)
    return windows.map((window, i) => ({ ...window, clock: hourAndDayOf(startsMs[i]!, timeZone) }));
  const phases = startsMs.map((startMs) => phaseOf(by, startMs, timeZone));
  const sums = sumsByPhase(counts, phases);
  return windows.map(({ current }, i): HealthyWindow => {
    const all = sums.get(phases[i]!) ?? [];
    return {
      bins: first.bins,
      current: current === first.current ? current : counts[i]!,
      usual: all.map((count, cell) => count - (counts[i]![cell] ?? 0)),
      cycle: { by, phase: phases[i]! },
    };
  });
}

/** As they are stored: the bins of a column once for all windows. */
export function storedWindows(
  { features, prediction, score, label }: ReferenceWindows,
  startsMs: readonly number[],
): OwnWindows {
  return {
    startsMs,
    features: new Map([...features].map(([name, windows]) => [name, together(windows)])),
    prediction: together(prediction),
    score: together(score),
    label: together(label),
  };
}

/** By length and time zone. */
const openedOf = keptWith((_own: OwnWindows) => new Map<string, ReferenceWindows>());

/** The other way round; done once for a baseline, since it costs a look for cycles. */
export function openWindows(own: OwnWindows, sizeMs: number, timeZone: string): ReferenceWindows {
  const opened = openedOf(own);
  const key = `${sizeMs} ${timeZone}`;
  const known = opened.get(key);
  if (known !== undefined) return known;
  const times = { startsMs: own.startsMs, sizeMs, timeZone };
  const open = (column: ColumnWindows): readonly HealthyWindow[] => inCycle(apart(column), times);
  const found: ReferenceWindows = {
    features: new Map([...own.features].map(([name, windows]) => [name, open(windows)])),
    prediction: open(own.prediction),
    score: open(own.score),
    label: open(own.label),
  };
  opened.set(key, found);
  return found;
}

/** All were counted on one reference. */
function together(windows: readonly WindowCounts[]): ColumnWindows {
  return { bins: windows[0]?.bins ?? [], counts: windows.map(({ current }) => current) };
}

function apart({ bins, counts }: ColumnWindows): WindowCounts[] {
  return counts.map((current) => ({ bins, current }));
}

/** What was usual at each window's hours, in the order of `bins`; null of a window that is of no hour. */
export function alignUsual(
  bins: readonly BinnedCounts['bins'][number][],
  windows: readonly WindowCounts[],
): (number[] | null)[] {
  return windows.map(({ bins: own, usual }) =>
    usual === undefined ? null : (alignWindows(bins, [{ bins: own, current: usual }])[0] ?? null),
  );
}

/** Each window's counts in the order of `bins`; levels that have no bin there are rare or new. */
export function alignWindows(
  bins: readonly BinnedCounts['bins'][number][],
  windows: readonly WindowCounts[],
): number[][] {
  const place = new Map(bins.map((bin, i) => [bin, i]));
  const rest = place.get(RARE_OR_NEW) ?? bins.length;
  return windows.map((window) => {
    const counts = Array.from({ length: Math.max(bins.length, rest + 1) }, () => 0);
    for (const [i, bin] of window.bins.entries()) {
      const at = place.get(bin) ?? rest;
      counts[at] = (counts[at] ?? 0) + (window.current[i] ?? 0);
    }
    return counts;
  });
}
