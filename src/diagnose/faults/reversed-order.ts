import { keptWith, keptWithBoth } from '../../core/memory/remember.ts';
import { allRows, drawRows } from '../samples/picks.ts';
import { selectCells, sortedPresent } from '../samples/row-samples.ts';
import type { NumericCells } from '../samples/row-samples.ts';
import { bothNamed } from './misplaced.ts';
import type { Suspicion } from './suspicion.ts';
import { asPercent } from '../wording.ts';

const MAX_COLUMNS = 60;
const MAX_ROWS = 3_000;
const MIN_BEFORE = 200;
const MIN_NOW = 50;
/** Of the rows in which the two differ. */
const ALWAYS = 0.995;
const NEVER = 0.02;
/** The difference, turned round, is of the old size. */
const MOST_RESIZED = 3;
/** Exchanged back the two are nearer to what they were, together, by this factor. */
const MIN_NEARER = 1.25;

/**
 * Two numbers of which one was always the larger, and now is the smaller: exchanged columns, whatever season it is.
 *
 * In at least 99.5 % of 200 rows of the reference a > b, now in at most 2 % of 50; the median of b − a is between a third and three times
 * that of a − b then; and exchanged back the medians of both are nearer to the reference's, in sum, by a quarter. O(columns² · rows) for
 * at most 60 columns and 3,000 rows.
 */
export function reversedOrder(columns: readonly NumericCells[]): Suspicion[] {
  const some = columns.slice(0, MAX_COLUMNS).map(thinned);
  for (const [at, a] of some.entries()) {
    for (const b of some.slice(at + 1)) {
      const larger = shareLarger(a.reference, b.reference);
      if (larger === null) continue;
      if (larger < ALWAYS && larger > 1 - ALWAYS) continue;
      const now = differences(a.current, b.current);
      if (now.length < MIN_NOW) continue;
      const still = larger >= ALWAYS ? shareAbove(now) : 1 - shareAbove(now);
      if (still > NEVER || !isTurnedRound(a, b) || !isNearerExchanged(a, b)) continue;
      const [upper, lower] = larger >= ALWAYS ? [a.name, b.name] : [b.name, a.name];
      const detail = `${upper} was above ${lower} in ${asPercent(Math.max(larger, 1 - larger))} of the rows and is in ${asPercent(still)}`;
      return bothNamed(a.name, b.name, detail, { share: 1, statistic: still, p: 0, doubt: still });
    }
  }
  return [];
}

function thinned({ kind, name, reference, current }: NumericCells): NumericCells {
  return { kind, name, reference: someOf(reference), current: someOf(current) };
}

/** Of a reference the same for every window: 24 kB a column. */
const someOf = keptWith((values: Float64Array): Float64Array =>
  selectCells(values, drawRows(allRows(values.length), MAX_ROWS)),
);

/** In which part of the rows a > b; null where they are too few. A number for each pair of columns is kept. */
const shareLarger = keptWithBoth((a: Float64Array, b: Float64Array): number | null => {
  const before = differences(a, b);
  return before.length < MIN_BEFORE ? null : shareAbove(before);
});

/** a − b where both are known and differ. */
function differences(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, row) => value - b[row]!).filter((each) => each !== 0 && !Number.isNaN(each));
}

function shareAbove(values: Float64Array): number {
  return values.reduce((sum, value) => (value > 0 ? sum + 1 : sum), 0) / values.length;
}

function median(values: Float64Array): number {
  const sorted = sortedPresent(values);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

function isTurnedRound(a: NumericCells, b: NumericCells): boolean {
  const ratio = -median(differences(a.current, b.current)) / median(differences(a.reference, b.reference));
  return ratio >= 1 / MOST_RESIZED && ratio <= MOST_RESIZED;
}

function isNearerExchanged(a: NumericCells, b: NumericCells): boolean {
  const away = (one: NumericCells, other: NumericCells): number =>
    Math.abs(median(one.reference) - median(other.current));
  return away(a, b) + away(b, a) <= (away(a, a) + away(b, b)) / MIN_NEARER;
}
