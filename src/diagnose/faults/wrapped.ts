import { ksPValue } from '../../stats/significance/ks.ts';
import { quantileReached } from '../../stats/quantiles.ts';
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
    if (distance > near || untransformed < MIN_IMPROVEMENT * distance) {
      const found = bothEnds({ name, reference, current }, end, p);
      if (found !== null) return found;
      continue;
    }
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

/** The reference spreads by less of the end than this, and what is left of it leaves out as much as that between its two groups. */
const MOST_SPREAD = 0.8;
const MIN_GAP = 0.1;
/** Each group has so many of the rows, and reaches so near to its end. */
const MIN_GROUP = 0.05;
const AT_END = 0.05;
const EDGE = 0.01;

/**
 * A window is elsewhere within the reference than all of it: an hour of a machine. Then values that lie about a multiple of the end fall apart
 * into a group near nothing and one near the end, all below what ever was; put back they lie side by side, within all that was.
 */
function bothEnds({ name, reference, current }: SortedPair, end: number, p: number): Suspicion | null {
  const [least, most] = [reference[0]!, reference.at(-1)!];
  const [low, high] = [quantileReached(reference, EDGE), quantileReached(reference, 1 - EDGE)];
  if (high - low > MOST_SPREAD * end || current.at(-1)! >= low) return null;
  const middle = quantileReached(reference, 0.5);
  const put = current.map((value) => value + end * Math.round((middle - value) / end));
  const isBack = put.filter((value) => value >= least && value <= most).length >= (1 - EDGE) * put.length;
  const split = put.findIndex((value, row) => row > 0 && value < put[row - 1]!);
  const share = split / current.length;
  if (!isBack || split < 0 || share < MIN_GROUP || share > 1 - MIN_GROUP) return null;
  const [few, many] = [current.slice(0, split), current.slice(split)];
  const gap = many[0]! - few.at(-1)!;
  const isCut = few[0]! <= AT_END * end && many.at(-1)! >= (1 - AT_END) * end;
  if (!isCut || gap < MIN_GAP * end) return null;
  if (!hasDistinct(few, MIN_DISTINCT) || !hasDistinct(many, MIN_DISTINCT)) return null;
  return suspicion('out_of_range', name, {
    detail: `values are what is left of the old ones beyond multiples of ${end}: 99 % were ${low} or more, and now they lie at both ends of 0 … ${end}, with none between ${few.at(-1)!} and ${many[0]!}; put back they lie side by side within ${least} … ${most}`,
    share: 1,
    statistic: 1,
    p,
    doubt: p,
  });
}
