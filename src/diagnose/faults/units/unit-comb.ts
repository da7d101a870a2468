import { quantileReached } from '../../../stats/quantiles.ts';
import { combGain, isTelling, provenGain } from './comb.ts';
import type { Tally } from './comb.ts';
import { CERTAIN } from './growth.ts';
import type { Growth } from './growth.ts';
import { distanceWithin } from '../resolution.ts';
import { TRANSFORMATIONS, transformSorted } from './transformations.ts';
import type { UnitLine, Transformation } from './transformations.ts';

/** ln of the likelihood ratio at which a comb convicts, before what was looked at is counted. */
export const COMB_GAIN = 10;
/** A world that moves while its unit changes makes the free factor miss by so much, in logarithms. */
const MISS = 0.1;
/** Of a factor of a hundred and more, either way, up to such a part of its logarithm: the wind blows twice as hard on a day, and not thirty times. */
const FAR_MISS = 0.2;
const FAR_FACTOR = 100;
/** Digits to which programs write a factor, or what they divide by. */
const DIGITS = [2, 3, 4, 5, 6, 8];
const MAX_FACTORS = 10_000;
/** A factor is scanned in steps that move a large value by this part of a step of the comb. */
const SCAN_STEP = 0.3;
const SCANNED_VALUES = 200;
const MIN_SCANNED = 50;
/** Nearer to one than this nothing was multiplied. */
const MIN_LOG = 0.002;

interface UnitComb {
  readonly transformation: Transformation;
  readonly gain: number;
}

interface SortedSides {
  readonly reference: Float64Array;
  readonly current: Float64Array;
  readonly tolerance: number;
}

export interface Combs {
  readonly reference: Tally;
  readonly current: Tally;
}

/**
 * The named unit whose comb the values show. Asked are units that bring the column nearer to what it was; the threshold counts each
 * of them and each spelling of its factor.
 */
export function listedComb(
  combs: Combs,
  sorted: SortedSides,
  growth: Growth | null,
  untransformed: number,
): UnitComb | null {
  if (combs.reference.step === 0) return null;
  const tried = TRANSFORMATIONS.flatMap((transformation) => {
    const { line } = transformation;
    if (line === undefined || Math.abs(line.factor - 1) < MIN_LOG) return [];
    const isNearer =
      line.offset === 0
        ? growth !== null && Math.abs(Math.log(line.factor) - growth.log) < missOf(line, growth)
        : distanceTo(sorted, transformation) < untransformed / 2;
    return isNearer ? [{ transformation, lines: spellings(line, combs) }] : [];
  });
  const looks = tried.reduce((sum, { lines }) => sum + lines.length, 0);
  const atLeast = COMB_GAIN + Math.log(Math.max(1, looks));
  let best: UnitComb | null = null;
  for (const { transformation, lines } of tried) {
    for (const line of lines) {
      const gain = provenGain(combs.reference, combs.current, line, atLeast);
      if (gain !== null && (best === null || gain > best.gain)) best = { transformation, gain };
    }
  }
  return best;
}

/** No world grows a hundredfold, nor by a scale that begins elsewhere: what of it is not the unit is the day's. */
export function isFarUnit({ line }: Transformation): boolean {
  return line !== undefined && (line.offset !== 0 || isFarFactor(line));
}

function isFarFactor({ factor }: UnitLine): boolean {
  return Math.abs(Math.log(factor)) >= Math.log(FAR_FACTOR) - 1e-9;
}

function missOf(line: UnitLine, { error }: Growth): number {
  return CERTAIN * error + (isFarFactor(line) ? FAR_MISS * Math.abs(Math.log(line.factor)) : MISS);
}

/** Of the current values to the transformed reference; 1 where that is nothing. */
export function distanceTo(
  { reference, current, tolerance }: SortedSides,
  transformation: Transformation,
): number {
  const transformed = transformSorted(reference, transformation);
  return transformed === null ? 1 : distanceWithin(current, transformed, tolerance);
}

/** The factor as programs spell it, as far as the values can tell the spellings apart. */
function spellings({ factor, offset }: UnitLine, { current }: Combs): UnitLine[] {
  if (offset !== 0) return [{ factor, offset }];
  const largest = Math.max(Math.abs(current.values[0]!), Math.abs(current.values.at(-1)!));
  const tellable = (0.25 * Math.max(current.step, 1e-12)) / largest;
  const factors = [factor];
  for (const digits of DIGITS) {
    for (const spelled of [
      Number(factor.toPrecision(digits)),
      1 / Number((1 / factor).toPrecision(digits)),
    ]) {
      if (Math.abs(spelled / factor - 1) > 0.005) continue;
      if (factors.every((known) => Math.abs(known / spelled - 1) > tellable)) factors.push(spelled);
    }
  }
  return factors.map((each) => ({ factor: each, offset }));
}

