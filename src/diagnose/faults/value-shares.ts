import { twoProportionTest } from '../../stats/significance/two-proportion.ts';
import type { NumericCells } from '../row-samples.ts';
import type { MeasuredFeature } from '../input.ts';
import { FAULT_ALPHA, MIN_FAULT_SHARE } from '../thresholds.ts';
import { asPercent } from '../wording.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';

const MIN_CONSTANT_ROWS = 50;
/** A column the reference already held still this often was never varying. */
const MAX_REFERENCE_CONSTANT_SHARE = 0.95;

/**
 * Missing values rose: two-proportion test below 1e-4 over the number of features, and by at least two points.
 * Fewer missing values than before are nobody's emergency.
 */
export function missingSpike(feature: MeasuredFeature, features: number): Suspicion | null {
  const { reference, current } = feature.missing;
  const test = feature.missing_test ?? shareTest(feature, feature.missing);
  const p = test.p_value ?? 1;
  if (current - reference < MIN_FAULT_SHARE || p >= FAULT_ALPHA / features) return null;
  return suspicion('missing_spike', feature.name, {
    detail: `missing in ${asPercent(current)} of the rows, before ${asPercent(reference)}`,
    share: current,
    statistic: test.statistic,
    p,
    doubt: p,
  });
}

/** Values no longer readable as what the column is: more than two points above the reference's share. */
export function typeChange(feature: MeasuredFeature, features: number): Suspicion | null {
  const { reference, current } = feature.invalid;
  const test = feature.invalid_test ?? shareTest(feature, feature.invalid);
  const p = test.p_value ?? 1;
  if (current - reference < MIN_FAULT_SHARE || p >= FAULT_ALPHA / features) return null;
  return suspicion('type_change', feature.name, {
    detail: `${asPercent(current)} of the values cannot be read as ${feature.kind}, before ${asPercent(reference)}`,
    share: current,
    statistic: test.statistic,
    p,
    doubt: p,
  });
}

function shareTest(
  feature: MeasuredFeature,
  shares: { reference: number; current: number },
): { statistic: number; p_value: number | null } {
  const { reference: n, current: m } = feature.rows;
  return twoProportionTest(Math.round(shares.reference * n), n, Math.round(shares.current * m), m);
}

/** One value in every row of a window of at least 50, where the reference varied. */
export function constantNumber(pair: NumericCells, features: number): Suspicion | null {
  const value = pair.current.find((other) => !Number.isNaN(other));
  if (value === undefined) return null;
  const isOther = (other: number): boolean => other !== value && !Number.isNaN(other);
  if (pair.current.some(isOther)) return null;
  const count = (values: Float64Array): number =>
    values.reduce((sum, other) => (Number.isNaN(other) ? sum : sum + 1), 0);
  const before = pair.reference.reduce((sum, other) => (other === value ? sum + 1 : sum), 0);
  return constant(pair.name, String(value), before, count(pair.reference), count(pair.current), features);
}

/** The same for levels, from their counts. */
export function constantLevel(
  name: string,
  levels: readonly string[],
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  features: number,
): Suspicion | null {
  let referenceRows = 0;
  let currentRows = 0;
  let only = -1;
  let present = 0;
  for (let i = 0; i < levels.length; i++) {
    referenceRows += reference[i] ?? 0;
    currentRows += current[i] ?? 0;
    if ((current[i] ?? 0) > 0) {
      only = i;
      present += 1;
    }
  }
  if (present !== 1) return null;
  return constant(name, levels[only] ?? '', reference[only] ?? 0, referenceRows, currentRows, features);
}

function constant(
  name: string,
  value: string,
  before: number,
  referenceRows: number,
  currentRows: number,
  features: number,
): Suspicion | null {
  if (currentRows < MIN_CONSTANT_ROWS || referenceRows === 0) return null;
  const share = before / referenceRows;
  // The chance that a window holds nothing but the value; half a row keeps an unseen value's from being zero.
  const p = Math.min(1, Math.max(share, 0.5 / referenceRows) ** currentRows);
  if (share >= MAX_REFERENCE_CONSTANT_SHARE || p >= FAULT_ALPHA / features) return null;
  return suspicion('constant_value', name, {
    detail: `every value is ${value}, before in ${asPercent(share)} of the rows`,
    share: 1,
    statistic: 1 - share,
    p,
    doubt: p,
  });
}
