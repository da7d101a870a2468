import { habitsWithin, rise } from '../../stats/habits/column-habits.ts';
import type { ColumnHabits } from '../../core/table.ts';
import { fisherExactTest } from '../../stats/significance/fisher-exact.ts';
import { ksPValue, ksStatisticSorted } from '../../stats/significance/ks.ts';
import { FAULT_ALPHA, MIN_FAULT_SHARE, SAME_DISTANCE, SAME_P } from '../thresholds.ts';
import { asPercent } from '../wording.ts';
import type { CompanyOfEnd } from './company-of-run.ts';
import { hasDistinct } from './sorted-pair.ts';
import type { SortedPair } from './sorted-pair.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';

const MIN_ROWS = 50;
const MIN_DISTINCT = 8;
/** Rows between the ends that say whether what lies there is unmoved: of a day without rain nothing does. */
const MIN_BETWEEN = 50;
/** An end must fill this many times more clearly than any value ever did in a stretch of the reference. */
const UNPRECEDENTED = 2;
const SAME_SIZE = 0.15;
const ALONE: CompanyOfEnd = {
  beyondBy: () => null,
  areOfOneKind: () => false,
  wereOfOneKind: () => false,
  ofVisits: () => null,
};

export type Side = 'below' | 'above';

interface End {
  readonly side: Side;
  readonly value: number;
  /** Share of the current rows at the end. */
  readonly share: number;
  readonly p: number;
  /** Whether about as many rows lay at and beyond it. */
  readonly isOfOneSize: boolean;
}

/**
 * Values cut off at one end or both: nothing lies beyond a value any more, where much did, and about as many rows as lay there lie at it.
 *
 * An end counts when it holds at least 2 % of the rows, more than before by Fisher's exact test below 1e-4 over columns, ends and
 * distinct values, when rows beyond it are missing by the same test, when what was beyond and at it equals what is at it now
 * (p ≥ 1e-3, or within 15 %), and when no stretch of the reference was like it. What lies between must be the reference cut off there.
 * Growth, a move or a sale moves what lies between, and a rare day without extremes piles nothing up. Where everything moved, a column that goes with it
 * has to say of the rows at the end that they lie beyond.
 *
 * Rows that are of one kind came together, and have what such rows have: nothing was cut off for them. Where nothing is known of the order of
 * the reference's rows, rows of one value one after the other are one: the runners of a race share how many they are.
 *
 * @param inTime the current values in order of time, where the reference has none
 */
export function clippedEnds(
  { name, reference, current }: SortedPair,
  habits: ColumnHabits | undefined,
  features: number,
  { beyondBy, areOfOneKind, wereOfOneKind, ofVisits }: CompanyOfEnd = ALONE,
  inTime: Float64Array | null = null,
): Suspicion | null {
  if (Math.min(reference.length, current.length) < MIN_ROWS) return null;
  if (!hasDistinct(reference, MIN_DISTINCT)) return null;
  const limit = FAULT_ALPHA / (2 * features);
  const ends = (['below', 'above'] as const).flatMap(
    (side) => endOf(reference, current, side, { habits, inTime }) ?? [],
  );
  const full = ends.filter(
    ({ p, value, side }) =>
      p < limit &&
      !areOfOneKind(value) &&
      !wereOfOneKind(value, side) &&
      !(inTime !== null && areAFewVisits({ value, side }, reference, ofVisits(), limit)),
  );
  const clipped = full.filter((end) => end.isOfOneSize);
  const [first] = clipped;
  const distance = first === undefined ? null : unmovedBetween(reference, current, clipped);
  if (first === undefined || distance === null) return clippedBeside(name, full, beyondBy);
  const told = clipped.map(
    ({ side, value, share }) =>
      `${asPercent(share)} of the values are ${value} and none lies ${side}, where ${side === 'above' ? 'larger' : 'smaller'} ones did`,
  );
  return suspicion('clipped', name, {
    detail: `${told.join('; ')}; about as many as lay beyond lie at the end, and the rest is unmoved (distance ${distance.toFixed(3)})`,
    share: clipped.reduce((sum, { share }) => sum + share, 0),
    statistic: first.share,
    p: Math.max(...clipped.map(({ p }) => p)),
    doubt: first.p,
  });
}