/** A decimal factor below one leaves no comb, but as many digits more than any value of the reference had. */
export function digitsMoved({ reference, current }: Combs, { factor }: UnitLine): boolean {
  const digits = Math.log10(factor);
  const isDecimal = Math.abs(digits - Math.round(digits)) < 1e-9 && factor < 1;
  return (
    isDecimal &&
    reference.step > 0 &&
    current.step > 0 &&
    Math.abs(current.step / reference.step / factor - 1) < 1e-6
  );
}

interface FreeComb {
  readonly factor: number;
  readonly gain: number;
}

/**
 * The factor, named or not, that all values show a comb of: looked for within what the free factor may be, on values small enough
 * that the scan has at most 10,000 steps, then sharpened on larger ones. The threshold counts each factor that was looked at.
 */
export function freeComb(combs: Combs, growth: Growth): FreeComb | null {
  const { reference, current } = combs;
  if (reference.step === 0) return null;
  const sizes = current.values.map(Math.abs).sort();
  const half = CERTAIN * growth.error;
  const width = Math.max(
    Math.min(current.step, reference.step),
    (Math.exp(growth.log) * reference.step) / 10,
  );
  // Where images are hardly wider apart than what is written, a small miss looks like no comb at all.
  const spacing = Math.exp(growth.log) * reference.step;
  const apart = SCAN_STEP * Math.min(width, Math.abs(spacing - width));
  const stepFor = (size: number): number => apart / size;
  const size = Math.min(quantileReached(sizes, 0.75), (apart * MAX_FACTORS) / (2 * half));
  const some = upTo(current, size);
  if (some.values.length < MIN_SCANNED) return null;
  const gainOf = (log: number, tally: Tally): number => {
    const line = { factor: Math.exp(log), offset: 0 };
    const isOne = Math.abs(log) < MIN_LOG;
    return isOne || !isTelling(current, line, reference.step) ? 0 : combGain(tally, line, reference.step);
  };
  const bestOf = (from: number, to: number, step: number, tally: Tally): { log: number; gain: number } => {
    let best = { log: from, gain: 0 };
    for (let log = from; log <= to; log += step) {
      const gain = gainOf(log, tally);
      if (gain > best.gain) best = { log, gain };
    }
    return best;
  };
  let best = bestOf(growth.log - half, growth.log + half, stepFor(size), some);
  const largest = sizes.at(-1) ?? size;
  for (let up = size; best.gain > 0 && up < 2 * largest; up *= 2) {
    const reach = 2 * stepFor(up);
    best = bestOf(best.log - reach, best.log + reach, stepFor(up) / 10, upTo(current, up));
  }
  if (best.gain === 0) return null;
  const factor = roundest(combs, Math.exp(best.log));
  const looks = Math.ceil((2 * half) / stepFor(size));
  const gain = provenGain(reference, current, { factor, offset: 0 }, COMB_GAIN + Math.log(10 * looks));
  return gain === null ? null : { factor, gain };
}

/** Of factors nearly as good the one with the fewest digits. */
function roundest({ reference, current }: Combs, factor: number): number {
  const gainOf = (each: number): number => combGain(current, { factor: each, offset: 0 }, reference.step);
  const best = gainOf(factor);
  for (const digits of [2, 3, 4, 5, 6]) {
    for (const each of [Number(factor.toPrecision(digits)), 1 / Number((1 / factor).toPrecision(digits))]) {
      if (gainOf(each) >= 0.98 * best) return each;
    }
  }
  return factor;
}

/** Large values tell factors apart best, but drift past each other between two steps of a scan. */
function upTo(tally: Tally, size: number): Tally {
  const inside = [...tally.values.keys()].filter((i) => Math.abs(tally.values[i]!) <= size);
  const stride = Math.max(1, Math.ceil(inside.length / SCANNED_VALUES));
  const kept = inside.filter((_, place) => place % stride === 0);
  return {
    ...tally,
    values: Float64Array.from(kept, (i) => tally.values[i]!),
    counts: Float64Array.from(kept, (i) => tally.counts[i]!),
  };
}
