import { quantileReached } from '../../stats/quantiles.ts';
import { ksPValue } from '../../stats/significance/ks.ts';
import { twoProportionTest } from '../../stats/significance/two-proportion.ts';
import { FAULT_ALPHA, MIN_FAULT_SHARE, sameDistance } from '../thresholds.ts';
import { asPercent } from '../wording.ts';
import { decimalStep, distanceWithin } from './resolution.ts';
import type { SortedPair } from './sorted-pair.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';
import { TRANSFORMATIONS, isHourOfDay, shiftHours, transformSorted } from './transformations.ts';
import type { Transformation } from './transformations.ts';

const MIN_ROWS = 50;
/** Columns of fewer values are codes: a rename can be seen there, a unit cannot. */
const MIN_DISTINCT = 8;
const MIN_UNTRANSFORMED_DISTANCE = 0.15;
const MIN_IMPROVEMENT = 3;
/** A part can only be told where reference and transformed reference hardly overlap. */
const MIN_SEPARATION = 0.9;
const MIN_OUTSIDE_OF_PART = 0.8;
const MIN_OUTSIDE_ROWS = 10;
const MAX_OUTSIDE_DISTANCE = 0.1;
/** Of what lies outside the reference's range, nearly all must lie where the transformation puts it. */
const MIN_SEEN_OF_OUTSIDE = 0.9;
const GRID = 200;
/** A reversed sign that a mere move of the mean by less than this explains as well is not called a fault. */
const MAX_PLAUSIBLE_MOVE = 2;

/**
 * All values, or a part of them, went through a named transformation (another unit, a logarithm, a lost sign).
 *
 * Whole: distance of the current values to the transformed reference ≤ max(0.03, the 0.1 % KS point), to the
 * untransformed one ≥ 0.15 and at least three times larger; half the resolution of the current values is forgiven.
 * Part: F_current = (1 − w)·F_reference + w·F_transformed, w ≥ 2 %, where the two hardly overlap. w is read off the
 * mass outside the reference's range, which must look like the transformed reference: least squares over the whole
 * axis would drown three percent of the rows in the noise of the other ninety-seven.
 * Why distances and not the fit of quantiles: a straight line through quantiles also fits real changes of scale.
 */
export function unitChange(pair: SortedPair, features: number): Suspicion | null {
  const { reference, current } = pair;
  if (Math.min(reference.length, current.length) < MIN_ROWS) return null;
  if (new Set(reference).size < MIN_DISTINCT) return null;
  const tolerance = decimalStep(current) / 2;
  const untransformed = distanceWithin(current, reference, tolerance);
  if (untransformed >= MIN_UNTRANSFORMED_DISTANCE) {
    const whole = wholeColumn(pair.name, reference, current, untransformed, tolerance);
    if (whole !== null) return whole;
  }
  return untransformed >= MIN_FAULT_SHARE ? partOfColumn(pair.name, reference, current, features) : null;
}

interface Fit {
  readonly name: string;
  readonly transformation: Transformation | null;
  readonly distance: number;
}

function wholeColumn(
  name: string,
  reference: Float64Array,
  current: Float64Array,
  untransformed: number,
  tolerance: number,
): Suspicion | null {
  const fits: Fit[] = [];
  for (const transformation of TRANSFORMATIONS) {
    const transformed = transformSorted(reference, transformation);
    if (transformed === null) continue;
    const distance = distanceWithin(current, transformed, tolerance);
    fits.push({ name: transformation.name, transformation, distance });
  }
  if (isHourOfDay(reference) && isHourOfDay(current)) {
    for (let shift = 1; shift < 24; shift++) {
      const distance = distanceWithin(current, shiftHours(reference, shift), 0);
      fits.push({
        name: `clock moved by ${shift > 12 ? shift - 24 : shift} h`,
        transformation: null,
        distance,
      });
    }
  }
  const best = fits.reduce<Fit | null>((a, b) => (a === null || b.distance < a.distance ? b : a), null);
  if (best === null || best.distance > sameDistance(reference.length, current.length)) return null;
  if (untransformed < MIN_IMPROVEMENT * best.distance) return null;
  const isFlip = best.transformation?.fault === 'sign_flip';
  if (isFlip && explainedByMove(reference, current)) return null;
  return suspicion(best.transformation?.fault ?? 'unit_change', name, {
    detail: `values fit ${best.name} (distance ${best.distance.toFixed(3)}, untransformed ${untransformed.toFixed(3)})`,
    share: 1,
    statistic: untransformed,
    p: ksPValue(untransformed, reference.length, current.length),
    doubt: best.distance / (10 * untransformed),
  });
}

