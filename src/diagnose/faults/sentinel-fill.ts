import { ksPValue, ksStatisticSorted } from '../../stats/significance/ks.ts';
import { twoProportionTest } from '../../stats/significance/two-proportion.ts';
import { levelTest } from '../marginal-test.ts';
import type { NumericCells } from '../row-samples.ts';
import { FAULT_ALPHA, FEW_LEVELS, MIN_FAULT_SHARE, SAME_DISTANCE, SAME_P } from '../thresholds.ts';
import { asPercent } from '../wording.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';

const SHARE_GROWTH = 3;
const MAX_SENTINELS = 3;
/** Fewer rows besides the filled ones say nothing about whether the rest moved. */
const MIN_REST_ROWS = 50;

/** How systems spell "nothing here". */
const PLACEHOLDERS = new Set(
  (
    'unknown,unk,na,n/a,nan,null,none,nil,missing,undefined,default,other,empty,blank,not available,' +
    'not specified,?,-,--,.,0,-1,-9,-99,-999,-9999,99,999,9999'
  )
    .split(',')
    .concat(''),
);

/**
 * One or more values took over a part of the rows while the rest stayed as it was.
 *
 * A value counts when its share rose by at least two points to more than three times the old one (in a column of
 * at most 20 values: one the reference never had), p < 1e-4 over the number of features. The rest must be
 * unmoved (p ≥ 1e-3 or D < 0.03): if it moved too, a real change is the simpler story.
 */
export function numericSentinel(pair: NumericCells, features: number): Suspicion | null {
  const isPresent = (value: number): boolean => !Number.isNaN(value);
  const reference = pair.reference.filter(isPresent);
  const current = pair.current.filter(isPresent);
  if (reference.length === 0 || current.length === 0) return null;
  const before = countValues(reference);
  const now = [...countValues(current)].sort((a, b) => b[1] - a[1]);
  const filled: { value: number; before: number; share: number; p: number; statistic: number }[] = [];
  for (const [value, count] of now) {
    const share = count / current.length;
    if (share < MIN_FAULT_SHARE || filled.length === MAX_SENTINELS) break;
    const old = before.get(value) ?? 0;
    const oldShare = old / reference.length;
    if (share - oldShare < MIN_FAULT_SHARE || share <= SHARE_GROWTH * oldShare) continue;
    if (before.size <= FEW_LEVELS && old > 0) continue;
    const test = twoProportionTest(old, reference.length, count, current.length);
    if (test.p_value >= FAULT_ALPHA / features) continue;
    filled.push({ value, before: oldShare, share, p: test.p_value, statistic: test.statistic });
  }
  const first = filled[0];
  if (first === undefined) return null;
  const values = new Set(filled.map(({ value }) => value));
  const isRest = (value: number): boolean => !values.has(value);
  const restBefore = reference.filter(isRest).sort();
  const restNow = current.filter(isRest).sort();
  if (Math.min(restBefore.length, restNow.length) < MIN_REST_ROWS) return null;
  const distance = ksStatisticSorted(restBefore, restNow);
  const restP = ksPValue(distance, restBefore.length, restNow.length);
  if (restP < SAME_P && distance >= SAME_DISTANCE) return null;
  const share = filled.reduce((sum, fill) => sum + fill.share, 0);
  return suspicion('sentinel_fill', pair.name, {
    detail:
      filled
        .map(
          (fill) =>
            `${fill.value} fills ${asPercent(fill.share)} of the rows, before ${asPercent(fill.before)}`,
        )
        .join('; ') + `; the rest is unmoved (distance ${distance.toFixed(3)})`,
    share,
    statistic: first.statistic,
    p: first.p,
    doubt: Math.min(1, first.p + distance / 10),
  });
}

/**
 * A placeholder level the reference never had, the other levels in their old proportions. An ordinary new level
 * (a new country) is a change of the world, not a fault.
 */
export function placeholderLevel(
  name: string,
  levels: readonly string[],
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  features: number,
): Suspicion | null {
  let n = 0;
  let m = 0;
  for (let i = 0; i < levels.length; i++) {
    n += reference[i] ?? 0;
    m += current[i] ?? 0;
  }
  const at = levels.findIndex(
    (level, i) =>
      (reference[i] ?? 0) === 0 &&
      (current[i] ?? 0) >= MIN_FAULT_SHARE * m &&
      PLACEHOLDERS.has(level.trim().toLowerCase()),
  );
  if (at < 0 || n === 0 || m === 0) return null;
  const count = current[at] ?? 0;
  const test = twoProportionTest(0, n, count, m);
  if (test.p_value >= FAULT_ALPHA / features || m - count < MIN_REST_ROWS) return null;
  const rest = levelTest(
    levels.map((_, i) => (i === at ? 0 : (reference[i] ?? 0))),
    levels.map((_, i) => (i === at ? 0 : (current[i] ?? 0))),
  );
  if (rest.p < SAME_P && rest.distance >= SAME_DISTANCE) return null;
  return suspicion('sentinel_fill', name, {
    detail: `"${levels[at] ?? ''}" fills ${asPercent(count / m)} of the rows and was never seen before; the other levels are unmoved`,
    share: count / m,
    statistic: test.statistic,
    p: test.p_value,
    doubt: Math.min(1, test.p_value + rest.distance / 10),
  });
}

function countValues(values: Float64Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
