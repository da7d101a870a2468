import { areNameRanges } from '../compare/measures/name-ranges.ts';
import type { ComparisonReason } from '../compare/assess.ts';
import type { ComparedWindow } from '../compare/compared-window.ts';
import { alignUsual, alignWindows } from '../compare/overdispersion.ts';
import type { HealthyWindow, WindowCounts } from '../compare/overdispersion.ts';
import { keptWith, remember } from '../core/memory/remember.ts';
import type { BinnedCounts } from '../core/columns/figures.ts';
import { showsTogether } from '../core/columns/pooled-figures.ts';
import { setAside } from '../core/columns/feature-settings.ts';
import type { FeatureSettings } from '../core/columns/feature-settings.ts';
import type { FeatureComparison } from '../core/findings.ts';
import type { FeatureKind } from '../core/table.ts';
import { howFarApart } from './how-far-apart.ts';
import { independentColumns } from './independent-windows.ts';
import { AS_LARGE, isAWeek } from './own-stretches.ts';
import { A_FEW, cellsOfTable, ENOUGH_WINDOWS, sharesItsTime } from './shared-time.ts';
import { MOST_EARLIER, NOTHING_EARLIER } from './windows-before.ts';
import type { EarlierWindows } from './windows-before.ts';
import { normalQuantile, normalSurvival } from '../stats/distributions.ts';
import { sum } from '../stats/elementary.ts';
import { CORRECTIONS } from '../stats/corrections.ts';
import { partOfLast, scanWindows, windowsSince } from '../stats/pooled/pooled-scan.ts';
import type { PooledFinding, PooledWindows } from '../stats/pooled/pooled-scan.ts';
import { MIN_REFERENCE_WINDOWS } from '../stats/significance/overdispersion.ts';
import { areNarrow, CERTAINLY_NARROW } from '../stats/significance/narrow-window.ts';
import { areNeighboursApart, growApart } from '../stats/significance/own-spread.ts';

export interface WindowPoolOptions {
  /** Healthy windows by column: how far windows spread by themselves. */
  readonly healthy: EarlierWindows;
  readonly settings: FeatureSettings;
  /** So many rows together are enough, however few each window has. */
  readonly minRows: number;
  /** Columns whose levels come and are gone: these have nothing to add up. Absent: none. */
  readonly brief?: ReadonlySet<string>;
  /** The reference has no times: how far windows spread, those before this one say. */
  readonly isUntimed?: boolean;
  /** Of the window, from its first row to its last; asked beside such a reference. */
  readonly lengthMs?: number;
  /** Windows before this one whatever incidents there were; asked beside such a reference, for how far windows spread. Absent: `earlier`. */
  readonly around?: EarlierWindows;
}

/** What a window that is too small by itself is not judged for. */
const TOO_SMALL: ReadonlySet<string> = new Set<ComparisonReason>(['too_few_rows', 'too_few_values']);
/** At most one false alarm in a thousand windows of fifty independent features: `npm run bench:pooled`. */
const POOLED_Q = 0.0016;
/** What a name is given to: PSI 0.02, the notice floor, in standard deviations. */
export const FLOOR_SIZE = Math.sqrt(0.02);
const WORTH = { pValue: POOLED_Q, size: FLOOR_SIZE };

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
  if (options.isUntimed === true) return poolUntimed(compared, earlier, options);
  const independent = independentColumns(options.healthy);
  const looked = compared.features.map((feature) => {
    const healthy = independent.has(feature.name) ? NOTHING_EARLIER : options.healthy;
    return isLookedAt(feature, options) ? togetherWith(feature, earlier, { ...options, healthy }) : null;
  });
  const found = looked.map((windows) => windows && scanWindows(windows, WORTH));
  return withPooled(compared, looked, found);
}

/** What adds up over windows has to be known of them better than what one says: so many neighbours that differ are enough. */
const MANY = 0.35;

/**
 * The same beside a reference without times, from the seventh window on. Where windows are no further apart from each other than independent rows would be, as above;
 * of a column that spreads, and where one in seven of them does of all, what windows are is known from twenty of them.
 */
function poolUntimed(
  compared: ComparedWindow,
  earlier: EarlierWindows,
  options: WindowPoolOptions,
): ComparedWindow {
  const asked = compared.features.filter((feature) => isLookedAt(feature, options));
  const seen = (name: string): readonly WindowCounts[] => (options.around ?? earlier).get(name) ?? [];
  // Of fifty columns one is narrower by three standard errors now and then, and would never be added up.
  const sure = -normalQuantile(normalSurvival(CERTAINLY_NARROW) / Math.max(1, asked.length));
  const narrow = new Set(
    asked.filter((feature) => isNarrow(feature, seen(feature.name), sure)).map(({ name }) => name),
  );
  const spread = new Set(
    asked
      .filter((feature) => narrow.has(feature.name) || isSpread(feature, seen(feature.name)))
      .map(({ name }) => name),
  );
  const isAlike = spread.size >= A_FEW * asked.length || sharesItsTime(compared.features, seen);
  // What several windows said to have moved, and what goes on, is no weather.
  const apart = howFarApart(asked, (name) => seen(name).filter(({ isPooled }) => isPooled !== true));
  const looked = compared.features.map((feature): PooledWindows | null => {
    if (!isLookedAt(feature, options)) return null;
    const { name, counts } = feature;
    const before = seen(name);
    if (!isAlike && !spread.has(name)) {
      const rows = sum(counts?.current ?? []);
      const known = before.filter(({ current }) => sum(current) >= AS_LARGE * rows);
      if (known.length + 1 < ENOUGH_WINDOWS) return null;
      const windows = togetherWith(feature, earlier, { ...options, healthy: NOTHING_EARLIER });
      return windows && { ...windows, apart: (length, test) => apart.upTo(length, test, name) };
    }
    if (narrow.has(name) && !isAWeek(before.length, options.lengthMs ?? 0)) return null;
    if (before.length < MIN_REFERENCE_WINDOWS || growApart(alignWindows(counts?.bins ?? [], before)))
      return null;
    // A list of its own: what is made of one is kept with it, and that of a file grows.
    const windows = togetherWith(feature, earlier, { ...options, healthy: new Map([[name, [...before]]]) });
    return windows && { ...windows, apart: (length, test) => apart.upTo(length, test, name) };
  });
  return withPooled(
    compared,
    looked,
    looked.map((windows) => windows && scanWindows(windows, WORTH)),
  );
}

