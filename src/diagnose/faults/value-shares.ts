import { habitsWithin, rise } from '../../stats/habits/column-habits.ts';
import type { ColumnHabits } from '../../core/table.ts';
import { twoProportionTest } from '../../stats/significance/two-proportion.ts';
import type { MeasuredFeature } from '../input.ts';
import { FAULT_ALPHA, MIN_FAULT_SHARE } from '../thresholds.ts';
import { asPercent } from '../wording.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';

/** Cells must be missing this many times more clearly than in any stretch of the reference. */
const UNPRECEDENTED = 2;

/**
 * Missing values rose: two-proportion test below 1e-4 over the number of features, by at least two points, and more clearly
 * than in any stretch of the reference of this length. Fewer missing values than before are nobody's emergency.
 */
export function missingSpike(
  feature: MeasuredFeature,
  habits: ColumnHabits | undefined,
  features: number,
): Suspicion | null {
  const { reference, current } = feature.missing;
  if (isPrecedented(feature, habits)) return null;
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

function isPrecedented({ missing, rows }: MeasuredFeature, habits: ColumnHabits | undefined): boolean {
  const known = habits === undefined ? null : habitsWithin(habits, rows.current);
  if (known === null) return false;
  const count = (share: number, of: number): number => Math.round(share * of);
  const risen = rise(
    count(missing.current, rows.current),
    rows.current,
    count(missing.reference, rows.reference),
    rows.reference,
  );
  return risen <= UNPRECEDENTED * known.missing;
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
