import type { ComparedWindow } from '../compare/compared-window.ts';
import { alignWindows } from '../compare/overdispersion.ts';
import type { WindowCounts } from '../compare/overdispersion.ts';
import { setAside } from '../core/columns/feature-settings.ts';
import type { FeatureSettings } from '../core/columns/feature-settings.ts';
import type { FeatureComparison } from '../core/findings.ts';
import { CORRECTIONS } from '../stats/corrections.ts';
import { scanWindows } from '../stats/pooled/pooled-scan.ts';

/** Columns of earlier windows by name, in order of time, one window straight after the other, none of them accused. */
export type EarlierWindows = ReadonlyMap<string, readonly WindowCounts[]>;

/** Windows beside the one that is judged: lengths of 1, 2, 4, … 32. */
export const MOST_EARLIER = 31;

export const NOTHING_EARLIER: EarlierWindows = new Map();

export interface WindowPoolOptions {
  /** Healthy windows by column: how far windows spread by themselves. */
  readonly healthy: EarlierWindows;
  readonly settings: FeatureSettings;
}

/** One false alarm in a thousand windows is promised, and single windows take a third of it. */
const POOLED_Q = 0.0008;
/** What a name is given to: PSI 0.02, the notice floor, in standard deviations. */
export const FLOOR_SIZE = Math.sqrt(0.02);

/**
 * What small and lasting changes show only of several windows together: the same compared window, with `pooled` figures of
 * each feature, drifted where zero is refused and a change worth a name is not excluded. Status and verdict of the window stay what its own
 * rows say, whatever came before: what adds up is an incident's.
 */
export function poolWindows(
  compared: ComparedWindow,
  earlier: EarlierWindows,
  options: WindowPoolOptions,
): ComparedWindow {
  if (earlier.size === 0) return compared;
  const features = compared.features.map((feature) => ({ ...feature }));
  const scanned = features.filter(
    (feature) => isLookedAt(feature, options) && scan(feature, earlier, options),
  );
  const qValues = CORRECTIONS.benjamini_hochberg(scanned.map(({ pooled }) => pooled?.p_value ?? 1));
  for (const [i, feature] of scanned.entries()) {
    const pooled = { ...feature.pooled!, q_value: qValues[i]! };
    pooled.drifted = pooled.q_value <= POOLED_Q && pooled.size.upper >= FLOOR_SIZE;
    feature.pooled = pooled;
  }
  return { ...compared, features };
}

function isLookedAt(feature: FeatureComparison, { settings }: WindowPoolOptions): boolean {
  const isJudged = feature.status === 'ok' || feature.status === 'drift';
  return isJudged && feature.p_value !== null && setAside(settings.get(feature.name)) === null;
}

/** Adds `pooled`; false where there is nothing before. */
function scan(feature: FeatureComparison, earlier: EarlierWindows, { healthy }: WindowPoolOptions): boolean {
  const { counts } = feature;
  const before = earlier.get(feature.name) ?? [];
  if (counts === undefined || before.length === 0) return false;
  const align = (windows: readonly WindowCounts[]): number[][] => alignWindows(counts.bins, windows);
  const found = scanWindows({
    reference: counts.reference,
    windows: [...align(before.slice(-MOST_EARLIER)), counts.current],
    ordered: feature.kind === 'numeric',
    healthy: align(healthy.get(feature.name) ?? []),
  });
  if (found === null) return false;
  feature.pooled = { ...found, q_value: null, drifted: false };
  return true;
}