/** How far what lies between is from the reference cut off there; null: it moved, or there is too little of it to tell. */
function unmovedBetween(
  reference: Float64Array,
  current: Float64Array,
  clipped: readonly End[],
): number | null {
  const low = clipped.find(({ side }) => side === 'below')?.value ?? -Infinity;
  const high = clipped.find(({ side }) => side === 'above')?.value ?? Infinity;
  const between = current.reduce((sum, value) => (value > low && value < high ? sum + 1 : sum), 0);
  if (between < MIN_BETWEEN) return null;
  const cut = reference.map((value) => Math.min(high, Math.max(low, value)));
  const distance = ksStatisticSorted(cut, current);
  const isMoved = distance >= SAME_DISTANCE && ksPValue(distance, reference.length, current.length) < SAME_P;
  return isMoved ? null : distance;
}

/** Claimed by what goes with it, whatever moved. */
function clippedBeside(
  name: string,
  ends: readonly End[],
  beyondBy: (value: number, side: Side) => string | null,
): Suspicion | null {
  for (const { side, value, share, p } of ends) {
    const witness = beyondBy(value, side);
    if (witness === null) continue;
    return suspicion('clipped', name, {
      detail: `${asPercent(share)} of the values are ${value} and none lies ${side}, where ${side === 'above' ? 'larger' : 'smaller'} ones did; by ${witness}, which goes with it, these rows lie beyond`,
      share,
      statistic: share,
      p,
      doubt: p,
    });
  }
  return null;
}

/** The world beyond the end goes on moving a little. */
function isOfOneSize(before: number, now: number): boolean {
  return Math.abs(now - before) <= SAME_SIZE * before;
}

/** Whether it is no more than some visits, where each counts once. */
function areAFewVisits(
  { value, side }: Pick<End, 'value' | 'side'>,
  reference: Float64Array,
  visits: Float64Array | null,
  limit: number,
): boolean {
  if (visits === null) return false;
  const isAt = (other: number): boolean => other === value;
  const isBeyond = (other: number): boolean => (side === 'above' ? other > value : other < value);
  const [at, beyond] = [reference.filter(isAt).length, reference.filter(isBeyond).length];
  const [n, all] = [reference.length, visits.length];
  const full = fisherExactTest(at, n, visits.filter(isAt).length, all);
  return Math.max(full, fisherExactTest(beyond, n, visits.filter(isBeyond).length, all)) >= limit;
}

function endOf(
  reference: Float64Array,
  current: Float64Array,
  side: End['side'],
  { habits, inTime }: { readonly habits: ColumnHabits | undefined; readonly inTime: Float64Array | null },
): End | null {
  const value = (side === 'above' ? current.at(-1) : current[0]) ?? Number.NaN;
  const isBeyond = (other: number): boolean => (side === 'above' ? other > value : other < value);
  const countOf = (values: Float64Array, is: (value: number) => boolean): number => {
    let count = 0;
    for (let i = 0; i < values.length; i++) if (is(values[i]!)) count += 1;
    return count;
  };
  const [n, m] = [reference.length, current.length];
  const at = countOf(current, (other) => other === value);
  if (at < MIN_FAULT_SHARE * m) return null;
  const beyond = countOf(reference, isBeyond);
  const atBefore = countOf(reference, (other) => other === value);
  if (at / m <= atBefore / n) return null;
  // The largest of any column is some value: only how often it comes, and that nothing is beyond, is looked at.
  const first =
    inTime === null || inTime.length === 0 ? null : inTime.filter((own, row) => own !== inTime[row - 1]);
  const [atOnce, once] =
    first === null ? [at, m] : [countOf(first, (other) => other === value), first.length];
  const p = Math.max(fisherExactTest(atBefore, n, atOnce, once), fisherExactTest(beyond, n, 0, once));
  const known = habits === undefined ? null : habitsWithin(habits, m);
  if (known !== null && rise(at, m, atBefore, n) <= UNPRECEDENTED * known.fill) return null;
  const isAsBefore =
    isOfOneSize((beyond + atBefore) / n, at / m) || fisherExactTest(beyond + atBefore, n, at, m) >= SAME_P;
  return { side, value, share: at / m, p, isOfOneSize: isAsBefore };
}
