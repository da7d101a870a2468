import { ksPValue } from '../../stats/significance/ks.ts';
import { FAULT_ALPHA, sameDistance } from '../thresholds.ts';
import { asPercent } from '../wording.ts';
import { decimalStep, distanceWithin } from './resolution.ts';
import { hasDistinct } from './sorted-pair.ts';
import type { SortedPair } from './sorted-pair.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';
import { growthOf } from './units/growth.ts';

const MIN_ROWS = 100;
/** Where a field or a counter ends: after so many digits, or bits. */
const ENDS = [10, 100, 1_000, 10_000, 256, 65_536];
/** Of the reference, beyond that end. */
const MIN_BEYOND = 0.2;
const MIN_DISTINCT = 5;
const MIN_UNTRANSFORMED = 0.2;
const MIN_IMPROVEMENT = 3;
/** Remainders of what mostly lay beyond fill all that is below, and nothing else in the world does: it may have moved besides. */
const MOSTLY_BEYOND = 0.5;
const ROUGHLY = 6;

/**
 * Only the last digits, or bits, are left of every value: x became x mod m (m 10, 100, 1,000, 10,000, 256 or 65,536).
 *
 * A fifth of the reference is m or more and nothing of the window is; the reference's values mod m are the window's (distance as
 * for units, or where half of the reference was beyond a sixth of what the values themselves are away), as they are they are far from it (0.2, and three times farther), and neither are they times any factor: what became smaller
 * keeps its shape, and remainders have none. O(n log n).
 *
 * @param features columns looked at
 */
export function wrappedValues({ name, reference, current }: SortedPair, features: number): Suspicion | null {
  if (Math.min(reference.length, current.length) < MIN_ROWS || !hasDistinct(current, MIN_DISTINCT))
    return null;
  if (!(reference[0]! >= 0) || !(current[0]! >= 0)) return null;
  const most = current.at(-1)!;
  const untransformed = distanceWithin(current, reference, 0);
  const p = ksPValue(untransformed, reference.length, current.length);
  if (untransformed < MIN_UNTRANSFORMED || p * features * ENDS.length >= FAULT_ALPHA) return null;
  const limit = sameDistance(reference.length, current.length);
  for (const end of ENDS) {
    const beyond = reference.reduce((sum, value) => (value >= end ? sum + 1 : sum), 0) / reference.length;
    if (most >= end || beyond < MIN_BEYOND) continue;
    const distance = distanceWithin(current, reference.map((value) => value % end).sort(), 0);
    const near = beyond >= MOSTLY_BEYOND ? Math.max(limit, untransformed / ROUGHLY) : limit;
    if (distance > near || untransformed < MIN_IMPROVEMENT * distance) continue;
    const growth = growthOf(reference, current, decimalStep(current) / 2);
    if (growth !== null && growth.distance <= Math.max(limit, 2 * distance)) continue;
    return suspicion('out_of_range', name, {
      detail: `values are what is left of the old ones beyond multiples of ${end} (distance ${distance.toFixed(3)}, as they are ${untransformed.toFixed(3)}): ${asPercent(beyond)} were ${end} or more and none is, and no factor makes them so`,
      share: 1,
      statistic: untransformed,
      p,
      doubt: distance / (10 * untransformed),
    });
  }
  return null;
}
