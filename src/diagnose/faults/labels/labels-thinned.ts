import { normalTwoSided } from '../../../stats/distributions.ts';
import { referenceRelation, thinned } from '../../relation/reference-relation.ts';
import { sum } from '../../../stats/elementary.ts';
import { quantileReached } from '../../../stats/quantiles.ts';
import { sketch } from '../../samples/row-samples.ts';
import type { ColumnCells, LevelPair, RowSamples } from '../../samples/row-samples.ts';
import { asPercent } from '../../wording.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';

const MIN_ROWS = 200;
const MAX_CLASSES = 5;
/** Fewer lost than this nobody would tell from a relation that weakened. */
const MOST_KEPT = 0.9;
/** Log-likelihood by which it must be likelier than nothing, and than a new relation of two free numbers. */
const CLEAR = 12;
const BETTER = 2;
const SMALLEST = 1e-6;
const GRID = 200;

/**
 * Rows of one class that were recorded as another: whatever the features, the same share of them.
 *
 * With old probability p of the class, that leaves r·p. It is bent otherwise than any new odds: rows that were sure to be of the class
 * are so no longer, and nowhere does a row become more likely to. Asked is whether the one number r explains the labels better than two
 * free ones a + b·logit p do (ln of the likelihood ratio above 2, ½·ln n for the number less as in BIC: to doubt takes less than to claim), and better than no change (12), with
 * r ≤ 0.9, better than another prior of all classes (2: where few are of the class the two are one, and where the others gain alike from several), and whether it leaves nothing in any third, outer tenth or level of any feature (p > 0.01 over all), of the other classes neither,
 * to each of which the same share of the lost rows went. Something new that keeps
 * a share of all rows from the class does the same, so it is a reading and never claimed.
 */
export function labelsThinned(labelled: RowSamples): Suspicion | null {
  const samples = thinned(labelled);
  const { label, rows } = samples;
  if (label?.kind !== 'levels' || Math.min(rows.reference, rows.current) < MIN_ROWS) return null;
  const classes = [...label.levels.keys()].slice(0, MAX_CLASSES);
  const known = classes.flatMap((code) => expectedOf(samples, label, code) ?? []);
  const found = known.flatMap((one) => fitOf(samples, one, known) ?? []);
  const [best] = found.sort((a, b) => b.gain - a.gain);
  if (best === undefined) return null;
  const name = label.levels[best.code] ?? '';
  return suspicion('labels_lost', label.name, {
    detail: `of the rows that would be of class ${name} ${asPercent(1 - best.kept)} are recorded as ${classes.length > 2 ? 'another' : 'the other'}, the same share whatever the features`,
    share: 1 - best.kept,
    statistic: best.gain,
    p: normalTwoSided(Math.sqrt(2 * best.gain)),
    doubt: 1,
    otherwise: `something new keeps that share of all rows from class ${name}`,
  });
}

interface Fit {
  readonly code: number;
  readonly kept: number;
  /** ln of the likelihood ratio to no change. */
  readonly gain: number;
}

interface Expected {
  readonly code: number;
  /** Of each current row by the old relation, and whether it is of the class. */
  readonly p: Float64Array;
  readonly y: Float64Array;
}

function expectedOf(samples: RowSamples, label: LevelPair, code: number): Expected | null {
  const isOf = (codes: Int32Array): number[] => Array.from(codes, (each) => Number(each === code));
  const response = Float64Array.from([...isOf(label.reference), ...isOf(label.current)]);
  const relation = referenceRelation('classification', samples, response);
  if (relation === null) return null;
  const before = samples.rows.reference;
  const p = relation.expected
    .subarray(before)
    .map((each) => Math.min(1 - SMALLEST, Math.max(SMALLEST, each)));
  return { code, p, y: response.subarray(before) };
}

function fitOf(samples: RowSamples, one: Expected, all: readonly Expected[]): Fit | null {
  const { code, p, y } = one;
  const asBefore = likelihood(p, y, (each) => each);
  let best = { kept: 1, log: asBefore };
  for (let step = 1; step < GRID; step++) {
    const kept = step / GRID;
    const log = likelihood(p, y, (each) => kept * each);
    if (log > best.log) best = { kept, log };
  }
  const gain = best.log - asBefore;
  if (best.kept > MOST_KEPT || gain < CLEAR) return null;
  const oneNumberLess = Math.log(p.length) / 2;
  if (best.log - recalibrated(p, y) + oneNumberLess < BETTER) return null;
  const gained = p.map((each) => (1 - best.kept) * each);
  const thinnedTo = all.map((other) => ({
    y: other.y,
    mu: other === one ? p.map((each) => best.kept * each) : givenSome(other, gained),
  }));
  if (ofClasses(thinnedTo) - otherPrior(all) < BETTER) return null;
  const others = all.length > 2 ? all.filter((other) => other !== one) : [];
  const areAll = others.every((other) => isEven(samples, other.y, givenSome(other, gained)));
  return areAll &&
    isEven(
      samples,
      y,
      p.map((each) => best.kept * each),
    )
    ? { code, kept: best.kept, gain }
    : null;
}

