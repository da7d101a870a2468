import { keptWith } from '../../../core/memory/remember.ts';
import { quantileReached } from '../../../stats/quantiles.ts';
import { fisherExactTest } from '../../../stats/significance/fisher-exact.ts';
import { FAULT_ALPHA, MIN_FAULT_SHARE, SAME_DISTANCE, sameDistance } from '../../thresholds.ts';
import { asPercent } from '../../wording.ts';
import { COMB_GAIN, digitsMoved } from './unit-comb.ts';
import { provenGain, tallyOfWindow } from './comb.ts';
import { CERTAIN, MAX_GROWTH, NARROW } from './growth.ts';
import type { Growth } from './growth.ts';
import { decimalStep, distanceWithin } from '../resolution.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';
import { TRANSFORMATIONS, lacksDigits, transformSorted } from './transformations.ts';
import type { Transformation } from './transformations.ts';
import { chanceCover, likelyFirst } from './unit-change.ts';
import type { UnitFacts } from './unit-change.ts';

/** A part can only be told where reference and transformed reference hardly overlap. */
const MIN_SEPARATION = 0.9;
/** Of the transformed reference what is looked at lies beyond this quantile, counted from the reference's side. */
const NEAR_QUANTILE = 0.15;
const MIN_SEEN_ROWS = 10;
/** Fewer rows have no shape that would tell one factor from another. */
const MIN_SHAPE_ROWS = 30;
const MAX_SHAPE_DISTANCE = 0.1;
const GRID = 200;
/** Growths and moves to either side of what the transformation does to the middle: in percent, and in thirtieths of the width. */
const OTHERS = 15;
/** That some rows are far from all others is odd enough; the factor need not be as certain as of a column that grew. */
const MAX_CHANCE_COVER = 0.2;
const GROWN_OF_SEEN = 0.5;
/** An offset must describe the window so many times better than they do. */
const MIN_BETTER = 2;

interface Part {
  readonly transformation: Transformation;
  readonly share: number;
  readonly distance: number;
  readonly p: number;
  /** Sorted current values beyond the border, and where that is. */
  readonly seen: Float64Array;
  readonly expected: Float64Array;
  readonly border: Border;
}

/** Where what a transformation makes of the reference lies, and the reference itself hardly. */
interface Border {
  readonly transformation: Transformation;
  readonly at: number;
  readonly isAbove: boolean;
  /** Share of the reference, and of the transformed reference, that lies there. */
  readonly own: number;
  readonly whole: number;
}

/** Of those that can be told from the reference at all. */
const bordersOf = keptWith((reference: Float64Array): readonly Border[] =>
  TRANSFORMATIONS.flatMap((transformation) => {
    if (!mayLieApart(reference, transformation)) return [];
    const transformed = transformSorted(reference, transformation);
    if (transformed === null || distanceWithin(reference, transformed, 0) < MIN_SEPARATION) return [];
    const isAbove = quantileReached(transformed, 0.5) > quantileReached(reference, 0.5);
    const at = quantileReached(transformed, isAbove ? NEAR_QUANTILE : 1 - NEAR_QUANTILE);
    const share = (sorted: Float64Array): number => beyond(sorted, { at, isAbove }).length / sorted.length;
    return [{ transformation, at, isAbove, own: share(reference), whole: share(transformed) }];
  }),
);

/** What is to lie apart has all but its near tenth beyond all but the far tenth of the reference; a line's quantiles are those of the values. */
function mayLieApart(reference: Float64Array, { line, apply }: Transformation): boolean {
  if (line === undefined) return true;
  const overlap = 1.2 * (1 - MIN_SEPARATION);
  const [low, high] = [quantileReached(reference, overlap), quantileReached(reference, 1 - overlap)];
  return apply(low) >= high || apply(high) <= low;
}