/** Would the reference, moved by the difference of the medians, fit as well, and is that move not absurd? */
function explainedByMove(reference: Float64Array, current: Float64Array): boolean {
  const move = quantileReached(current, 0.5) - quantileReached(reference, 0.5);
  const width = (quantileReached(reference, 0.84) - quantileReached(reference, 0.16)) / 2;
  if (Math.abs(move) > MAX_PLAUSIBLE_MOVE * width) return false;
  const moved = reference.map((value) => value + move);
  const limit = sameDistance(reference.length, current.length);
  return distanceWithin(current, moved, 0) <= limit;
}

interface Part {
  readonly transformation: Transformation;
  readonly share: number;
  readonly distance: number;
}

function partOfColumn(
  name: string,
  reference: Float64Array,
  current: Float64Array,
  features: number,
): Suspicion | null {
  const low = reference[0]!;
  const high = reference.at(-1)!;
  const outside = current.filter((value) => value < low || value > high);
  const outsideShare = outside.length / current.length;
  if (outside.length < MIN_OUTSIDE_ROWS || outsideShare < MIN_FAULT_SHARE) return null;
  let best: Part | null = null;
  for (const transformation of TRANSFORMATIONS) {
    const part = fitPart(reference, current, outside, transformation);
    if (part !== null && (best === null || part.distance < best.distance)) best = part;
  }
  const test = twoProportionTest(0, reference.length, outside.length, current.length);
  if (best === null || test.p_value >= FAULT_ALPHA / features) return null;
  return suspicion(best.transformation.fault, name, {
    detail: `${asPercent(best.share)} of the values fit ${best.transformation.name} (distance of the mixture ${best.distance.toFixed(3)})`,
    share: best.share,
    statistic: test.statistic,
    p: test.p_value,
    doubt: Math.min(1, test.p_value + best.distance / 10),
  });
}

function fitPart(
  reference: Float64Array,
  current: Float64Array,
  outside: Float64Array,
  transformation: Transformation,
): Part | null {
  const transformed = transformSorted(reference, transformation);
  if (transformed === null || distanceWithin(reference, transformed, 0) < MIN_SEPARATION) return null;
  const low = reference[0]!;
  const high = reference.at(-1)!;
  const expected = transformed.filter((value) => value < low || value > high);
  const first = expected[0];
  const last = expected.at(-1);
  if (first === undefined || last === undefined) return null;
  const outsideOfPart = expected.length / transformed.length;
  if (outsideOfPart < MIN_OUTSIDE_OF_PART) return null;
  const margin = (last - first) / 10;
  const seen = outside.filter((value) => value >= first - margin && value <= last + margin);
  const seenShare = seen.length / current.length;
  if (seenShare < MIN_FAULT_SHARE || seen.length < MIN_SEEN_OF_OUTSIDE * outside.length) return null;
  const limit = Math.max(MAX_OUTSIDE_DISTANCE, sameDistance(expected.length, outside.length));
  if (distanceWithin(outside, expected, decimalStep(outside) / 2) > limit) return null;
  const share = Math.min(1, seenShare / outsideOfPart);
  const distance = mixtureGap(reference, transformed, current, share);
  return distance > sameDistance(reference.length, current.length)
    ? null
    : { transformation, share, distance };
}

/** Largest gap between F_current and (1 − w)·F_reference + w·F_transformed, on a grid of the current quantiles. */
function mixtureGap(
  reference: Float64Array,
  transformed: Float64Array,
  current: Float64Array,
  share: number,
): number {
  let gap = 0;
  for (let step = 1; step < GRID; step++) {
    const x = quantileReached(current, step / GRID);
    const mixed = (1 - share) * below(reference, x) + share * below(transformed, x);
    gap = Math.max(gap, Math.abs(below(current, x) - mixed));
  }
  return gap;
}

/** Share of sorted values ≤ x. */
function below(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low / sorted.length;
}
