import { sameShareTest } from '../../stats/significance/same-share-test.ts';
import { sortedPresent } from '../samples/row-samples.ts';
import { ofNewLevel, saidOfNewLevel } from './new-level.ts';
import type { ColumnCells, NumericCells } from '../samples/row-samples.ts';
import { FAULT_ALPHA, MIN_FAULT_SHARE, sameDistance } from '../thresholds.ts';
import { asPercent } from '../wording.ts';
import { MAX_GROWTH, NARROW, growthOf } from './units/growth.ts';
import { decimalStep, distanceWithin } from './resolution.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';

const MIN_REFERENCE_ROWS = 200;
/** Of the reference, at either end: a few wild values do not make a range, and their share may not have been a tenth of what is seen. */
const STRAY = 0.002;
const MOST_BEFORE = 0.1;
/** Beyond the reference's range by three times its width: no drifting world gets there in one window. */
const FAR = 3;
/** Amounts so many times the largest that was ever seen are no spike of a price or a demand. */
const MOST_SPIKE = 100;
/** A spike leaves some rows where they were, or comes in a column that always had some: its far end beyond so many times its middle. */
const NEARLY_ALL = 0.95;
const TAIL = 3;
/** A growth must bring the reference so many times nearer to the window. */
const MIN_IMPROVEMENT = 3;

/**
 * Values absurdly far from everything the reference held, in at least 2 % of the rows, by no transformation we know. Positive ones, of a column that is never negative, up to
 * a hundred times the largest that was seen are a reading: markets and loads have such hours, though not in every row of a column without a tail; and so are rows of a level of another column that
 * is new.
 */
export function outOfRange(
  pair: NumericCells,
  features: number,
  columns: readonly ColumnCells[] = [],
): Suspicion | null {
  return farOff(pair, features, columns) ?? farBelow(pair, features, columns);
}

function farOff(pair: NumericCells, features: number, columns: readonly ColumnCells[]): Suspicion | null {
  const [reference, current] = [sortedPresent(pair.reference), sortedPresent(pair.current)];
  if (reference.length < MIN_REFERENCE_ROWS) return null;
  const at = (share: number): number => reference[Math.floor(share * (reference.length - 1))]!;
  const [low, high] = [at(STRAY), at(1 - STRAY)];
  if (low === high) return null;
  const reach = FAR * (high - low);
  const isBeyondZero = crossedZero(reference, current, low);
  const isFar = (value: number): boolean =>
    value < low - reach || value > high + reach || (isBeyondZero && value < 0);
  const [before, far] = [countOf(reference, isFar), countOf(current, isFar)];
  const share = far / Math.max(1, current.length);
  const test = sameShareTest(before, reference.length, far, current.length);
  if (share < MIN_FAULT_SHARE || test.p_value >= FAULT_ALPHA / features) return null;
  if (before / reference.length > MOST_BEFORE * share) return null;
  const factor = grownBy(pair, isFar, share);
  if (factor?.isOrdinary === true) return null;
  const rate = rateOf(pair, isFar);
  const farthest = current.filter(isFar);
  const farRows = [...pair.current.keys()].filter((row) => isFar(pair.current[row]!));
  const newcomer = ofNewLevel(
    farRows,
    columns.filter(({ name }) => name !== pair.name),
  );
  const isSpike =
    rate === null &&
    reference[0]! >= 0 &&
    farthest[0]! > 0 &&
    farthest.at(-1)! <= MOST_SPIKE * reference.at(-1)! &&
    (share < NEARLY_ALL || high > TAIL * at(0.5));
  return suspicion(rate === null ? 'out_of_range' : 'unit_change', pair.name, {
    detail:
      rate === null
        ? `${asPercent(share)} of the values lie far outside ${low} … ${high}`
        : `${asPercent(share)} of the values are ${rate.toPrecision(3)} times those of ${low} … ${high}, as in another unit or currency`,
    share,
    statistic: test.statistic,
    p: test.p_value,
    doubt: test.p_value,
    ...(newcomer !== null && { otherwise: saidOfNewLevel(newcomer) }),
    ...(isSpike && { otherwise: `a spike of ${pair.name}, as prices and loads have` }),
    ...(factor !== null && { otherwise: `${pair.name} grew by a factor of ${factor.by.toFixed(2)}` }),
  });
}

/** Far below by factors: nothing between a third of the smallest there was and that. */
const BELOW = 3;
/** Less may be an offer. */
const CLAIMED_RATE = 9.5;
/** To each value far below: a column that wanders down, past zero even, has as many on its way there. */
const MOST_ON_THE_WAY = 0.1;

