import { normalTwoSided } from '../../../stats/distributions.ts';
import { referenceRelation, thinned } from '../../relation/reference-relation.ts';
import { quantileReached } from '../../../stats/quantiles.ts';
import { sketch } from '../../samples/row-samples.ts';
import type { ColumnCells, LevelPair, RowSamples } from '../../samples/row-samples.ts';
import { SAME_P } from '../../thresholds.ts';
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
 * free ones a + b·logit p do (ln of the likelihood ratio above 2: to doubt takes less than to claim), and better than no change (12), with
 * r ≤ 0.9, and whether it leaves nothing in any third or level of any feature (p > 1e-3 over all). Something new that keeps
 * a share of all rows from the class does the same, so it is a reading and never claimed.
 */
export function labelsThinned(labelled: RowSamples): Suspicion | null {
  const samples = thinned(labelled);
  const { label, rows } = samples;
  if (label?.kind !== 'levels' || Math.min(rows.reference, rows.current) < MIN_ROWS) return null;
  const classes = [...label.levels.keys()].slice(0, MAX_CLASSES);
  const found = classes.flatMap((code) => fitOf(samples, label, code) ?? []);
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

function fitOf(samples: RowSamples, label: LevelPair, code: number): Fit | null {
  const isOf = (codes: Int32Array): number[] => Array.from(codes, (each) => Number(each === code));
  const response = Float64Array.from([...isOf(label.reference), ...isOf(label.current)]);
  const relation = referenceRelation('classification', samples, response);
  if (relation === null) return null;
  const before = samples.rows.reference;
  const p = relation.expected
    .subarray(before)
    .map((each) => Math.min(1 - SMALLEST, Math.max(SMALLEST, each)));
  const y = response.subarray(before);
  const asBefore = likelihood(p, y, (each) => each);
  let best = { kept: 1, log: asBefore };
  for (let step = 1; step < GRID; step++) {
    const kept = step / GRID;
    const log = likelihood(p, y, (each) => kept * each);
    if (log > best.log) best = { kept, log };
  }
  const gain = best.log - asBefore;
  if (best.kept > MOST_KEPT || gain < CLEAR) return null;
  if (best.log - recalibrated(p, y) < BETTER) return null;
  const left = y.map((each, row) => each - best.kept * p[row]!);
  const spread = p.map((each) => best.kept * each * (1 - best.kept * each));
  return isEven(samples, left, spread) ? { code, kept: best.kept, gain } : null;
}

/** Nothing is left in any third or level of any feature: a relation that changed leaves some where it did. */
function isEven({ features, rows }: RowSamples, left: Float64Array, spread: Float64Array): boolean {
  // The old relation is known from so many rows only.
  const known = 1 + (2 * rows.current) / rows.reference;
  let [worst, zones] = [0, 0];
  for (const pair of features) {
    const zoneOf = zonesOf(pair);
    const sums = new Map<number, { left: number; spread: number; rows: number }>();
    for (let row = 0; row < left.length; row++) {
      const zone = zoneOf(pair.current[row]!);
      const sum = sums.get(zone) ?? { left: 0, spread: 0, rows: 0 };
      sums.set(zone, {
        left: sum.left + left[row]!,
        spread: sum.spread + spread[row]!,
        rows: sum.rows + 1,
      });
    }
    for (const sum of sums.values()) {
      if (sum.rows < MIN_ZONE_ROWS || !(sum.spread > 0)) continue;
      zones += 1;
      worst = Math.max(worst, Math.abs(sum.left) / Math.sqrt(known * sum.spread));
    }
  }
  return normalTwoSided(worst) * Math.max(1, zones) > SAME_P;
}

const MIN_ZONE_ROWS = 50;

function zonesOf(pair: ColumnCells): (cell: number) => number {
  if (pair.kind === 'levels') return (code) => code;
  const sorted = sketch(pair.reference);
  const [low, high] = [quantileReached(sorted, 1 / 3), quantileReached(sorted, 2 / 3)];
  return (value) => (Number.isNaN(value) ? -1 : value <= low ? 0 : value <= high ? 1 : 2);
}

function likelihood(p: Float64Array, y: Float64Array, now: (p: number) => number): number {
  let log = 0;
  for (let row = 0; row < p.length; row++) {
    const mu = now(p[row]!);
    log += Math.log(y[row] === 1 ? mu : 1 - mu);
  }
  return log;
}

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
