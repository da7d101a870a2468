import type { LevelCompany } from '../../../stats/company/level-company.ts';
import type { LevelPoint } from '../../../stats/company/level-space.ts';
import { fisherExactTest } from '../../../stats/significance/fisher-exact.ts';
import { asLevels, selectCells } from '../../samples/row-samples.ts';
import type { ColumnCells, LevelPair } from '../../samples/row-samples.ts';
import { FAULT_ALPHA, MIN_FAULT_SHARE } from '../../thresholds.ts';
import { asPercent } from '../../wording.ts';
import { companyAmong } from './company.ts';
import { inflationInTime, inflationOfShares } from './held-difference.ts';
import type { TimesOfRows } from './held-difference.ts';
import type { CompanyOf } from './company.ts';
import { CLAIMED, REFUTED, timesLikelier } from './likelihood.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';
import { levelCounts } from '../../../core/columns/level-counts.ts';

/** Last parts of the window that are looked at by themselves, larger ones first; 1 is all of it. */
const TAILS = [1, 1 / 2, 1 / 4, 1 / 8];
const MIN_ROWS = 250;
const MIN_LEVEL_ROWS = 20;
/** Of more levels only the commonest are looked at. */
const MAX_LEVELS = 20;
/** How far a difference of two levels goes in a world that changes: gone, as it was, or twice as large. */
const WORLD = { mean: 0.5, sd: 0.5 };
/** An exchange leaves the difference as large as it was, but for this. */
const TURNED_SD = 0.1;
/** How far the odds of two levels go in a world that changes (ln, scale of a Cauchy law). */
const ODDS = 0.25;
/** Of less the difference of the two is not known. */
const MOST_ERROR = 0.5;
const MAX_FOUND = 5;
/** What company must say by itself, however much shares say. */
const MIN_COMPANY = Math.log(10);
/** Of less there is nothing to say. */
const MIN_READING = Math.log(20);
/** A difference that is known to a tenth of itself, and a place that is the other's within a quarter of how far both are apart. */
const SHARP = 0.1;
const NEAR = 0.25;

/** Two known levels whose rows look as if each bore the other's name. */
interface Exchange {
  readonly pair: LevelPair;
  readonly a: number;
  readonly b: number;
  /** ln of how much likelier that is than a change of the world, over all pairs looked at. */
  readonly log: number;
  /** The part of it that company gives; null where it says nothing. */
  readonly byCompany: number | null;
  readonly byShares: number;
  /** The part of the window from here on. */
  readonly rows: Int32Array;
  readonly looked: number;
}

/**
 * Two known levels of one column, or the two of a boolean, exchanged: in all rows, or from some moment on.
 *
 * Claimed where what goes with each is what went with the other: the difference of the two, along the other columns, came to
 * (−1 ± 0.1) times what it was, 100 times likelier than anything between gone and twice as large, and with three levels or more the
 * rows of each are those of the other rather than of any level; shares that were exchanged, too, add to it by as much as they are
 * likelier than a move of the odds. A companion that was itself turned round looks the same, so it must hold without
 * the one that says most. Where company says nothing and shares are exchanged, it is a reading.
 */
export function exchangedLevels(
  columns: readonly ColumnCells[],
  companyOf: CompanyOf,
  order: OrderedRows,
): Suspicion[] {
  const found: Suspicion[] = [];
  let left = columns;
  while (found.length < MAX_FOUND) {
    const company = found.length === 0 ? companyOf : companyAmong(left);
    const [first] = candidates(left, company, order);
    if (first === undefined) break;
    const one = told(first, left, company, order);
    found.push(dated(one, first, company, order));
    if (one.otherwise !== undefined) break;
    // Undone, it no longer makes those levels look exchanged that it is the company of.
    left = left.map((pair) => (pair.name === first.pair.name ? undone(first) : pair));
  }
  return found;
}

export interface OrderedRows {
  /** Null without times. */
  readonly inTime: Int32Array | null;
  readonly currentMs: Float64Array | null;
  readonly referenceMs: Float64Array | null;
}

