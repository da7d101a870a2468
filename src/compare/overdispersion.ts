import type { BinnedCounts } from '../core/columns/figures.ts';
import type { ColumnWindows, OwnWindows } from '../core/table.ts';
import type { InputProfile } from '../stats/profile/input-profile.ts';
import type { LabelProfile } from '../stats/profile/outcomes/label-profile.ts';
import { measureProfile } from './measures/measure-profile.ts';
import { RARE_OR_NEW } from './measures/measures.ts';

/** Counts of one window in a feature's bins, as `FeatureComparison.counts` has them. */
export type WindowCounts = Pick<BinnedCounts, 'bins' | 'current'>;

/**
 * Windows known to be healthy, counted on the reference they are compared with: what tells how far windows spread when
 * nothing is wrong. They should be about as large as the window that is judged.
 */
export interface ReferenceWindows {
  readonly features: ReadonlyMap<string, readonly WindowCounts[]>;
  readonly prediction: readonly WindowCounts[];
  readonly score: readonly WindowCounts[];
  readonly label: readonly WindowCounts[];
}

/** The profiles of healthy windows, in any order: a reference file cut by time, or windows of the past. */
export function referenceWindowsOf(
  windows: readonly { readonly input: InputProfile; readonly labels: LabelProfile | null }[],
): ReferenceWindows {
  const features = new Map<string, WindowCounts[]>();
  for (const { input } of windows) {
    for (const profile of input.features) {
      const counts = measureProfile(profile).counts;
      const known = features.get(profile.reference.name);
      if (known === undefined) features.set(profile.reference.name, [counts]);
      else known.push(counts);
    }
  }
  return {
    features,
    prediction: windows.map(({ input }) => measureProfile(input.prediction).counts),
    score: windows.map(({ input }) => measureProfile(input.score).counts),
    label: windows.flatMap(({ labels }) => (labels === null ? [] : [measureProfile(labels.label).counts])),
  };
}

/** As they are stored: the bins of a column once for all windows. */
export function storedWindows({ features, prediction, score, label }: ReferenceWindows): OwnWindows {
  return {
    features: new Map([...features].map(([name, windows]) => [name, together(windows)])),
    prediction: together(prediction),
    score: together(score),
    label: together(label),
  };
}

/** The other way round. */
export function openWindows({ features, prediction, score, label }: OwnWindows): ReferenceWindows {
  return {
    features: new Map([...features].map(([name, windows]) => [name, apart(windows)])),
    prediction: apart(prediction),
    score: apart(score),
    label: apart(label),
  };
}

/** All were counted on one reference. */
function together(windows: readonly WindowCounts[]): ColumnWindows {
  return { bins: windows[0]?.bins ?? [], counts: windows.map(({ current }) => current) };
}

function apart({ bins, counts }: ColumnWindows): WindowCounts[] {
  return counts.map((current) => ({ bins: [...bins], current: [...current] }));
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
