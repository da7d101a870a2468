import { normalQuantile, normalSurvival } from '../../../stats/distributions.ts';
import type { NumericCells } from '../../samples/row-samples.ts';
import { keptWith } from '../../../core/memory/remember.ts';
import { unitRanks } from './rank-correlations.ts';

/** Rank correlation from which rows that are in their place are told from rows that are not. */
const CLOSE = 0.7;
/** Share of the rows that may be in their place for the others to be a part of them. */
const KEPT = { least: 0.1, most: 0.9 } as const;
const SURE = 4;
/** Rank correlations of all witnesses are the old ones times one share, but for so much. */
const SAME_SHARE = 0.06;
/** So much nearer the share of rows in their place is to that of a part than to that of a looser relation. */
const TIMES_NEARER = 3;
const MIN_ROWS = 200;

export interface RankLink {
  readonly before: number;
  readonly now: number;
  /** Standard error of the latter. */
  readonly error: number;
}

export interface PartJoined {
  /** Share of rows that are in their place. */
  readonly kept: number;
  /** Of the closest column: rows as near as half of the reference's, now, and what a looser relation would have left. */
  readonly near: number;
  readonly looser: number;
}

/**
 * Are some rows of a column in their place, and the others anybody's?
 *
 * Where a share s of the rows is joined rightly every rank correlation is s times the old one, r → s·r. A relation that became looser does that
 * to one column, not to all alike; and it moves all rows a little, while here a share s is as near to its place as ever. So rows whose ranks in
 * both columns differ by no more than they did in half of the reference (t) are counted: s/2 + (1 − s)(2t − t²) of them where s are in their place,
 * as many as of two normal columns of that correlation where all became looser (`nearOfNormal`). Null: neither is told from the other. O(rows · log rows).
 *
 * @param closest what the column goes with most closely, by numbers
 * @param others what it has to do with the other witnesses
 */
export function partJoined(
  pair: NumericCells,
  closest: { readonly pair: NumericCells; readonly link: RankLink },
  others: readonly RankLink[],
): PartJoined | null {
  const { before, now } = closest.link;
  const kept = now / before;
  if (Math.abs(before) < CLOSE || !(kept >= KEPT.least && kept <= KEPT.most)) return null;
  const isOne = others.every(
    (link) => Math.abs(link.now - kept * link.before) <= SAME_SHARE + SURE * link.error,
  );
  if (!isOne) return null;
  const apart = (side: 'reference' | 'current'): Float64Array =>
    apartInRanks(pair[side], closest.pair[side], Math.sign(before));
  const [then, current] = [apart('reference').sort(), apart('current')];
  if (Math.min(then.length, current.length) < MIN_ROWS) return null;
  const t = then[then.length >> 1]!;
  const near = current.filter((distance) => distance <= t).length / current.length;
  const inPart = kept / 2 + (1 - kept) * (2 * t - t * t);
  const looser = nearOfNormal(Math.abs(now), t);
  const error = Math.sqrt((near * (1 - near)) / current.length);
  const isPart =
    near - looser > SURE * error && TIMES_NEARER * Math.abs(near - inPart) <= Math.abs(near - looser);
  return isPart ? { kept, near, looser } : null;
}

const POINTS = 400;

/**
 * Share of the rows whose places in two columns differ by at most t, where these are normal with this rank correlation: P(|U − V| ≤ t) of the normal copula with
 * ρ = 2·sin(πr/6), summed over 400 places. Of r = 0.43 and t = 0.097 it is 0.277.
 */
function nearOfNormal(r: number, t: number): number {
  const rho = 2 * Math.sin((Math.PI * r) / 6);
  const rest = Math.sqrt(1 - rho * rho);
  const below = (place: number, z: number): number =>
    place <= 0 ? 0 : place >= 1 ? 1 : normalSurvival((rho * z - normalQuantile(place)) / rest);
  let sum = 0;
  for (let at = 0; at < POINTS; at++) {
    const u = (at + 0.5) / POINTS;
    const z = normalQuantile(u);
    sum += below(u + t, z) - below(u - t, z);
  }
  return sum / POINTS;
}

/** How far a row's place in one column is from that in the other, as shares of the rows; rows that lack one are left out. */
function apartInRanks(one: Float64Array, other: Float64Array, sign: number): Float64Array {
  const [a, b] = [placesOf(one), placesOf(other)];
  return a
    .map((place, row) => Math.abs(place - (sign < 0 ? 1 - b[row]! : b[row]!)))
    .filter((distance) => !Number.isNaN(distance));
}

/** From 0 to 1, by rank; NaN where nothing is. */
const placesOf = keptWith((values: Float64Array): Float64Array => {
  const ranks = unitRanks(values);
  const [low, high] = ranks.reduce<[number, number]>(
    ([least, most], rank) => [Math.min(least, rank), Math.max(most, rank)],
    [Infinity, -Infinity],
  );
  return ranks.map((rank, row) => (Number.isNaN(values[row]!) ? Number.NaN : (rank - low) / (high - low)));
});