/** Null where the rows are in no order of time. */
function timesOf({ inTime, currentMs, referenceMs }: OrderedRows, rows: Int32Array): TimesOfRows | null {
  if (inTime === null || currentMs === null) return null;
  return { currentMs: Float64Array.from(rows, (row) => currentMs[row]!), referenceMs };
}

/** With the moment from which on the two look exchanged, where a part of the window does. */
function dated(
  one: Suspicion,
  { pair, a, b, rows }: Exchange,
  companyOf: CompanyOf,
  { inTime, currentMs }: OrderedRows,
): Suspicion {
  const company = companyOf(pair);
  if (company === null || inTime === null || rows.length === inTime.length) return one;
  const first = inTime[company.turnedFrom(a, b, inTime)] ?? 0;
  const ms = currentMs?.[first] ?? Number.NaN;
  return Number.isFinite(ms)
    ? { ...one, finding: { ...one.finding, since: new Date(ms).toISOString() } }
    : one;
}

function candidates(columns: readonly ColumnCells[], company: CompanyOf, order: OrderedRows): Exchange[] {
  return columns
    .flatMap((cells) => {
      const pair = cells.kind === 'levels' ? cells : asLevels(cells, 2);
      return pair === null ? [] : (exchangeOf(pair, () => company(pair), order) ?? []);
    })
    .sort((a, b) => b.log - a.log);
}

/** The clearest exchange of the whole window or of its last part; null where there is none to speak of. */
function exchangeOf(
  pair: LevelPair,
  companyOf: () => LevelCompany | null,
  order: OrderedRows,
): Exchange | null {
  const before = levelCounts(pair.reference, pair.levels.length);
  const common = [...before.keys()]
    .filter((code) => before[code]! >= Math.max(MIN_LEVEL_ROWS, MIN_FAULT_SHARE * pair.reference.length))
    .sort((a, b) => before[b]! - before[a]!)
    .slice(0, MAX_LEVELS);
  if (common.length < 2) return null;
  const company = companyOf();
  const { inTime } = order;
  const all = inTime ?? Int32Array.from(pair.current.keys());
  const looked = (common.length * (common.length - 1)) / 2;
  for (const tail of inTime === null ? [1] : TAILS) {
    const rows = all.subarray(Math.round(all.length * (1 - tail)));
    if (rows.length < MIN_ROWS) return null;
    const part = company?.with(rows) ?? null;
    const now = levelCounts(selectCells(pair.current, rows), pair.levels.length);
    const timed = timesOf(order, rows);
    const exchanges = pairsOf(common).flatMap(([a, b]) => {
      const found = weighed(part, [a, b], { before, now, levels: common.length, timed });
      // Each part of the window is one more place to look at.
      const count = looked * (tail === 1 ? 1 : TAILS.length);
      return found === null
        ? []
        : [{ pair, a, b, rows, looked: count, ...found, log: found.log - Math.log(count) }];
    });
    const best = exchanges.sort((a, b) => b.log - a.log)[0];
    if (best !== undefined && best.log > MIN_READING) return best;
  }
  return null;
}

interface Weighed {
  readonly before: Float64Array;
  readonly now: Float64Array;
  readonly levels: number;
  readonly timed: TimesOfRows | null;
}

function weighed(
  company: LevelCompany | null,
  [a, b]: readonly [number, number],
  { before, now, levels, timed }: Weighed,
): Pick<Exchange, 'log' | 'byCompany' | 'byShares'> | null {
  if (Math.min(now[a]!, now[b]!) < MIN_LEVEL_ROWS) return null;
  const byRows = sharesExchanged([before[a]!, before[b]!], [now[a]!, now[b]!]);
  const byCompany = company === null ? null : companyExchanged(company, [a, b], levels, timed);
  // What held levels are is asked only where it may matter: most pairs say nothing either way.
  if ((byCompany ?? 0) + byRows <= MIN_READING) return null;
  const byShares = byRows <= 0 ? byRows : bySharesInTime(company, [a, b], { before, now, timed }, byRows);
  if (byCompany !== null)
    return byCompany < REFUTED ? null : { log: byCompany + byShares, byCompany, byShares };
  const moved = fisherExactTest(before[a]!, before[a]! + before[b]!, now[a]!, now[a]! + now[b]!);
  if (moved >= FAULT_ALPHA / levels || !isRestUnmoved([a, b], before, now)) return null;
  return { log: byShares, byCompany, byShares };
}

