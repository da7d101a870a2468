import { twoProportionTest } from '../../stats/significance/two-proportion.ts';
import { sortedPresent } from '../samples/row-samples.ts';
import type { NumericCells } from '../samples/row-samples.ts';
import { FAULT_ALPHA, MIN_FAULT_SHARE, sameDistance } from '../thresholds.ts';
import { asPercent } from '../wording.ts';
import { MAX_GROWTH, NARROW, growthOf } from './units/growth.ts';
import { decimalStep, distanceWithin } from './resolution.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';

const MIN_REFERENCE_ROWS = 200;
/** Beyond the reference's range by three times its width: no drifting world gets there in one window. */
const FAR = 3;
/** A growth must bring the reference so many times nearer to the window. */
const MIN_IMPROVEMENT = 3;

/** Values absurdly far from everything the reference held, in at least 2 % of the rows, by no transformation we know. */
export function outOfRange(pair: NumericCells, features: number): Suspicion | null {
  const reference = rangeOf(pair.reference);
  if (reference.count < MIN_REFERENCE_ROWS || reference.low === reference.high) return null;
  const { low, high } = reference;
  const reach = FAR * (high - low);
  const isFar = (value: number): boolean => value < low - reach || value > high + reach;
  let far = 0;
  for (const value of pair.current) if (isFar(value)) far += 1;
  const current = rangeOf(pair.current);
  const share = far / Math.max(1, current.count);
  const test = twoProportionTest(0, reference.count, far, current.count);
  if (share < MIN_FAULT_SHARE || test.p_value >= FAULT_ALPHA / features) return null;
  const factor = grownBy(pair, isFar, share);
  if (factor?.isOrdinary === true) return null;
  return suspicion('out_of_range', pair.name, {
    detail: `${asPercent(share)} of the values lie far outside ${low} … ${high}`,
    share,
    statistic: test.statistic,
    p: test.p_value,
    doubt: test.p_value,
    ...(factor !== null && { otherwise: `${pair.name} grew by a factor of ${factor.by.toFixed(2)}` }),
  });
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

function rangeOf(values: Float64Array): { low: number; high: number; count: number } {
  const range = { low: Infinity, high: -Infinity, count: 0 };
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    range.low = Math.min(range.low, value);
    range.high = Math.max(range.high, value);
    range.count += 1;
  }
  return range;
}
