import { keptWith } from '../../../core/memory/remember.ts';
import { correlation } from '../../../stats/elementary.ts';
import { ksStatisticSorted } from '../../../stats/significance/ks.ts';
import { allRows, drawOfAll } from '../../samples/picks.ts';
import { selectCells, sortedPresent } from '../../samples/row-samples.ts';
import type { NumericCells } from '../../samples/row-samples.ts';
import { fisherZ } from '../rows/fisher.ts';
import { RANK_FACTOR, unitRanks } from '../rows/rank-correlations.ts';
import { bothNamed } from './misplaced.ts';
import type { Suspicion } from '../suspicion.ts';
import { asPercent } from '../../wording.ts';

const MAX_COLUMNS = 60;
const MAX_ROWS = 3_000;
const MIN_BEFORE = 200;
const MIN_NOW = 50;
/** Of the rows in which the two differ. */
const ALWAYS = 0.995;
const NEVER = 0.02;
/** The difference, turned round, is what it was: a gauge that moved by itself leaves another one. KS distance. */
const AS_BEFORE = 0.3;
/** A third column is close where the two differ by half of what the one spreads; and KS distances, of which one is clearly the less. */
const CLOSE = 0.5;
const CLEARLY = 0.1;
/** Of part of the rows, so many, and how far from what the other one was: other people are not that exactly. */
const MIN_PART = 0.05;
const EACH_OTHER = 0.15;
/** Rank correlation with a third column from which on it bears witness; standard errors. */
const WITNESS = 0.4;
const CERTAIN = 3.3;
/** Exchanged back the two are nearer to what they were, together, by this factor. */
const MIN_NEARER = 1.25;

/**
 * Two numbers of which one was always the larger, and now is the smaller: exchanged columns, whatever season it is.
 *
 * In at least 99.5 % of 200 rows of the reference a > b, now in at most 2 % of 50; b − a is distributed as a − b was then
 * (KS distance at most 0.3); and exchanged back the medians of both are nearer to the reference's, in sum, by a quarter; and neither stays where it was beside a third column that is close to it. Of part of the rows, one in twenty at least, the same, and each is distributed as
 * the other was (KS distance at most 0.15) and goes with a third column as the other did. O(columns² · rows) for
 * at most 60 columns and 3,000 rows.
 *
 * @param inAll whether to look for what is exchanged in all rows, or in part of them: what began in the window is told by when it did
 */
export function reversedOrder(columns: readonly NumericCells[], inAll = true): Suspicion[] {
  const some = columns.slice(0, MAX_COLUMNS).map(thinned);
  for (const [at, a] of some.entries()) {
    for (const b of some.slice(at + 1)) {
      if (hasBothOrders(a.reference, b.reference)) continue;
      const before = ordered(a.reference, b.reference);
      if (before.rows < MIN_BEFORE) continue;
      const larger = before.above / before.rows;
      if (larger < ALWAYS && larger > 1 - ALWAYS) continue;
      const now = ordered(a.current, b.current);
      if (now.rows < MIN_NOW) continue;
      const [upper, lower] = larger >= ALWAYS ? [a, b] : [b, a];
      const still = larger >= ALWAYS ? now.above / now.rows : 1 - now.above / now.rows;
      const isAll = still <= NEVER;
      if (isAll !== inAll) continue;
      const thirds = some.filter((each) => each.name !== a.name && each.name !== b.name);
      const rows = isAll ? allRows(upper.current.length) : turnedRows(upper, lower);
      const [one, other] = [rowsNow(upper, rows), rowsNow(lower, rows)];
      if (!isTurnedRound(one, other) || !isNearerExchanged(one, other)) continue;
      if (isAll && (staysBeside(upper, lower, thirds) || staysBeside(lower, upper, thirds))) continue;
      if (!isAll && (1 - still < MIN_PART || !areEachOther(one, other))) continue;
      if (!isAll && !(followsAs(one, other, thirds, rows) && followsAs(other, one, thirds, rows))) continue;
      const share = isAll ? 1 : 1 - still;
      const detail = `${upper.name} was above ${lower.name} in ${asPercent(Math.max(larger, 1 - larger))} of the rows and is in ${asPercent(still)}${isAll ? '' : '; in the others each holds what the other held'}`;
      return bothNamed(a.name, b.name, detail, {
        share,
        statistic: still,
        p: 0,
        doubt: Math.min(still, NEVER),
      });
    }
  }
  return [];
}

/** Those of the current rows in which the lower one is above. */
function turnedRows(upper: NumericCells, lower: NumericCells): Int32Array {
  return allRows(upper.current.length).filter((row) => lower.current[row]! > upper.current[row]!);
}

function rowsNow(pair: NumericCells, rows: Int32Array): NumericCells {
  return { ...pair, current: selectCells(pair.current, rows) };
}