/** Whether a number's windows are narrower than the table, and so apart from each other, whether or not that has shown yet. */
function isNarrow(
  { kind, counts }: FeatureComparison,
  before: readonly WindowCounts[],
  sure: number,
): boolean {
  if (kind !== 'numeric' || counts === undefined) return false;
  return areNarrow(counts.reference, cellsOfTable(counts, [...before, counts]), sure);
}

/** Whether windows that follow each other are further apart than rows that are independent of each other let them be. */
function isSpread({ counts, overdispersion }: FeatureComparison, before: readonly WindowCounts[]): boolean {
  if (overdispersion !== undefined && overdispersion.factor > 1) return true;
  if (counts === undefined || before.length === 0) return false;
  return areNeighboursApart(alignWindows(counts.bins, [...before, counts]), { share: MANY });
}

function withPooled(
  compared: ComparedWindow,
  looked: readonly (PooledWindows | null)[],
  found: readonly (PooledFinding | null)[],
): ComparedWindow {
  const qValues = CORRECTIONS.benjamini_hochberg(found.flatMap((each) => each?.p_value ?? []));
  let at = 0;
  const features = compared.features.map((feature, i): FeatureComparison => {
    const [windows, figures] = [looked[i], found[i]];
    if (windows === null || windows === undefined || figures === null || figures === undefined)
      return feature;
    const q_value = qValues[at++]!;
    const drifted = q_value <= POOLED_Q && figures.size.upper >= FLOOR_SIZE;
    const course = {
      since_windows: drifted ? windowsSince(windows, figures.test) : null,
      last_window: drifted ? partOfLast(figures.windows, windows) : null,
    };
    return { ...feature, pooled: { ...figures, q_value, drifted, ...course } };
  });
  return { ...compared, features };
}

/** What several windows show and the last one of them does not deny. */
export function movedTogether(features: readonly FeatureComparison[]): FeatureComparison[] {
  return features.filter(({ pooled }) => showsTogether(pooled));
}

/** Over how many windows, by the feature that shows it most clearly: one change has one beginning, and the others know it less well. */
export function windowsOfChange(pooled: readonly FeatureComparison[]): number {
  const [clearest] = pooled
    .flatMap((feature) => feature.pooled ?? [])
    .toSorted((a, b) => a.p_value - b.p_value || b.size.estimate - a.size.estimate);
  return clearest?.since_windows ?? 1;
}

function isLookedAt(feature: FeatureComparison, { settings, brief }: WindowPoolOptions): boolean {
  const { status, reason, kind, counts } = feature;
  if (brief?.has(feature.name) === true) return false;
  if (kind !== 'numeric' && counts !== undefined && areNameRanges(counts)) return false;
  const isSmall = status === 'insufficient' && TOO_SMALL.has(reason);
  const isJudged = status === 'ok' || status === 'drift' || isSmall;
  return isJudged && feature.p_value !== null && setAside(settings.get(feature.name)) === null;
}

/** Windows by the cells of the last of them. */
export function pooledOf(
  { kind, counts }: { readonly kind: FeatureKind; readonly counts: BinnedCounts },
  windows: readonly WindowCounts[],
  healthy: readonly HealthyWindow[],
): PooledWindows {
  const { bins, reference } = counts;
  return {
    reference,
    windows: alignWindows(bins, windows),
    usual: alignUsual(bins, windows),
    ordered: kind === 'numeric',
    ...healthyIn(bins, healthy),
  };
}

type HealthyCells = Required<Pick<PooledWindows, 'healthy' | 'usualOfHealthy' | 'clocksOfHealthy'>>;

/** Most windows of a column have the same cells. */
const MOST_GRIDS = 4;
const gridsOf = keptWith((_healthy: readonly HealthyWindow[]) => new Map<string, HealthyCells>());

/** Healthy windows by these cells: the same ones for every window that has them, so that what is made of them is made once. */
function healthyIn(bins: BinnedCounts['bins'], healthy: readonly HealthyWindow[]): HealthyCells {
  const grids = gridsOf(healthy);
  const key = JSON.stringify(bins);
  const known = grids.get(key);
  if (known !== undefined) return known;
  const cells = {
    healthy: alignWindows(bins, healthy),
    usualOfHealthy: alignUsual(bins, healthy),
    clocksOfHealthy: healthy.map(({ clock }) => clock),
  };
  remember(grids, key, cells, MOST_GRIDS);
  return cells;
}

/** The feature's last windows, this one among them; null where there is nothing before. */
function togetherWith(
  { name, kind, counts }: FeatureComparison,
  earlier: EarlierWindows,
  { healthy, minRows }: WindowPoolOptions,
): PooledWindows | null {
  const before = earlier.get(name) ?? [];
  if (counts === undefined || before.length === 0) return null;
  const windows = [...before.slice(-MOST_EARLIER), counts];
  return { ...pooledOf({ kind, counts }, windows, healthy.get(name) ?? []), minRows };
}
