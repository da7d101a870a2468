import { habitsWithin, rise } from '../../stats/habits/column-habits.ts';
import type { ColumnHabits } from '../../core/table.ts';
import { normalTwoSided } from '../../stats/distributions.ts';
import { clumpsOf } from '../../stats/significance/clumped-rows.ts';
import { sameShareTest } from '../../stats/significance/same-share-test.ts';
import type { ColumnCells } from '../samples/row-samples.ts';
import type { MeasuredFeature } from '../input.ts';
import { FAULT_ALPHA, MIN_FAULT_SHARE } from '../thresholds.ts';
import { asPercent } from '../wording.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';

/** Cells must be missing this many times more clearly than in any stretch of the reference. */
const UNPRECEDENTED = 2;
/** What is always missing somewhere may be measured less often; by this factor in the odds nobody's habits change. */
const HABITUALLY = 0.02;
const MOST_BY_HABIT = 5;
/** Below this nobody asks: which rows come, and of which class, makes as much. */
const LEAST_ASKED = 2;
/** So few values do not say of which kind the others would be. */
const LEAST_KNOWN = 20;
/** A stretch without any value that chance would bring in fewer than one of so many windows. */
const UNHEARD_OF = 1e-6;

/**
 * Missing values rose: two-proportion test below 1e-4 over the number of features, by at least two points, and more clearly
 * than in any stretch of the reference of this length. Where the reference's order says nothing of that, the window's own rows do: of a person who is
 * not asked no row has a value. Fewer missing values than before are nobody's emergency.
 *
 * Claimed where the column was hardly ever empty, where the odds are five times the old ones, or where rows in a row, in order of their
 * times, are all empty, which chance would bring once in a million windows. From twice the odds on it is a reading: it may just be
 * measured less often.
 */
export function missingSpike(
  feature: MeasuredFeature,
  habits: ColumnHabits | undefined,
  features: number,
  gaps: Gaps = NO_ORDER,
): Suspicion | null {
  const { reference, current } = feature.missing;
  if (isPrecedented(feature, habits)) return null;
  const test = feature.missing_test ?? shareTest(feature, feature.missing);
  if (current - reference < MIN_FAULT_SHARE || (test.p_value ?? 1) >= FAULT_ALPHA / features) return null;
  const isLongGap = feature.rows.current * reference ** (gaps.longest / gaps.clumps) < UNHEARD_OF;
  const clumps = habits === undefined && !isLongGap ? gaps.clumps : 1;
  const p = Math.max(
    test.p_value ?? 1,
    clumps === 1 ? 0 : normalTwoSided(test.statistic / Math.sqrt(clumps)),
  );
  if (p >= FAULT_ALPHA / features) return null;
  const odds = (current / (1 - current)) * ((1 - reference) / reference);
  const isClaimed = reference < HABITUALLY || odds >= MOST_BY_HABIT || isLongGap;
  if (!isClaimed && odds < LEAST_ASKED) return null;
  return suspicion('missing_spike', feature.name, {
    detail: `missing in ${asPercent(current)} of the rows, before ${asPercent(reference)}`,
    share: current,
    statistic: test.statistic,
    p,
    doubt: p,
    ...(!isClaimed && { otherwise: `${feature.name} is measured less often than before` }),
  });
}

/** Where a column lacks values, in order of the window's time. */
export interface Gaps {
  /** Most rows one after the other. */
  readonly longest: number;
  /** So many rows count as one (`clumpsOf`). */
  readonly clumps: number;
}

const NO_ORDER: Gaps = { longest: 0, clumps: 1 };

export function gapsOf(pair: ColumnCells | undefined, inTime: Int32Array | null): Gaps {
  if (pair === undefined || inTime === null) return NO_ORDER;
  const isMissing = Uint8Array.from(inTime, (row) =>
    Number(pair.kind === 'levels' ? pair.current[row]! < 0 : Number.isNaN(pair.current[row]!)),
  );
  let [longest, gap] = [0, 0];
  for (const missing of isMissing) {
    gap = missing === 1 ? gap + 1 : 0;
    longest = Math.max(longest, gap);
  }
  return { longest, clumps: clumpsOf(isMissing).factor };
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

/**
 * Values no longer readable as what the column is: more than two points above the reference's share. What a column is that had next to no
 * value nobody knows: one that is written down from some day on is a new field.
 */
export function typeChange(feature: MeasuredFeature, features: number): Suspicion | null {
  const { reference, current } = feature.invalid;
  if ((1 - feature.missing.reference) * feature.rows.reference < LEAST_KNOWN) return null;
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
  return sameShareTest(Math.round(shares.reference * n), n, Math.round(shares.current * m), m);
}
