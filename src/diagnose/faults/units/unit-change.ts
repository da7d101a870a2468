import { ksPValue } from '../../../stats/significance/ks.ts';
import { FAULT_ALPHA, MIN_FAULT_SHARE, sameDistance } from '../../thresholds.ts';
import { tallyOf, tallyOfWindow } from './comb.ts';
import { CERTAIN, MAX_GROWTH, NARROW, freeFactor, growthOf, moveOf } from './growth.ts';
import type { Growth } from './growth.ts';
import { decimalStep, distanceWithin, reach } from '../resolution.ts';
import { hasDistinct } from '../sorted-pair.ts';
import type { SortedPair } from '../sorted-pair.ts';
import { asPercent, timesLikely } from '../../wording.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';
import {
  TRANSFORMATIONS,
  bendsMost,
  isCurve,
  isHourOfDay,
  lacksDigits,
  shiftHours,
  transformSorted,
} from './transformations.ts';
import type { Transformation } from './transformations.ts';
import { digitsMoved, distanceTo, freeComb, listedComb, isFarUnit } from './unit-comb.ts';
import type { Combs } from './unit-comb.ts';

export const MIN_UNIT_ROWS = 50;
/** Columns of fewer values are codes: a rename can be seen there, a unit cannot. */
const MIN_DISTINCT = 8;
const MIN_UNTRANSFORMED_DISTANCE = 0.15;
const MIN_IMPROVEMENT = 3;
/** A reversed sign that a mere move of the mean by less than this explains as well is not called a fault. */
const MAX_PLAUSIBLE_MOVE = 2;
/** No world moves a column by so many of its own standard deviations within a window. */
export const ABSURD_MOVE = 6;
/** In steps of the reference, and of how many of the values. */
const EXACT = 1e-4;
const MIN_EXACT_SHARE = 0.9;
/** What part of the growths a column may meet lies by chance where a named factor would put them: more, and a fit says nothing. */
const MAX_CHANCE_COVER = 0.05;
/** Rows of the window that went past midnight. */
const MIN_PASSED_ROWS = 10;
/** A column that may have moved is searched for combs, which convict by themselves: in distribution, or by standard errors of a factor. */
const MAY_HAVE_MOVED = 0.05;
const MAY_HAVE_GROWN = 2.5;

/** Both samples, and what is asked about each of them more than once. */
export interface UnitFacts extends SortedPair {
  readonly tolerance: number;
  readonly untransformed: number;
  readonly growth: Growth | null;
  readonly combs: Combs;
  /** Of the rows, those that do not just repeat the row before: what of an hour is in forty rows is one hour. */
  readonly own: OwnShares;
  /** It goes as far by itself: that a unit fits says nothing then, and only a comb does. */
  readonly wanders?: () => boolean;
  /** Stretches of the reference show combs, too. */
  readonly combsItself?: () => boolean;
}

/** Shares of rows that say something of their own, on either side. */
export interface OwnShares {
  readonly reference: number;
  readonly current: number;
}

export const ALL_OWN: OwnShares = { reference: 1, current: 1 };

/** Null where there is nothing to ask: too few rows or values, or a column that stayed. */
export function unitFacts(all: SortedPair, own: OwnShares = ALL_OWN): UnitFacts | null {
  const pair = withoutZeros(all);
  const { reference, current } = pair;
  if (Math.min(reference.length, current.length) < MIN_UNIT_ROWS) return null;
  if (!hasDistinct(reference, MIN_DISTINCT)) return null;
  const tolerance = decimalStep(current) / 2;
  const untransformed = distanceWithin(current, reference, tolerance);
  const moved = ksPValue(distanceWithin(current, reference, 0), reference.length, current.length);
  const factor = freeFactor(reference, current);
  const hasGrown = factor !== null && Math.abs(factor.log) > MAY_HAVE_GROWN * factor.error;
  if (moved >= MAY_HAVE_MOVED && !hasGrown) return null;
  const combs = { reference: tallyOf(reference), current: tallyOfWindow(current, own.current) };
  return { ...pair, tolerance, untransformed, growth: growthOf(reference, current, tolerance), combs, own };
}

