import { FAULT_ALPHA, sameDistance } from '../../thresholds.ts';
import { distanceWithin } from '../resolution.ts';
import type { SortedPair } from '../sorted-pair.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';

const MIN_ROWS = 50;
/** Of the values, so many lie where no minutes are: fewer, and the gap says nothing. */
const MIN_BETWEEN = 0.1;
/** So many different numbers of minutes, or they may be quarters of an hour on a list. */
const MIN_DISTINCT = 20;
const MIN_NEARER = 3;
/** Of the values that are so spelt, an hour and more. */
const MIN_BEYOND = 0.1;
/** Of the values, from an hour on. */
const MOST_BEYOND = 0.25;
/** Where hardly a value is where it was, a week of longer waits is known by its gaps. */
const APART = 0.9;
const SLACK = 1e-9;

interface Spelling {
  readonly name: string;
  /** What an hour is on the side of the plain numbers, and where hours and minutes stand side by side. */
  readonly plain: number;
  readonly sided: number;
  /** Two digits of a plain number are below it: as many minutes, or hundredths of an hour. */
  readonly digits: number;
}

const SPELLINGS: readonly Spelling[] = [
  { name: 'minutes → hours and minutes side by side (90 is 130)', plain: 60, sided: 100, digits: 100 },
  { name: 'minutes → hours and minutes (90 is 1.30)', plain: 60, sided: 1, digits: 100 },
  { name: 'hours → hours and minutes (1.5 is 1.30)', plain: 1, sided: 1, digits: 1 },
];

/**
 * Times in which hours and minutes, or minutes and seconds, stand side by side: 90 became 130 or 1.30, or 1.5 became 1.30, or back.
 *
 * Claimed where the last two digits are below 60 in all values of one side (twenty different ones at least) and not in a tenth and more of the other's, which
 * chance would leave so in less than 1e-4 over the columns looked at, and where the values read otherwise are the old ones again (distance at most the 0.1 % point; of
 * what they are beyond the full hour a third of what it is: over a whole day hours hardly move by it; or a quarter of the values and more are an hour and more, and the gaps are seen in these; or a tenth of the values lies on either side of one gap, beyond the first hour: then a third of the distance will do). Sorted inputs; O(n log n + m log m).
 */
export function hoursAndMinutes(
  { name, reference, current }: SortedPair,
  features: number,
): Suspicion | null {
  if (Math.min(reference.length, current.length) < MIN_ROWS) return null;
  for (const spelling of SPELLINGS) {
    const isSided = isSpelt({ sided: current, plain: reference }, spelling);
    const isPlain = !isSided && isSpelt({ sided: reference, plain: current }, spelling);
    if (!isSided && !isPlain) continue;
    const [sided, plain] = isSided ? [current, reference] : [reference, current];
    // Below an hour no value has a remainder of 60 and more because all are small.
    if (sided.filter((value) => Math.abs(value) >= spelling.sided).length < MIN_BEYOND * sided.length)
      continue;
    const gapless = shareBetween(plain, spelling.digits);
    const p = (1 - gapless) ** sided.length;
    if (p >= FAULT_ALPHA / features) continue;
    const read = current
      .map((value) => (isSided ? together(value, spelling) : apart(value, spelling)))
      .sort();
    const distance = distanceWithin(read, reference, 0);
    const untransformed = distanceWithin(current, reference, 0);
    const isOfTwo = isOfTwoHours(sided, spelling);
    const same = sameDistance(reference.length, current.length);
    const isRough = isOfTwo || untransformed >= APART;
    if (distance > (isRough ? Math.max(same, untransformed / MIN_NEARER) : same)) continue;
    const unit = isSided ? spelling.plain : spelling.sided;
    const isNearer = partsApart(current, reference, unit) >= MIN_NEARER * partsApart(read, reference, unit);
    const isGapless = isOfTwo || isGaplessBeyond({ sided, plain }, spelling, features);
    if (!isNearer && !isGapless) continue;
    return suspicion('unit_change', name, {
      detail: isSided
        ? `values fit ${spelling.name}: none has a remainder of 60 and more, of ${(100 * gapless).toFixed(0)} % that had (distance ${distance.toFixed(3)}, as they are ${untransformed.toFixed(3)})`
        : `values fit ${spelling.name} taken back: ${(100 * gapless).toFixed(0)} % have a remainder of 60 and more, which none had (distance ${distance.toFixed(3)}, as they are ${untransformed.toFixed(3)})`,
      share: 1,
      statistic: untransformed,
      p,
      doubt: 0,
    });
  }
  return null;
}

