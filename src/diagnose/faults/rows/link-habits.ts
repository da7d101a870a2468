import type { RowSamples } from '../../samples/row-samples.ts';
import { timesSpanOf, stretchesOfLength } from '../../samples/stretches.ts';
import { fisherZ } from './fisher.ts';
import { RANK_FACTOR } from './rank-correlations.ts';
import type { Correlations } from './rank-correlations.ts';

/** Correlations of a stretch with fewer rows are hardly known. */
const MIN_STRETCH_ROWS = 200;
/** Pairs of columns that are followed through the stretches, the closest ones. */
const MAX_PAIRS = 60;
/** Correlations of fewer rows are no number at all; of these a spread is seen where there are many stretches. */
const MIN_SHORT_ROWS = 10;
/** Standard errors by which a stretch must be below to count. */
const SURE = 2;
/** Spreads between stretches by which the window must be below all of them. */
const FAR = 5;

/** Of the reference's correlations between two groups of columns, the share a stretch had of them. */
export interface StretchShare {
  readonly left: number;
  readonly error: number;
}

/**
 * Did the two groups of columns go together in every stretch of the reference as long as the window?
 *
 * Two columns that both follow the hour go together over weeks, and have nothing to do with each other within an hour. So their
 * correlations are asked within stretches: of all of them together, after each stretch's own means are taken out, and in each one of
 * at least 200 rows. False where either had no more than the midway between what the window has left and all of it, and where
 * stretches differ so much that the window is within five standard deviations of them. True where rows have no times: then nothing
 * is known of it.
 */
export function linkedInStretches(
  samples: Pick<RowSamples, 'referenceMs' | 'currentMs'>,
  z: Correlations,
  groups: { readonly inside: readonly number[]; readonly outside: readonly number[] },
  window: StretchShare,
): boolean {
  const stretches = stretchesOf(samples, z);
  if (stretches === null) return true;
  const midway = (1 + window.left) / 2;
  const pairs = closestPairs(z, groups);
  const { within, each, spread } = sharesIn(z, pairs, stretches);
  if (within.left - window.left < FAR * Math.hypot(window.error, spread)) return false;
  return (
    within.left + SURE * within.error >= midway && each.every((one) => one.left + SURE * one.error >= midway)
  );
}

/** Stretch of each of the reference rows in use, in order of time; −1 without a time. Null where it cannot be told. */
export function stretchesOf(
  { referenceMs, currentMs }: Pick<RowSamples, 'referenceMs' | 'currentMs'>,
  z: Correlations,
): Int32Array | null {
  const windowMs = timesSpanOf(currentMs);
  const allMs = timesSpanOf(referenceMs);
  if (referenceMs === null || windowMs === null || allMs === null || !(allMs.length > 0)) return null;
  const stretchMs = Math.max(1, Math.min(windowMs.length, allMs.length / 2));
  return stretchesOfLength(
    Float64Array.from(z.rows.reference, (row) => referenceMs[row]!),
    allMs,
    stretchMs,
  ).of;
}

type Pair = readonly [number, number];

function closestPairs(
  z: Correlations,
  { inside, outside }: { readonly inside: readonly number[]; readonly outside: readonly number[] },
): Pair[] {
  const size = ([i, j]: Pair): number => Math.abs(z.reference[i * z.size + j]!);
  return inside
    .flatMap((i) => outside.map((j): Pair => [i, j]))
    .sort((a, b) => size(b) - size(a))
    .slice(0, MAX_PAIRS);
}

/**
 * What is left of the pairs' correlations: within all stretches together, and in each that has enough rows.
 *
 * @param unit in which they are given; absent: the pairs' own correlations over the whole reference
 * @returns also how far stretches are from each other beyond their rows, and of how many that is known (`short`)
 */