/** Levels that are held for a while have fewer occasions than rows. */
function bySharesInTime(
  company: LevelCompany | null,
  [a, b]: readonly [number, number],
  { before, now, timed }: Omit<Weighed, 'levels'>,
  byRows: number,
): number {
  if (company === null || timed === null) return byRows;
  const inflation = inflationOfShares(company.levelsOfRows, [a, b], timed);
  return sharesExchanged([before[a]!, before[b]!], [now[a]! / inflation, now[b]! / inflation]);
}

/** ln of how much likelier an exchange is, by the other columns; null where they tell the two apart too little. */
function companyExchanged(
  company: LevelCompany,
  [a, b]: readonly [number, number],
  levels: number,
  timed: TimesOfRows | null,
): number | null {
  const turned = company.turned(a, b);
  if (turned === null || turned.error > MOST_ERROR) return null;
  const { factor, error } = turned;
  const alone = likelierTurned(factor, error ** 2);
  if (alone < MIN_COMPANY) return alone;
  // Rows that follow each other may be alike: then they are fewer than they are.
  const inflation = timed === null ? 1 : inflationInTime(company, [a, b], timed);
  const variance = inflation * error ** 2;
  if (Math.sqrt(variance) > MOST_ERROR) return null;
  const log = likelierTurned(factor, variance);
  if (levels < 3 || log < MIN_READING) return log;
  // Of three levels hardly anybody knows how far their rows wander; two that are far apart took each other's places all the same.
  if (Math.sqrt(variance) <= SHARP && company.tookPlaces(a, b, NEAR)) return log;
  const other = likelierAsOther(company, [a, b], inflation);
  return other === null || inflation === 1 ? other : Math.min(log, other);
}

function likelierTurned(factor: number, variance: number): number {
  return (
    logNormal(factor + 1, variance + TURNED_SD ** 2) -
    logNormal(factor - WORLD.mean, variance + WORLD.sd ** 2)
  );
}

/** The same of rows that are those of the other level rather than of any; rows that are alike count for what they say. */
function likelierAsOther(
  company: LevelCompany,
  [a, b]: readonly [number, number],
  inflation: number,
): number | null {
  const drift = company.drift(new Set([a, b]));
  const own = (code: number): LevelPoint | null => {
    const point = company.rowsOf(code);
    return point && { ...point, rows: point.rows / inflation };
  };
  const [ofA, ofB] = [own(a), own(b)];
  if (ofA === null || ofB === null) return null;
  const fit = (one: number, other: number): number =>
    (company.logAs(one, ofA, drift) ?? 0) + (company.logAs(other, ofB, drift) ?? 0);
  const any = company.logOfAny(ofA, drift, b) + company.logOfAny(ofB, drift, a);
  return fit(b, a) - Math.max(any, fit(a, b));
}

/** ln of how much likelier the counts are with the two exchanged than with their odds moved by the world. */
export function sharesExchanged(before: readonly [number, number], now: readonly [number, number]): number {
  const odds = (counts: readonly [number, number]): number => Math.log((counts[0] + 0.5) / (counts[1] + 0.5));
  const variance = [...before, ...now].reduce((sum, count) => sum + 1 / (count + 0.5), 0);
  const from = (expected: number): number => {
    const by = odds(now) - expected;
    const scale = ODDS + Math.sqrt(variance);
    const moved = 1 / (Math.PI * scale * (1 + (by / scale) ** 2));
    return Math.log((Math.exp(logNormal(by, variance)) + moved) / 2);
  };
  return from(-odds(before)) - from(odds(before));
}