/** Sorted values on the far side, the border itself among them. */
function beyond(sorted: Float64Array, { at, isAbove }: Pick<Border, 'at' | 'isAbove'>): Float64Array {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isAbove ? sorted[middle]! < at : sorted[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return isAbove ? sorted.subarray(low) : sorted.subarray(0, low);
}

/**
 * Part of the rows went through a named transformation: F_current = (1 − w)·F_reference + w·F_transformed, w ≥ 2 %, where the two hardly
 * overlap (distance ≥ 0.9). w is read off the mass beyond the near seventh of the transformed reference, against what of the reference
 * lies there (a cold day of it does not hide a summer in °C), by Fisher's exact test below 1e-4 over columns and transformations;
 * what lies there must look like the transformed reference, and the mixture like the window. Least squares over the whole axis
 * would drown three percent of the rows in the noise of the other ninety-seven.
 *
 * Claimed as a unit of the whole column is: an offset, a factor certainly beyond 12 where the reference has no ten rows like these, or a comb. Otherwise some of the rows may
 * be of other people, with larger amounts.
 */
export function unitOfPart(facts: UnitFacts, features: number): Suspicion | null {
  const { growth } = facts;
  const parts = fittingParts(facts, features);
  for (const part of parts) {
    const why = whyClaimed(part, facts);
    if (why !== null) return concluded(part, facts, why);
  }
  const [best] = parts;
  if (best === undefined || hasNoShape(best, facts) || growth === null) return null;
  if (chanceCover(medianError(best, growth, facts)) > MAX_CHANCE_COVER) return null;
  return concluded(
    best,
    facts,
    'the rest is unmoved',
    `some rows are of others, whose ${facts.name} is larger or smaller`,
  );
}

/** Best first. */
function fittingParts(facts: UnitFacts, features: number): Part[] {
  const { reference, current, untransformed } = facts;
  if (untransformed < MIN_FAULT_SHARE / 2) return [];
  const limit = FAULT_ALPHA / (features * TRANSFORMATIONS.length);
  const grown = grownReference(facts);
  const parts = bordersOf(reference).flatMap((border) => fitPart(facts, border, limit) ?? []);
  return likelyFirst(parts.filter((part) => !growsThere(part, grown, current)));
}

/** All values larger or smaller by the free factor, where that is one by which amounts grow. */
function grownReference({ reference, growth }: UnitFacts): Float64Array | null {
  if (growth === null || Math.abs(growth.log) > Math.log(MAX_GROWTH)) return null;
  const by = Math.exp(growth.log);
  return reference.map((value) => value * by);
}

/** Whether the growth of all rows puts a good part of what was seen beyond the border there. */
function growsThere({ seen, border }: Part, grown: Float64Array | null, current: Float64Array): boolean {
  if (grown === null) return false;
  const expected = beyond(grown, border).length / grown.length;
  return expected >= (GROWN_OF_SEEN * seen.length) / current.length;
}

function fitPart({ reference, current, own: each }: UnitFacts, border: Border, alpha: number): Part | null {
  const { transformation, own, whole } = border;
  const seen = beyond(current, border);
  if (seen.length * each.current < MIN_SEEN_ROWS) return null;
  const share = Math.min(1, (seen.length / current.length - own) / (whole - own));
  if (share < MIN_FAULT_SHARE || lacksDigits(transformation, reference, seen)) return null;
  const before = beyond(reference, border);
  const [there, all] = [before, reference].map(({ length }) => Math.round(length * each.reference));
  const [here, now] = [seen, current].map(({ length }) => Math.round(length * each.current));
  const p = fisherExactTest(there!, all!, here!, now!);
  if (p >= alpha) return null;
  const transformed = transformSorted(reference, transformation);
  if (transformed === null) return null;
  const expected = beyond(transformed, border);
  if (distanceWithin(seen, expected, decimalStep(seen) / 2) > shapeLimit({ seen, expected })) return null;
  const distance = mixtureGap(reference, transformed, current, share);
  return distance > sameDistance(reference.length, current.length)
    ? null
    : { transformation, share, distance, p, seen, expected, border };
}

/** Standard error of the ln of a median of so many rows. */
function medianError({ seen }: Part, { spread }: Growth, { own }: UnitFacts): number {
  return (1.2533 * spread) / Math.sqrt(seen.length * own.current);
}

function hasNoShape({ seen }: Part, { own }: UnitFacts): boolean {
  return seen.length * own.current < MIN_SHAPE_ROWS;
}

function shapeLimit({ seen, expected }: Pick<Part, 'seen' | 'expected'>): number {
  return Math.max(MAX_SHAPE_DISTANCE, sameDistance(expected.length, seen.length));
}

/**
 * How far the window is from the best growth, and from the best move, of some of the rows: beyond the border, or as a mixture, whichever
 * is further.
 */
function othersDistance({ transformation, seen, border }: Part, { reference, current }: UnitFacts): number {
  const middle = quantileReached(reference, 0.5);
  const width = quantileReached(reference, 0.84) - quantileReached(reference, 0.16);
  const target = transformation.apply(middle);
  const step = decimalStep(seen) / 2;
  const own = beyond(reference, border).length / reference.length;
  let least = 1;
  for (let i = -OTHERS; i <= OTHERS; i++) {
    const factor = (target / middle) * (1 + i / 100);
    const move = target - middle + (i / 30) * width;
    for (const other of [
      reference.map((value) => value * factor).sort(),
      reference.map((value) => value + move),
    ]) {
      const there = beyond(other, border);
      const shape = there.length === 0 ? 1 : distanceWithin(seen, there, step);
      if (shape >= least) continue;
      const whole = there.length / other.length;
      const share = Math.min(1, (seen.length / current.length - own) / (whole - own));
      least = Math.min(least, Math.max(shape, mixtureGap(reference, other, current, share)));
    }
  }
  return least;
}

/** Whether such rows were there before, fewer of them: fraud is paid far away, and now there is more of it. */
function areMoreOfThem({ seen, border }: Part, { reference, own }: UnitFacts): boolean {
  const before = beyond(reference, border);
  if (before.length * own.reference < MIN_SEEN_ROWS) return false;
  return distanceWithin(seen, before, decimalStep(seen) / 2) <= shapeLimit({ seen, expected: before });
}

function whyClaimed(part: Part, facts: UnitFacts): string | null {
  const { growth, combs } = facts;
  const { transformation, seen, expected } = part;
  const { line } = transformation;
  if (transformation.fault === 'sign_flip') return 'their sign is one the column hardly had';
  if (line === undefined || line.offset !== 0) {
    if (hasNoShape(part, facts)) return null;
    const others = othersDistance(part, facts);
    return others <= Math.max(SAME_DISTANCE, MIN_BETTER * part.distance)
      ? null
      : `in location and scale, which neither growth nor a move of some rows does (${others.toFixed(3)})`;
  }
  const tally = tallyOfWindow(seen);
  if (digitsMoved({ ...combs, current: tally }, line)) return 'with digits no value had before';
  const atLeast = COMB_GAIN + Math.log(TRANSFORMATIONS.length);
  if (combs.reference.step > 0 && provenGain(combs.reference, tally, line, atLeast) !== null)
    return 'every value is a rounded one so changed, none lies between; growth leaves no such gaps';
  if (hasNoShape(part, facts) || growth === null) return null;
  if (growth.spread <= NARROW && Math.abs(Math.log(line.factor)) > Math.log(10) - 1e-9)
    return 'in a column too narrow for such amounts';
  const ratio = quantileReached(seen, 0.5) / quantileReached(expected, 0.5);
  const error = medianError(part, growth, facts);
  const log = Math.log(line.factor) + (ratio > 0 ? Math.log(ratio) : Infinity);
  const least = Math.abs(log) - CERTAIN * error;
  const isCertain = Number.isFinite(log) && least > Math.log(MAX_GROWTH);
  return isCertain && !areMoreOfThem(part, facts)
    ? `at least × ${Math.exp(least).toFixed(0)} either way, and the rest is unmoved`
    : null;
}

function concluded(
  part: Part,
  { name, untransformed }: UnitFacts,
  why: string,
  otherwise?: string,
): Suspicion {
  const { transformation, share, distance, p } = part;
  return suspicion(transformation.fault, name, {
    detail: `${asPercent(share)} of the values fit ${transformation.name} (distance of the mixture ${distance.toFixed(3)}): ${why}`,
    share,
    statistic: untransformed,
    p,
    doubt: Math.min(1, p + distance / 10),
    ...(otherwise !== undefined && { otherwise }),
  });
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