/** What is expected of a class that got one share of the rows another lost. */
function givenSome({ p, y }: Expected, gained: Float64Array): Float64Array {
  const lost = sum(gained);
  const share = lost > 0 ? Math.min(1, Math.max(0, (sum(y) - sum(p)) / lost)) : 0;
  return p.map((each, row) => Math.min(1 - SMALLEST, each + share * gained[row]!));
}

/** Nothing is left in any part of any feature: a relation that changed leaves some where it did. */
function isEven({ features, rows }: RowSamples, y: Float64Array, expected: Float64Array): boolean {
  // The old relation is known from so many rows only.
  const known = 1 + (2 * rows.current) / rows.reference;
  let [worst, zones] = [0, 0];
  for (const pair of features) {
    const zonesAt = zonesOf(pair);
    const sums = new Map<number, { left: number; spread: number; rows: number }>();
    for (let row = 0; row < y.length; row++) {
      const mu = expected[row]!;
      for (const zone of zonesAt(pair.current[row]!)) {
        const { left, spread, rows: count } = sums.get(zone) ?? { left: 0, spread: 0, rows: 0 };
        sums.set(zone, { left: left + y[row]! - mu, spread: spread + mu * (1 - mu), rows: count + 1 });
      }
    }
    for (const { left, spread, rows: count } of sums.values()) {
      if (count < MIN_ZONE_ROWS || !(spread > 0)) continue;
      zones += 1;
      worst = Math.max(worst, Math.abs(left) / Math.sqrt(known * spread));
    }
  }
  return normalTwoSided(worst) * Math.max(1, zones) > EVEN_P;
}

const MIN_ZONE_ROWS = 50;
/** In one of a hundred windows in which it is even, chance says otherwise. */
const EVEN_P = 0.01;

/** The level; of a number its third, and its outer tenth: what changed at an end is little of a third. */
function zonesOf(pair: ColumnCells): (cell: number) => readonly number[] {
  if (pair.kind === 'levels') return (code) => [code];
  const sorted = sketch(pair.reference);
  const [lowest, low, high, highest] = [0.1, 1 / 3, 2 / 3, 0.9].map((share) =>
    quantileReached(sorted, share),
  );
  return (value) => {
    if (Number.isNaN(value)) return [-1];
    if (value <= low!) return value <= lowest! ? [0, 3] : [0];
    if (value <= high!) return [1];
    return value > highest! ? [2, 4] : [2];
  };
}

function likelihood(p: Float64Array, y: Float64Array, now: (p: number) => number): number {
  let log = 0;
  for (let row = 0; row < p.length; row++) {
    const mu = now(p[row]!);
    log += Math.log(y[row] === 1 ? mu : 1 - mu);
  }
  return log;
}

interface OfClass {
  /** Of each row. */
  readonly mu: Float64Array;
  readonly y: Float64Array;
}

/** Log-likelihood of the classes of rows, their chances made to add up to 1. */
function ofClasses(classes: readonly OfClass[]): number {
  let log = 0;
  for (let row = 0; row < (classes[0]?.y.length ?? 0); row++) {
    const own = classes.find(({ y }) => y[row] === 1);
    if (own !== undefined) log += Math.log(own.mu[row]! / sum(classes.map(({ mu }) => mu[row]!)));
  }
  return log;
}

/** The largest log-likelihood of chances in proportion to wₖ·(old chance of class k), by its fixed point: each class as often as it was. */
function otherPrior(classes: readonly Expected[]): number {
  let weighted: OfClass[] = classes.map(({ p, y }) => ({ mu: p, y }));
  for (let turn = 0; turn < PRIOR_TURNS; turn++) {
    const total = weighted.reduce(
      (sums, { mu }) => sums.map((each, row) => each + mu[row]!),
      new Float64Array(weighted[0]?.mu.length ?? 0),
    );
    weighted = weighted.map(({ mu, y }) => {
      const shares = mu.map((each, row) => each / total[row]!);
      const weight = Math.max(SMALLEST, sum(y)) / sum(shares);
      return { y, mu: shares.map((each) => weight * each) };
    });
  }
  return ofClasses(weighted);
}

const PRIOR_TURNS = 60;

/** The largest log-likelihood of odds e^a·(old odds)^b, by Newton's method. */
function recalibrated(p: Float64Array, y: Float64Array): number {
  const logit = p.map((each) => Math.log(each / (1 - each)));
  let [a, b] = [0, 1];
  for (let turn = 0; turn < 25; turn++) {
    let [ga, gb, aa, ab, bb] = [0, 0, 1e-9, 0, 1e-9];
    for (let row = 0; row < p.length; row++) {
      const x = logit[row]!;
      const mu = 1 / (1 + Math.exp(-a - b * x));
      const [left, weight] = [y[row]! - mu, mu * (1 - mu)];
      ga += left;
      gb += left * x;
      aa += weight;
      ab += weight * x;
      bb += weight * x * x;
    }
    const det = aa * bb - ab * ab;
    if (!(det > 0)) break;
    const bounded = (step: number): number => Math.max(-1, Math.min(1, step));
    a += bounded((bb * ga - ab * gb) / det);
    b += bounded((aa * gb - ab * ga) / det);
  }
  const mean = (x: number): number =>
    Math.min(1 - SMALLEST, Math.max(SMALLEST, 1 / (1 + Math.exp(-a - b * x))));
  return likelihood(p, y, (each) => mean(Math.log(each / (1 - each))));
}