/** No value of the one has last digits that are no minutes, and many of the other have. */
function isSpelt({ sided, plain }: Sides, spelling: Spelling): boolean {
  return (
    // Nearly every column has one such value among its first.
    !sided.some((value) => isBetween(remainder(value, spelling.sided))) &&
    shareBetween(plain, spelling.digits) >= MIN_BETWEEN &&
    hasManyParts(sided, spelling.sided)
  );
}

interface Sides {
  readonly sided: Float64Array;
  readonly plain: Float64Array;
}

/**
 * Whether of whole minutes the values of an hour and more are enough to say so: below it both are written alike, and remainders that are spread evenly over
 * a full hour are so read either way.
 */
function isGaplessBeyond({ sided, plain }: Sides, spelling: Spelling, features: number): boolean {
  if (spelling.plain === 1) return false;
  const beyond = (values: Float64Array, least: number): Float64Array =>
    values.filter((value) => Math.abs(value) >= least);
  const [gapless, others] = [beyond(sided, spelling.sided), beyond(plain, spelling.digits)];
  if (Math.min(gapless.length, others.length) < MIN_ROWS) return false;
  const isToldOften = gapless.length >= MOST_BEYOND * sided.length;
  const p = (1 - shareBetween(others, spelling.digits)) ** gapless.length;
  return isToldOften && isSpelt({ sided: gapless, plain: others }, spelling) && p < FAULT_ALPHA / features;
}

/** Whether a tenth lies in one full hour, and another in a later one: all that grew to between 100 and 159 has no such gap within it. */
function isOfTwoHours(sided: Float64Array, spelling: Spelling): boolean {
  const rows = new Map<number, number>();
  for (const value of sided) {
    const hour = Math.floor(Math.abs(value) / spelling.sided + SLACK);
    if (hour >= 1) rows.set(hour, (rows.get(hour) ?? 0) + 1);
  }
  return [...rows.values()].filter((count) => count >= MIN_BEYOND * sided.length).length > 1;
}

/** Distance of what values are beyond their last full unit. */
function partsApart(values: Float64Array, others: Float64Array, unit: number): number {
  const parts = (all: Float64Array): Float64Array =>
    all.map((value) => Math.abs(value) / unit - Math.floor(Math.abs(value) / unit + SLACK)).sort();
  return distanceWithin(parts(values), parts(others), 0);
}

/** The last two digits, where a hundred of them are so much. */
function remainder(value: number, hundred: number): number {
  const part = Math.abs(value) / hundred;
  return Math.round((part - Math.floor(part + SLACK)) * 1e6) / 1e4;
}

/** No minutes. */
const isBetween = (part: number): boolean => part >= 60 - SLACK;

/** Share of values whose last two digits are no minutes. O(values). */
function shareBetween(values: Float64Array, hundred: number): number {
  let between = 0;
  for (const value of values) if (isBetween(remainder(value, hundred))) between += 1;
  return between / values.length;
}

/** Whether there are twenty different last digits; looks no further than that. */
function hasManyParts(values: Float64Array, hundred: number): boolean {
  const parts = new Set<number>();
  return values.some((value) => parts.add(remainder(value, hundred)).size >= MIN_DISTINCT);
}

function together(value: number, { plain, sided }: Spelling): number {
  const hours = Math.floor(Math.abs(value) / sided + SLACK);
  return Math.sign(value) * (hours + remainder(value, sided) / 60) * plain;
}

function apart(value: number, { plain, sided }: Spelling): number {
  const hours = Math.floor(Math.abs(value) / plain + SLACK);
  return Math.sign(value) * (hours + ((Math.abs(value) / plain - hours) * 60) / 100) * sided;
}