/** No rain is none in any unit: where much of a column is zero, only what is not says in which it is. */
const MANY_ZEROS = 0.3;

function withoutZeros(pair: SortedPair): SortedPair {
  const zeros = pair.reference.reduce((sum, value) => (value === 0 ? sum + 1 : sum), 0);
  if (zeros < MANY_ZEROS * pair.reference.length) return pair;
  const present = (values: Float64Array): Float64Array => values.filter((value) => value !== 0);
  return { ...pair, reference: present(pair.reference), current: present(pair.current) };
}

/**
 * All values went through a named transformation: another unit, a logarithm, a lost sign.
 *
 * That one fits (distance to the transformed reference ≤ max(0.03, the 0.1 % KS point), to the untransformed one ≥ 0.15 and at least
 * three times larger; half the resolution of the current values is forgiven) proves little: the named factors lie so close
 * together that they fit a quarter to three quarters of all growths of a skewed amount. It is claimed for what growth cannot do:
 *
 * - a comb (`comb.ts`): values that were rounded before the factor was applied;
 * - a factor certainly beyond 12, or from 10 on in a column too narrow to be an amount;
 * - an offset that matches in location and scale, where neither growth nor a move fits;
 * - a logarithm or exponential that changes most values at least twofold, where neither growth nor a move fits, by three times at least (it
 *   may be 0.08 away itself: the world may have moved besides);
 * - a reversed sign that no move explains.
 *
 * What fits otherwise is a reading where named factors cover at most 5 % of what growths there are, and the world's elsewhere.
 */
export function unitChange(facts: UnitFacts, features: number): Suspicion | null {
  const comb = listedComb(facts.combs, facts, facts.growth, facts.untransformed);
  const distance = comb === null ? 1 : distanceTo(facts, comb.transformation);
  if (comb !== null && distance <= roughLimit(facts, comb.transformation) && facts.combsItself?.() !== true) {
    return concluded(facts, comb.transformation, {
      why: `every value is a rounded one so changed, none lies between (${timesLikely(comb.gain)}); growth leaves no such gaps`,
      distance,
    });
  }
  const fits = fittingUnits(facts, features);
  const claimed = fits.flatMap(({ transformation, distance }) => {
    const why = whyClaimed(transformation, facts, distance);
    return why === null
      ? []
      : [{ line: transformation.line, told: concluded(facts, transformation, { why, distance }) }];
  });
  const [best] = claimed;
  const clock = best === undefined ? movedClock(facts) : null;
  if ((best !== undefined || clock !== null || fits.length > 0) && facts.wanders?.() === true)
    return freeReading(facts);
  if (best === undefined) return clock ?? freeReading(facts) ?? fitReading(facts, fits);
  // Few rows fit several factors; a comb knows which it was.
  const free = best.line?.offset === 0 ? freeReading(facts) : null;
  return free !== null && free.otherwise === undefined ? free : best.told;
}

/** A comb convicts though the world moved along, but the column must be nearer to what it was by far. */
function roughLimit(
  { reference, current, untransformed }: UnitFacts,
  transformation: Transformation,
): number {
  // Where hardly a value is where it ever was, the factor alone says what happened, and how the day was says the distance.
  if (isFarUnit(transformation) && untransformed >= APART) return untransformed / 2;
  return Math.max(untransformed / MIN_IMPROVEMENT, sameDistance(reference.length, current.length));
}

/** Distance to the reference from which hardly a value is where any was. */
const APART = 0.9;

interface UnitFit {
  readonly transformation: Transformation;
  readonly distance: number;
  /** Undone, the values are in the reference's own digits, which nothing but that transformation does. */
  readonly isExact: boolean;
}

/** Beside a logarithm the world may have moved so far: what it makes of a column no line does. */
const CURVE_DISTANCE = 0.08;

