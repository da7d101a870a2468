import { binomialUpperTail } from '../../stats/significance/binomial-tail.ts';
import { ksPValue } from '../../stats/significance/ks.ts';
import { quantileReached } from '../../stats/quantiles.ts';
import type { NumericCells } from '../samples/row-samples.ts';
import { FAULT_ALPHA, SAME_P, sameDistance } from '../thresholds.ts';
import { asPercent } from '../wording.ts';
import { decimalStep, distanceWithin } from './resolution.ts';
import type { SortedPair } from './sorted-pair.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';
import { MAX_GROWTH } from './units/growth.ts';

const MIN_ROWS = 50;
/** Columns of fewer values are codes. */
const MIN_DISTINCT = 20;
/** Steps that are coarser than the reference's own by so much are asked for, and the one that all values have in common. */
const COARSER = [5, 10, 50, 100, 500, 1000];
/** Finer steps, of which the middle half of the reference holds more than this, are nobody's business. */
const MAX_CELLS = 2000;
/** All values, but for a stray one. */
const ALL = 0.995;
/** Where more of the reference than chance brings lies on the coarse step by itself, some of its sources round. */
const MAX_OF_CHANCE = 1.5;
const MIN_CHANCE = 0.01;
/** Two digits fewer than all values had may be an agreement on amounts; three are not. */
const MANY_TIMES_COARSER = 1000;
/** Rows in order of time, of which none may have been rounded before. */
const STRETCH = 50;
const MAX_STRETCH_SHARE = 0.5;

/**
 * Values lie on a coarser step than they ever did: rounded or truncated on the way.
 *
 * Every value of the window lies on a step at least five times coarser than the reference's. Chance is refused by the share p of
 * the reference that lies there: p to the power of the window's distinct values (each counts once, or a popular one would
 * speak for all) below 1e-4 over columns and steps. Claimed where the reference has hardly more values on that step than chance brings,
 * none of its stretches of 50 rows lay there, and the values are otherwise what they were, within the step: nobody's prices and
 * nobody's habits do that, a sensor or a program with fewer digits does, and the model was given those. Otherwise a reading.
 */
export function roundedValues(
  { reference, current }: SortedPair,
  cells: NumericCells,
  referenceInTime: Int32Array | null,
  features: number,
): Suspicion | null {
  if (Math.min(reference.length, current.length) < MIN_ROWS) return null;
  if (distinctOf(reference) < MIN_DISTINCT) return null;
  const distinct = distinctOf(current);
  if (distinct < 3) return null;
  const own = decimalStep(reference);
  const middle = quantileReached(reference, 0.75) - quantileReached(reference, 0.25);
  const now = decimalStep(current);
  const listed = own > 0 ? COARSER.map((times) => times * own) : now > 0 ? [5 * now, now] : [];
  const common = commonStep(current, own > 0 ? own : now);
  const steps = common >= COARSER[0]! * own && !listed.includes(common) ? [...listed, common] : listed;
  const looks = features * Math.max(1, steps.length);
  for (const step of steps.toSorted((a, b) => b - a)) {
    if (middle / step > MAX_CELLS || shareOn(current, step) < ALL) continue;
    // Nothing is a multiple of everything.
    const before = shareOn(
      reference.filter((value) => value !== 0),
      step,
    );
    const likely = (before * reference.length + 1) / (reference.length + 2);
    const p = binomialUpperTail(distinct, distinct, likely);
    if (p * looks >= FAULT_ALPHA) continue;
    return judged(cells, { reference, current, step, own, before, p, referenceInTime });
  }
  return null;
}

interface Found {
  readonly reference: Float64Array;
  readonly current: Float64Array;
  readonly step: number;
  readonly own: number;
  readonly before: number;
  readonly p: number;
  readonly referenceInTime: Int32Array | null;
}

function judged(cells: NumericCells, found: Found): Suspicion | null {
  const { reference, current, step, own, before, p, referenceInTime } = found;
  const chance = Math.max(MIN_CHANCE, own / step);
  const most = referenceInTime === null ? before : mostOfStretches(cells.reference, referenceInTime, step);
  // A stretch of the reference was like that: nothing new.
  if (most >= ALL) return null;
  const distance = distanceWithin(current, reference, step);
  const limit = sameDistance(reference.length, current.length);
  const isUnmoved = distance <= limit || ksPValue(distance, reference.length, current.length) >= SAME_P;
  // Nobody agrees upon whole degrees where there were thousandths: what moved, too, lost its digits on the way.
  const isCutOff = own > 0 && step >= MANY_TIMES_COARSER * own && !isResized(reference, current);
  const isClaimed = (isUnmoved || isCutOff) && before <= MAX_OF_CHANCE * chance && most <= MAX_STRETCH_SHARE;
  const steps = `every value is a multiple of ${Number(step.toPrecision(9))}, before ${asPercent(before)} were`;
  return suspicion('rounded', cells.name, {
    detail: isClaimed
      ? isUnmoved
        ? `${steps}, no more than chance brings; within that step the values are what they were (distance ${distance.toFixed(3)})`
        : `${steps}: values of a step of ${own} are cut to one ${Math.round(step / own).toLocaleString('en')} times as coarse`
      : steps,
    share: 1,
    statistic: Math.log(1 / Math.max(before, 1e-9)) * current.length,
    p,
    doubt: p,
    ...(!isClaimed && {
      otherwise: isUnmoved
        ? `those who already gave ${cells.name} in round numbers are all there is now`
        : `${cells.name} moved, and is now given in round numbers by agreement`,
    }),
  });
}

/** What is a hundred times as large was multiplied, and its digits with it. */
function isResized(reference: Float64Array, current: Float64Array): boolean {
  const [before, now] = [reference, current].map((sorted) => Math.abs(quantileReached(sorted, 0.5)));
  return Math.abs(Math.log(now! / before!)) > Math.log(MAX_GROWTH);
}

/** The largest step of which all values are multiples, in whole steps of `unit`; 0 without one. */
function commonStep(values: Float64Array, unit: number): number {
  if (unit === 0) return 0;
  let common = 0;
  for (const value of values) {
    let [a, b] = [Math.abs(Math.round(value / unit)), common];
    while (b > 0) [a, b] = [b, a % b];
    common = a;
    if (common === 1) break;
  }
  return common * unit;
}

function shareOn(values: Float64Array, step: number): number {
  if (values.length === 0) return 1;
  let on = 0;
  for (const value of values) if (isOn(value, step)) on += 1;
  return on / values.length;
}

function isOn(value: number, step: number): boolean {
  const steps = value / step;
  return Math.abs(steps - Math.round(steps)) <= 1e-9 * Math.max(1, Math.abs(steps));
}

/** Largest share of a stretch of the reference that lay on the step; stretches overlap by half. */
function mostOfStretches(values: Float64Array, inTime: Int32Array, step: number): number {
  let most = 0;
  for (let from = 0; from + STRETCH <= inTime.length; from += STRETCH / 2) {
    let [on, present] = [0, 0];
    for (let i = from; i < from + STRETCH; i++) {
      const value = values[inTime[i]!]!;
      if (Number.isNaN(value)) continue;
      present += 1;
      if (isOn(value, step)) on += 1;
    }
    if (present >= STRETCH / 2) most = Math.max(most, on / present);
  }
  return most;
}

function distinctOf(sorted: Float64Array): number {
  let distinct = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct += 1;
  return distinct;
}
