import { twoProportionTest } from '../../stats/tests/two-proportion.ts';
import { sortedPresent } from '../row-samples.ts';
import type { NumericPair } from '../row-samples.ts';
import { FAULT_ALPHA, MIN_FAULT_SHARE } from '../thresholds.ts';
import { asPercent } from '../wording.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';

const MIN_REFERENCE_ROWS = 200;
/** Beyond the reference's range by three times its width: no drifting world gets there in one window. */
const FAR = 3;

/** Values absurdly far from everything the reference held, in at least 2 % of the rows, by no transformation we know. */
export function outOfRange(pair: NumericPair, features: number): Suspicion | null {
  const reference = sortedPresent(pair.reference);
  const current = sortedPresent(pair.current);
  const low = reference[0];
  const high = reference.at(-1);
  if (low === undefined || high === undefined || reference.length < MIN_REFERENCE_ROWS || low === high)
    return null;
  const reach = FAR * (high - low);
  const far = current.filter((value) => value < low - reach || value > high + reach).length;
  const share = far / Math.max(1, current.length);
  const test = twoProportionTest(0, reference.length, far, current.length);
  if (share < MIN_FAULT_SHARE || test.p_value >= FAULT_ALPHA / features) return null;
  return suspicion('out_of_range', pair.name, {
    detail: `${asPercent(share)} of the values lie far outside ${low} … ${high}`,
    share,
    statistic: test.statistic,
    p: test.p_value,
    doubt: test.p_value,
  });
}