/**
 * Differences do not show what became a hundredth: positive values far below all there were, with hardly any on the way there, of the shape of the others, are of
 * another unit.
 */
function farBelow(pair: NumericCells, features: number, columns: readonly ColumnCells[]): Suspicion | null {
  const [reference, current] = [sortedPresent(pair.reference), sortedPresent(pair.current)];
  if (reference.length < MIN_REFERENCE_ROWS || !(reference[0]! > 0)) return null;
  const [low, high] = [reference[0]!, reference.at(-1)!];
  const isFar = (value: number): boolean => value > 0 && value <= low / BELOW;
  const far = current.filter(isFar).length;
  const share = far / Math.max(1, current.length);
  const test = sameShareTest(0, reference.length, far, current.length);
  if (share < MIN_FAULT_SHARE || test.p_value >= FAULT_ALPHA / features) return null;
  const onTheWay = current.filter((value) => value < low && !isFar(value)).length;
  const rate = onTheWay > MOST_ON_THE_WAY * far ? null : rateOf(pair, isFar);
  if (rate === null) return null;
  const others = columns.filter(({ name }) => name !== pair.name);
  const newcomer = ofNewLevel(
    [...pair.current.keys()].filter((row) => isFar(pair.current[row]!)),
    others,
  );
  const isOffer = rate > 1 / CLAIMED_RATE;
  return suspicion('unit_change', pair.name, {
    detail: `${asPercent(share)} of the values are 1/${(1 / rate).toPrecision(3)} of those of ${low} … ${high}, as in another unit or currency`,
    share,
    statistic: test.statistic,
    p: test.p_value,
    doubt: test.p_value,
    ...(isOffer && { otherwise: `an offer, or another kind of ${pair.name}` }),
    ...(newcomer !== null && { otherwise: saidOfNewLevel(newcomer) }),
  });
}

/** Of the reference's middle: below this a value is as good as zero, and what is next to it may as well be negative. */
const CLEAR_OF_ZERO = 0.01;
/** Of the rows, between the smallest there ever was and as much below zero: who drifts across passes there. */
const MOST_BETWEEN = 0.01;

/** A column that never came near zero has negative values, and hardly any in between: a counter that overflowed, a sign. */
function crossedZero(reference: Float64Array, current: Float64Array, low: number): boolean {
  if (!(reference[0]! > 0) || low < CLEAR_OF_ZERO * reference[reference.length >> 1]!) return false;
  const between = current.filter((value) => Math.abs(value) < low).length;
  return current[0]! < -low && between < MOST_BETWEEN * current.length;
}

/** Fewer values have no shape, and what they were times such a factor is what people call another unit. */
const MIN_SHAPE_ROWS = 30;
const MAX_SHAPE_DISTANCE = 0.12;

/** The one factor that makes far values of what the column always was; null where they look otherwise. */
function rateOf(pair: NumericCells, isFar: (value: number) => boolean): number | null {
  const reference = sortedPresent(pair.reference);
  const far = sortedPresent(pair.current).filter(isFar);
  if (far.length < MIN_SHAPE_ROWS || !(reference[0]! > 0) || !(far[0]! > 0)) return null;
  const middle = (sorted: Float64Array): number => sorted[sorted.length >> 1]!;
  const rate = middle(far) / middle(reference);
  const distance = distanceWithin(
    far,
    reference.map((value) => value * rate),
    (decimalStep(reference) * rate) / 2,
  );
  return distance <= Math.max(MAX_SHAPE_DISTANCE, sameDistance(reference.length, far.length)) ? rate : null;
}

/** Amounts that grew, all of them by one factor, leave a narrow range; null where no growth puts half as many values there. */
function grownBy(
  pair: NumericCells,
  isFar: (value: number) => boolean,
  share: number,
): { by: number; isOrdinary: boolean } | null {
  const [reference, current] = [sortedPresent(pair.reference), sortedPresent(pair.current)];
  const growth = growthOf(reference, current, decimalStep(current) / 2);
  if (growth === null || Math.abs(growth.log) > Math.log(MAX_GROWTH)) return null;
  // Amounts that are rounded as people like it do not grow exactly.
  const limit = Math.max(
    sameDistance(reference.length, current.length),
    distanceWithin(current, reference, 0) / MIN_IMPROVEMENT,
  );
  if (growth.distance > limit) return null;
  const by = Math.exp(growth.log);
  const expected = reference.filter((value) => isFar(by * value)).length / reference.length;
  return expected < share / 2 ? null : { by, isOrdinary: growth.spread > NARROW };
}

function countOf(values: Float64Array, is: (value: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (is(values[i]!)) count += 1;
  return count;
}