/** Fits that differ by less are equally good; the more usual transformation is named, which is listed first. */
const EQUALLY_GOOD = 0.02;

/** Best first. */
export function likelyFirst<F extends { readonly transformation: Transformation; readonly distance: number }>(
  fits: readonly F[],
): F[] {
  const limit = Math.min(...fits.map(({ distance }) => distance)) + EQUALLY_GOOD;
  const rankOf = ({ transformation, distance }: F): number =>
    distance <= limit ? TRANSFORMATIONS.indexOf(transformation) : TRANSFORMATIONS.length + distance;
  return fits.toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** Transformations of the reference that the current values cannot be told from, best first. */
export function fittingUnits(
  { reference, current, untransformed, tolerance, combs }: UnitFacts,
  features: number,
): UnitFit[] {
  if (untransformed < MIN_UNTRANSFORMED_DISTANCE) return [];
  if (ksPValue(untransformed, reference.length, current.length) >= FAULT_ALPHA / features) return [];
  const same = sameDistance(reference.length, current.length);
  const fits = TRANSFORMATIONS.flatMap((transformation): UnitFit[] => {
    const limit = Math.min(
      untransformed / MIN_IMPROVEMENT,
      isCurve(transformation) ? Math.max(same, CURVE_DISTANCE) : same,
    );
    if (isFarOff({ reference, current, tolerance }, transformation, limit)) return [];
    const transformed = transformSorted(reference, transformation);
    if (transformed === null) return [];
    const distance = distanceWithin(current, transformed, tolerance, limit);
    return distance > limit ? [] : [{ transformation, distance, isExact: isExact(transformation, combs) }];
  });
  return likelyFirst(fits).sort((a, b) => Number(b.isExact) - Number(a.isExact));
}

const PROBES = 16;

/**
 * Whether a few of the values show already that the transformed reference is farther from the window than `limit`. Most of sixty
 * transformations are, and need not be made.
 */
function isFarOff(
  { reference, current, tolerance }: Pick<UnitFacts, 'reference' | 'current' | 'tolerance'>,
  { line, apply }: Transformation,
  limit: number,
): boolean {
  // Order and ties of a line are those of the values.
  if (line === undefined) return false;
  const same = (value: number): number => value;
  const exceeds = (a: Float64Array, ofA: typeof apply, b: Float64Array, ofB: typeof apply): boolean => {
    for (let i = 1; i < PROBES; i++) {
      const x = ofA(a[Math.floor((i * a.length) / PROBES)]!);
      const shareOfA = countUpTo(a, ofA, x) / a.length;
      if (shareOfA - countUpTo(b, ofB, reach(x, tolerance)) / b.length > limit) return true;
    }
    return false;
  };
  return exceeds(current, same, reference, apply) || exceeds(reference, apply, current, same);
}

/** How many of the sorted values are at most so large, once they are changed. */
function countUpTo(sorted: Float64Array, change: (value: number) => number, most: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (change(sorted[middle]!) <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Lines have their combs; of a logarithm that was not rounded every value leads back to the old digits. */
function isExact({ line, undo }: Transformation, { reference, current }: Combs): boolean {
  if (line !== undefined || reference.step === 0) return false;
  const exact = current.values.filter((value) => {
    const steps = undo(value) / reference.step;
    return Math.abs(steps - Math.round(steps)) < EXACT;
  });
  return exact.length >= MIN_EXACT_SHARE * current.values.length;
}

/** Why neither growth nor a move of the world explains what the transformation does; null where one may. */
function whyClaimed(transformation: Transformation, facts: UnitFacts, distance: number): string | null {
  const { reference, growth, tolerance, current } = facts;
  const { line } = transformation;
  const move = moveOf(reference, current, tolerance);
  const same = sameDistance(reference.length, current.length);
  const limit = isCurve(transformation) ? Math.max(same, MIN_IMPROVEMENT * distance) : same;
  if (transformation.fault === 'sign_flip') {
    return move.deviations <= MAX_PLAUSIBLE_MOVE && move.distance <= limit
      ? null
      : 'and no move of the mean does';
  }
  if (line !== undefined && line.offset === 0) return whyFactor(line.factor, facts);
  const growthRefused = growth === null || growth.distance > limit;
  const isShift = line !== undefined && Math.abs(line.factor - 1) < 1e-9;
  const moveRefused = isShift
    ? move.deviations >= ABSURD_MOVE
    : move.distance > limit || move.deviations >= ABSURD_MOVE;
  if (!growthRefused || !moveRefused) return null;
  if (line === undefined && !bendsMost(transformation, reference)) return null;
  if (lacksDigits(transformation, reference, current)) return null;
  return isShift
    ? `a move by ${move.deviations.toFixed(0)} standard deviations, which no world makes`
    : `location and scale match, and neither growth (distance ${(growth?.distance ?? 1).toFixed(3)}) nor a move (${move.distance.toFixed(3)}) does`;
}

function whyFactor(factor: number, { growth, combs }: UnitFacts): string | null {
  const log = Math.abs(Math.log(factor));
  if (digitsMoved(combs, { factor, offset: 0 }))
    return 'with digits no value had before, which no growth brings';
  const multiples = multiplesOf(combs, factor);
  if (multiples !== null)
    return `every value is a multiple of ${multiples.step}, of which ${asPercent(multiples.before)} were, and nobody rounds to that`;
  if (growth === null || log < Math.log(10) - 1e-9) return null;
  const least = Math.abs(growth.log) - CERTAIN * growth.error;
  if (least > Math.log(MAX_GROWTH) && Math.sign(growth.log) === Math.sign(Math.log(factor)))
    return `at least × ${Math.exp(least).toFixed(0)} either way, beyond what amounts grow by`;
  return growth.spread <= NARROW ? 'in a column too narrow to grow tenfold' : null;
}

/** Chance that a growth would leave multiples only. */
const MULTIPLES_BY_CHANCE = 1e-6;

/**
 * A list of prices, or what people say in round numbers, shows no comb of its own digits; times twelve all of it is multiples of twelve steps.
 * Null where they are not, where they always were, and where people round to such a step.
 */
function multiplesOf(
  { reference, current }: Combs,
  factor: number,
): { readonly step: number; readonly before: number } | null {
  if (!Number.isInteger(factor) || reference.step === 0) return null;
  const step = Number((factor * reference.step).toPrecision(12));
  const first = Number(step.toExponential().replace(/e.*/, ''));
  if ([1, 2, 2.5, 5].includes(first)) return null;
  const isOn = (value: number): boolean => Math.abs(value / step - Math.round(value / step)) < 1e-6;
  if (!current.values.every(isOn)) return null;
  const before = reference.values.filter(isOn).length / reference.values.length;
  return Math.max(before, 1 / reference.values.length) ** current.values.length < MULTIPLES_BY_CHANCE
    ? { step, before }
    : null;
}

function concluded(
  { name, reference, current, untransformed }: UnitFacts,
  transformation: Transformation,
  { why, distance, otherwise }: { why: string; distance?: number; otherwise?: string },
): Suspicion {
  const fit = distance === undefined ? '' : `distance ${distance.toFixed(3)}, `;
  return suspicion(transformation.fault, name, {
    detail: `values fit ${transformation.name} (${fit}untransformed ${untransformed.toFixed(3)}): ${why}`,
    share: 1,
    statistic: untransformed,
    p: ksPValue(untransformed, reference.length, current.length),
    doubt: (distance ?? 0) / (10 * untransformed),
    ...(otherwise !== undefined && { otherwise }),
  });
}

/**
 * A clock that stands a few hours off: all hours of the day turned round by the same number. Only what went past midnight tells
 * it from small numbers that became larger, or from people who come later.
 */
function movedClock({ name, reference, current, untransformed }: UnitFacts): Suspicion | null {
  if (untransformed < MIN_UNTRANSFORMED_DISTANCE || !isHourOfDay(reference) || !isHourOfDay(current))
    return null;
  const turned = Array.from({ length: 23 }, (_, i) => i + 1)
    .map((hours) => ({ hours, distance: distanceWithin(current, shiftHours(reference, hours), 0) }))
    .reduce((best, each) => (each.distance < best.distance ? each : best));
  const limit = sameDistance(reference.length, current.length);
  if (turned.distance > limit || untransformed < MIN_IMPROVEMENT * turned.distance) return null;
  const hours = turned.hours > 12 ? turned.hours - 24 : turned.hours;
  const isPast = (hour: number): boolean => hour < 0 || hour >= 24;
  const isLanded = (hour: number): boolean => (hours > 0 ? hour < hours : hour >= 24 + hours);
  const passed = reference.filter((hour) => isPast(hour + hours)).length / reference.length;
  const landed = current.filter(isLanded).length;
  if (passed < MIN_FAULT_SHARE || landed < Math.max(MIN_PASSED_ROWS, (passed / 2) * current.length))
    return null;
  return suspicion('clock_shift', name, {
    detail: `values fit a clock moved by ${hours} h, also of those past midnight (distance ${turned.distance.toFixed(3)}, untransformed ${untransformed.toFixed(3)})`,
    share: 1,
    statistic: 1,
    p: ksPValue(untransformed, reference.length, current.length),
    doubt: turned.distance / (10 * untransformed),
  });
}

/**
 * A comb of a factor that has no name: something multiplied rounded values. It need not have been a mistake, unless no amount grows
 * by as much.
 */
function freeReading({
  name,
  reference,
  current,
  combs,
  growth,
  untransformed,
  combsItself,
}: UnitFacts): Suspicion | null {
  const comb = growth === null ? null : freeComb(combs, growth);
  if (comb === null || combsItself?.() === true) return null;
  const isBeyond = Math.abs(Math.log(comb.factor)) > Math.log(MAX_GROWTH);
  const factor = comb.factor < 1 ? `÷ ${tidy(1 / comb.factor)}` : `× ${tidy(comb.factor)}`;
  return suspicion('unit_change', name, {
    detail: `every value is an old one ${factor}: another currency, tax, or a unit (${timesLikely(comb.gain)})${isBeyond ? ', beyond what amounts grow by' : ''}`,
    share: 1,
    statistic: untransformed,
    p: ksPValue(untransformed, reference.length, current.length),
    doubt: 0,
    ...(!isBeyond && { otherwise: `the whole list was put up or down by a factor (${factor})` }),
  });
}

function tidy(factor: number): string {
  return String(Number(factor.toPrecision(6)));
}

/** A named factor that fits a column so well measured that a growth would hardly have met it. */
function fitReading(facts: UnitFacts, fits: readonly UnitFit[]): Suspicion | null {
  const { growth } = facts;
  const [best] = fits.filter(({ transformation }) => transformation.line?.offset === 0);
  if (best === undefined || growth === null || chanceCover(growth.error) > MAX_CHANCE_COVER) return null;
  return concluded(facts, best.transformation, {
    why: 'so does a growth by that factor',
    distance: best.distance,
    otherwise: `${facts.name} grew by a factor of ${Math.exp(growth.log).toFixed(2)}`,
  });
}

/**
 * Of growths between ÷ 12 and × 12, equally likely in their logarithm, the share that fits one of the named factors.
 *
 * @param error standard error of the logarithm of the factor
 */
export function chanceCover(error: number): number {
  const named = TRANSFORMATIONS.filter(
    ({ line }) => line?.offset === 0 && Math.abs(Math.log(line.factor)) <= Math.log(MAX_GROWTH),
  );
  const halfWidth = 2.576 * error;
  return Math.min(1, (named.length * 2 * halfWidth) / (2 * Math.log(MAX_GROWTH)));
}
