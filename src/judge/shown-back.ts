import type { FeatureComparison } from '../core/findings.ts';
import { sizesOfLast } from '../stats/pooled/pooled-scan.ts';
import type { PooledWindows } from '../stats/pooled/pooled-scan.ts';
import { FLOOR_SIZE } from './pool-windows.ts';

/** What moved enough for an incident is seen in its cells at least so clearly. */
const SEEN_P = 0.01;

/** A feature that moved, from the first window of its incident to the one that is judged. */
export interface MovedAndBack {
  readonly kind: FeatureComparison['kind'];
  readonly reference: readonly number[];
  /** Counts by the same cells. */
  readonly windows: readonly (readonly number[])[];
  /** What was usual at the hours of each; absent: they are of none. */
  readonly usual?: PooledWindows['usual'];
  /** Of windows too small to be judged by themselves: what cannot be bounded is not back. */
  readonly strictly?: boolean;
  /** How far windows of the reference spread beyond independent rows, as a factor of G; 1: not at all. */
  readonly spread: number;
}

/**
 * Whether the last `clean` windows together bound the feature below half of what it was away before them, or below what is
 * worth a name: windows that are too small to have seen a change do not end it. True where nothing was away.
 *
 * @example isShownBack({ kind: 'numeric', reference: [500, 500], windows: [[90, 10], [51, 49]], spread: 1 }, 1) // true
 */
export function isShownBack(
  { kind, reference, windows, usual = [], strictly = false, spread }: MovedAndBack,
  clean: number,
): boolean {
  const away = windows.slice(0, -clean);
  if (away.length === 0) return true;
  const ordered = kind === 'numeric';
  const [first, ...others] = sizesOfLast(away.length, {
    reference,
    windows: away,
    usual: usual.slice(0, away.length),
    ordered,
  }).values();
  if (first === undefined) return !strictly;
  const furthest = others.reduce((best, look) => (look.p < best.p ? look : best), first);
  // It moved in what is not counted here: rows without a value.
  if (furthest.p > SEEN_P) return !strictly;
  const now = sizesOfLast(clean, { reference, windows, usual, ordered }).get(furthest.test)?.size();
  if (now === undefined) return !strictly;
  const upper = now.estimate + (now.upper - now.estimate) * Math.sqrt(spread);
  return upper < Math.max(FLOOR_SIZE, furthest.size().estimate / 2);
}