/**
 * Whether the third column that went with the one closest (rank correlation 0.4) goes with what the other holds now as closely, within 3.3 standard errors: what is
 * another row's value has lost that.
 */
function followsAs(
  one: NumericCells,
  other: NumericCells,
  thirds: readonly NumericCells[],
  rows: Int32Array,
): boolean {
  const correlated = (a: Float64Array, b: Float64Array): number => correlation(unitRanks(a), unitRanks(b));
  const [closest] = thirds
    .map((third) => ({ third, r: correlated(one.reference, third.reference) }))
    .sort((a, b) => Math.abs(b.r) - Math.abs(a.r));
  if (closest === undefined || Math.abs(closest.r) < WITNESS) return true;
  const now = correlated(other.current, selectCells(closest.third.current, rows)) * Math.sign(closest.r);
  return (
    fisherZ(Math.abs(closest.r)) - fisherZ(now) <=
    CERTAIN * Math.sqrt(RANK_FACTOR / (other.current.length - 3))
  );
}

/** Whether in these rows, enough of them, each is distributed as the other was. */
function areEachOther(a: NumericCells, b: NumericCells): boolean {
  if (a.current.length < MIN_NOW) return false;
  const away = (one: NumericCells, other: NumericCells): number =>
    ksStatisticSorted(sortedPresent(one.reference), sortedPresent(other.current));
  return Math.max(away(a, b), away(b, a)) <= EACH_OTHER;
}

function thinned({ kind, name, reference, current }: NumericCells): NumericCells {
  return { kind, name, reference: someOf(reference), current: someOf(current) };
}

/** Of a reference the same for every window: 24 kB a column. */
const someOf = keptWith((values: Float64Array): Float64Array =>
  selectCells(values, drawOfAll(values.length, MAX_ROWS)),
);

/** Of all rows, twice what neither order may have where one of them holds always: room for what rounding does. */
const CLEARLY_BOTH = 2 * (1 - ALWAYS);

/** Whether each is above the other in more rows than where one always is. Most pairs say so in their first hundred rows. */
function hasBothOrders(a: Float64Array, b: Float64Array): boolean {
  const enough = CLEARLY_BOTH * a.length;
  let [above, below] = [0, 0];
  for (let row = 0; row < a.length; row++) {
    if (a[row]! > b[row]!) above += 1;
    else if (a[row]! < b[row]!) below += 1;
    else continue;
    if (above > enough && below > enough) return true;
  }
  return false;
}

/** Rows in which both are known and differ, and in how many of them a is above b. O(rows). */
function ordered(a: Float64Array, b: Float64Array): { readonly rows: number; readonly above: number } {
  let [rows, above] = [0, 0];
  for (let row = 0; row < a.length; row++) {
    const difference = a[row]! - b[row]!;
    if (difference > 0) above += 1;
    if (difference > 0 || difference < 0) rows += 1;
  }
  return { rows, above };
}

/** a − b where both are known and differ. */
function differences(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, row) => value - b[row]!).filter((each) => each !== 0 && !Number.isNaN(each));
}

function median(values: Float64Array): number {
  const sorted = sortedPresent(values);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

function isTurnedRound(a: NumericCells, b: NumericCells): boolean {
  const turned = differences(b.current, a.current).sort();
  return (
    turned.length > 0 && ksStatisticSorted(differences(a.reference, b.reference).sort(), turned) <= AS_BEFORE
  );
}

/**
 * Whether beside a third column that was close to it one of both is where it was, and not where the other was: then that other moved by
 * itself past it. Of a dozen gauges of one thing some lie just so far off that it looks turned round.
 */
function staysBeside(one: NumericCells, other: NumericCells, thirds: readonly NumericCells[]): boolean {
  const widthOf = (sorted: Float64Array): number =>
    sorted[(3 * sorted.length) >> 2]! - sorted[sorted.length >> 2]!;
  const close = thirds
    .map((third) => ({ third, width: widthOf(differences(one.reference, third.reference).sort()) }))
    .reduce((best, each) => (each.width < best.width ? each : best), { third: one, width: Infinity });
  if (!(close.width <= widthOf(sortedPresent(one.reference)) * CLOSE)) return false;
  const { third } = close;
  const now = differences(one.current, third.current).sort();
  const asBefore = ksStatisticSorted(differences(one.reference, third.reference).sort(), now);
  const asOther = ksStatisticSorted(differences(other.reference, third.reference).sort(), now);
  return asBefore + CLEARLY < asOther;
}

function isNearerExchanged(a: NumericCells, b: NumericCells): boolean {
  const away = (one: NumericCells, other: NumericCells): number =>
    Math.abs(median(one.reference) - median(other.current));
  return away(a, b) + away(b, a) <= (away(a, a) + away(b, b)) / MIN_NEARER;
}
