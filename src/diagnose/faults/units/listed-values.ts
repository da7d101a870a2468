import { binomialUpperTail } from '../../../stats/significance/binomial-tail.ts';
import { FAULT_ALPHA } from '../../thresholds.ts';
import { asPercent } from '../../wording.ts';
import { decimalStep } from '../resolution.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';
import { TRANSFORMATIONS } from './transformations.ts';
import type { UnitFacts } from './unit-change.ts';

/** Values that come three times and more are the ones people say; nearly all rows have one of them. */
const OFTEN = 3;
const NEARLY_ALL = 0.95;
const LEAST = 8;
const MOST = 500;
/** Of the rows as they are: who goes on saying what was always said has changed no unit. */
const MOST_AS_EVER = 0.5;
/** Factors beside the true one: how far they are from it, and what they may explain of the rows. */
const SHAMS = [0.006, 0.011, 0.017, 0.023, 0.029, 0.037];
const MOST_BY_SHAM = 0.5;
/** One value in twenty may fit anything. */
const LEAST_CHANCE = 0.05;

/**
 * Round numbers in another unit: heights of 100, 500 and 1,000 feet that became 30.5, 152.4 and 304.8 metres.
 *
 * People keep to few numbers, which leave gaps everywhere, so that no comb is filled. But what came is, in 95 % of the rows and as far as it is written, one of
 * the reference's common values times one named factor, though at most half of it is one of those itself; factors a little beside it explain
 * at most half, and as many of the different values only by chance (binomial, p < 1e-4 over factors and columns). Only
 * factors that take three digits to say are asked: prices double. Zeros say nothing. O(factors · different values).
 */
export function listedValues({ name, reference, current }: UnitFacts, features: number): Suspicion | null {
  const said = countsOf(reference);
  const list = [...said].filter(([, count]) => count >= OFTEN);
  if (list.length < LEAST || said.size > MOST) return null;
  if (rowsIn(list) < NEARLY_ALL * rowsIn([...said])) return null;
  const step = decimalStep(current);
  const now = [...countsOf(current)];
  const rows = rowsIn(now);
  if (step === 0 || now.length < LEAST) return null;
  const common = new Set(list.map(([value]) => Math.round(value / step)));
  const asEver = rowsOn(now, common, step) / rows;
  if (asEver > MOST_AS_EVER) return null;
  const factors = TRANSFORMATIONS.filter(({ line }) => line?.offset === 0 && takesDigits(line.factor));
  for (const { name: unit, line } of factors) {
    const by = (factor: number): Set<number> =>
      new Set(list.map(([value]) => Math.round((value * factor) / step)));
    const factor = line!.factor;
    const image = by(factor);
    const share = rowsOn(now, image, step) / rows;
    if (share < NEARLY_ALL) continue;
    const shams = SHAMS.flatMap((off) => [by(factor * (1 + off)), by(factor * (1 - off))]);
    if (shams.some((sham) => rowsOn(now, sham, step) / rows > MOST_BY_SHAM)) continue;
    const chance = Math.max(
      LEAST_CHANCE,
      ...shams.map((sham) => onImage(now, sham, step).length / now.length),
    );
    const p = binomialUpperTail(onImage(now, image, step).length, now.length, chance);
    if (p >= FAULT_ALPHA / (features * factors.length)) continue;
    return suspicion('unit_change', name, {
      detail: `${asPercent(share)} of the values are old ones by ${unit}, as far as they are written, and ${asPercent(asEver)} are old ones as they are; no factor beside it explains half of them`,
      share: 1,
      statistic: share,
      p,
      doubt: p,
    });
  }
  return null;
}

type Counted = readonly (readonly [number, number])[];

/** How often each value comes, without zeros. */
function countsOf(sorted: Float64Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of sorted) if (value !== 0) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

const rowsIn = (counted: Counted): number => counted.reduce((sum, [, count]) => sum + count, 0);

function onImage(counted: Counted, image: ReadonlySet<number>, step: number): Counted {
  return counted.filter(([value]) => image.has(Math.round(value / step)));
}

/** In rows. */
function rowsOn(counted: Counted, image: ReadonlySet<number>, step: number): number {
  return rowsIn(onImage(counted, image, step));
}

function takesDigits(factor: number): boolean {
  return [factor, 1 / factor].every((each) => Math.abs(Number(each.toPrecision(2)) / each - 1) > 1e-6);
}