/** Whether the other levels hold what they held, together. */
function isRestUnmoved([a, b]: readonly [number, number], before: Float64Array, now: Float64Array): boolean {
  const rest = (counts: Float64Array): number => total(counts) - counts[a]! - counts[b]!;
  return fisherExactTest(rest(before), total(before), rest(now), total(now)) > FAULT_ALPHA;
}

function told(
  found: Exchange,
  columns: readonly ColumnCells[],
  company: CompanyOf,
  order: OrderedRows,
): Suspicion {
  const { pair, a, b, rows, log, byCompany } = found;
  const bears = (row: number): boolean => pair.current[row] === a || pair.current[row] === b;
  const share = rows.filter(bears).length / pair.current.length;
  const names = `"${pair.levels[a] ?? ''}" and "${pair.levels[b] ?? ''}" are exchanged`;
  const facts = { share, statistic: log, p: null, doubt: Math.exp(-Math.max(0, log)) };
  const why = `what goes with each went with the other, ${timesLikelier(log)} likelier than that their relation to the other columns changed`;
  const detail =
    byCompany === null
      ? `${names}, by their shares (${sharesTold(found)})`
      : `${names} in ${asPercent(share)} of the rows: ${why}`;
  const otherwise = innocent(found, columns, company, order);
  return {
    ...suspicion('levels_exchanged', pair.name, {
      ...facts,
      detail,
      ...(otherwise !== null && { otherwise }),
    }),
    levels: [pair.levels[a] ?? '', pair.levels[b] ?? ''],
  };
}

/** What else it may be; null where that is refused. */
function innocent(
  found: Exchange,
  columns: readonly ColumnCells[],
  company: CompanyOf,
  order: OrderedRows,
): string | null {
  const { log, byCompany } = found;
  if (byCompany === null)
    return 'the shares of the two moved, and the other columns do not tell which is which';
  if (log <= CLAIMED || byCompany <= MIN_COMPANY) return 'their relation to the other columns changed';
  const alone = withoutClearest(found, columns, company, order);
  return alone.log > MIN_READING
    ? null
    : `${alone.name} was turned round instead: without it nothing tells the two apart`;
}

function sharesTold({ pair, a, b, rows }: Exchange): string {
  const before = levelCounts(pair.reference, pair.levels.length);
  const now = levelCounts(selectCells(pair.current, rows), pair.levels.length);
  const one = (code: number): string =>
    `${asPercent(before[code]! / total(before))} → ${asPercent(now[code]! / total(now))}`;
  return `${one(a)} and ${one(b)}`;
}

/** What is left of the evidence without the companion that gives most of it. */
function withoutClearest(
  { pair, a, b, rows, looked, byShares }: Exchange,
  columns: readonly ColumnCells[],
  companyOf: CompanyOf,
  order: OrderedRows,
): { name: string; log: number } {
  const before = levelCounts(pair.reference, pair.levels.length);
  const levels = Array.from(before).filter(
    (count) => count >= MIN_FAULT_SHARE * pair.reference.length,
  ).length;
  const timed = timesOf(order, rows);
  let worst = { name: '', log: Infinity };
  for (const { name } of columns) {
    if (name === pair.name) continue;
    const company = companyOf(pair, name)?.with(rows) ?? null;
    const rest = company === null ? null : companyExchanged(company, [a, b], levels, timed);
    const log = (rest ?? 0) + byShares - Math.log(looked);
    if (log < worst.log) worst = { name, log };
  }
  return worst;
}

function undone({ pair, a, b, rows }: Exchange): LevelPair {
  const current = Int32Array.from(pair.current);
  for (const row of rows) {
    if (pair.current[row] === a) current[row] = b;
    else if (pair.current[row] === b) current[row] = a;
  }
  return { ...pair, current };
}

function pairsOf(codes: readonly number[]): (readonly [number, number])[] {
  return codes.flatMap((a, i) => codes.slice(i + 1).map((b) => [a, b] as const));
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function logNormal(difference: number, variance: number): number {
  return -0.5 * (Math.log(2 * Math.PI * variance) + difference ** 2 / variance);
}