export function sharesIn(
  z: Correlations,
  pairs: readonly Pair[],
  stretches: Int32Array,
  unit?: number,
): { within: StretchShare; each: StretchShare[]; spread: number; short: number } {
  const count = stretches.reduce((most, one) => Math.max(most, one), -1) + 1;
  const merged = enoughRows(stretches, count);
  const ofMerged = stretches.map((one) => (one < 0 ? -1 : merged.of[one]!));
  const withins: number[] = [];
  const byStretch = Array.from({ length: merged.rows.length }, (): number[] => []);
  const byShort = Array.from({ length: count }, (): number[] => []);
  const before = pairs.map(([i, j]) => unit ?? z.reference[i * z.size + j]!);
  for (const [i, j] of pairs) {
    const [a, b] = [z.ranks.reference(i), z.ranks.reference(j)];
    const short = momentsIn(a, b, stretches, count);
    withins.push(fisher(short.reduce(added, NOTHING)));
    for (const [at, moment] of short.entries()) byShort[at]!.push(fisher(moment));
    for (const [at, moment] of momentsIn(a, b, ofMerged, merged.rows.length).entries()) {
      byStretch[at]!.push(fisher(moment));
    }
  }
  const rows = stretches.length;
  const shortRows = rowsIn(stretches, count);
  const shorts = byShort.flatMap((now, at) =>
    shortRows[at]! >= MIN_SHORT_ROWS ? [shareOf(before, now, shortRows[at]!)] : [],
  );
  return {
    spread: spreadOf(shorts),
    short: shorts.length,
    within: shareOf(before, withins, Math.max(4, rows - count)),
    each: byStretch.flatMap((now, at) =>
      merged.rows[at]! >= MIN_STRETCH_ROWS ? [shareOf(before, now, merged.rows[at]!)] : [],
    ),
  };
}

/** Neighbouring stretches are taken together until they hold enough rows. */
function enoughRows(stretches: Int32Array, count: number): { of: Int32Array; rows: number[] } {
  const rows = rowsIn(stretches, count);
  const of = new Int32Array(count);
  const sums = [0];
  for (let one = 0; one < count; one++) {
    if (sums.at(-1)! >= MIN_STRETCH_ROWS) sums.push(0);
    of[one] = sums.length - 1;
    sums[sums.length - 1]! += rows[one]!;
  }
  return { of, rows: sums };
}

function rowsIn(stretches: Int32Array, count: number): Float64Array {
  const rows = new Float64Array(count);
  for (const one of stretches) if (one >= 0) rows[one]! += 1;
  return rows;
}

/**
 * How much more stretches differ from each other than their rows explain, as a standard deviation (DerSimonian & Laird): rows that
 * follow the ones before them hold less than they seem to.
 */
function spreadOf(shares: readonly StretchShare[]): number {
  const weights = shares.map(({ error }) => 1 / error ** 2);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (shares.length < 2 || !(total > 0)) return 0;
  const mean = shares.reduce((sum, { left }, at) => sum + left * weights[at]!, 0) / total;
  const apart = shares.reduce((sum, { left }, at) => sum + (left - mean) ** 2 * weights[at]!, 0);
  const room = total - weights.reduce((sum, weight) => sum + weight ** 2, 0) / total;
  return room > 0 ? Math.sqrt(Math.max(0, (apart - (shares.length - 1)) / room)) : 0;
}

/** Sums of products about a stretch's own means. */
interface Moments {
  readonly aa: number;
  readonly ab: number;
  readonly bb: number;
}

const NOTHING: Moments = { aa: 0, ab: 0, bb: 0 };
const added = (x: Moments, y: Moments): Moments => ({ aa: x.aa + y.aa, ab: x.ab + y.ab, bb: x.bb + y.bb });

function momentsIn(a: Float64Array, b: Float64Array, stretches: Int32Array, count: number): Moments[] {
  const sums = Array.from({ length: 6 }, () => new Float64Array(count));
  const [n, sa, sb, aa, ab, bb] = sums as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let row = 0; row < a.length; row++) {
    const at = stretches[row]!;
    if (at < 0) continue;
    const [x, y] = [a[row]!, b[row]!];
    n[at]! += 1;
    sa[at]! += x;
    sb[at]! += y;
    aa[at]! += x * x;
    ab[at]! += x * y;
    bb[at]! += y * y;
  }
  return Array.from({ length: count }, (_, at) => {
    const rows = Math.max(1, n[at]!);
    return {
      aa: aa[at]! - sa[at]! ** 2 / rows,
      ab: ab[at]! - (sa[at]! * sb[at]!) / rows,
      bb: bb[at]! - sb[at]! ** 2 / rows,
    };
  });
}

function fisher({ aa, ab, bb }: Moments): number {
  const r = aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
  return fisherZ(r);
}

function shareOf(before: readonly number[], now: readonly number[], rows: number): StretchShare {
  const squares = before.reduce((sum, value) => sum + value * value, 0);
  const products = before.reduce((sum, value, at) => sum + value * (now[at] ?? 0), 0);
  if (!(squares > 0)) return { left: 0, error: Infinity };
  return { left: products / squares, error: Math.sqrt(RANK_FACTOR / Math.max(1, rows - 3) / squares) };
}
