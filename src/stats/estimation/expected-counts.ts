import type { ClassificationSample } from '../performance/classification-figures.ts';
import { classificationFigures } from '../performance/classification-figures.ts';
import type { Measured } from '../performance/measured.ts';
import { isMeasured } from '../performance/measured.ts';
import type { LossSums } from '../performance/score-losses.ts';
import { logLoss } from '../performance/score-losses.ts';
import type { ScoreStretches } from './score-stretches.ts';

export interface CountedRows {
  readonly stretches: ScoreStretches;
  /** Rows predicted positive: those with the highest scores. */
  readonly selected: number;
  readonly positiveClass: string;
  readonly negativeClass: string;
  /** Calibrated probability of the positive class at each score; must not fall from one score to a higher one. */
  probabilityAt(scores: Float64Array): Float64Array;
}

/**
 * CBPE of two classes from counts of scores: the figures `expectedPerformance` would give of the rows, each with how far
 * from that it can be. A stretch's rows are taken to have the probability of their mean score. Since probability rises
 * with score, none of them is off by more than the probabilities at the stretch's ends are; the bounds follow from the
 * sum of that over the rows predicted positive and over the others. `ece` is not among them: it is 0 by construction.
 * Cost O(stretches).
 */
export function expectedFromCounts(counted: CountedRows): ReadonlyMap<string, Measured> {
  const expected = expect(counted);
  const figures = classificationFigures(sampleOf(counted, expected));
  const bounds = boundsOf(counted.stretches, expected);
  return new Map(
    [...figures].flatMap(([name, figure]): [string, Measured][] => {
      const bound = bounds.get(name);
      if (bound === undefined || !isMeasured(figure)) return [];
      return [[name, { ...figure, bound: figure.bound + bound }]];
    }),
  );
}

interface Expected {
  readonly atLow: Float64Array;
  readonly atMean: Float64Array;
  readonly atHigh: Float64Array;
  /** Of each stretch: rows predicted positive, and the most that one row's probability is off. */
  readonly selected: Float64Array;
  readonly spread: Float64Array;
  readonly truePositives: number;
  readonly positives: number;
  readonly selectedRows: number;
  readonly rows: number;
}

function expect({ stretches, selected: wanted, probabilityAt }: CountedRows): Expected {
  const { low, high, rows, mean } = stretches;
  const [atLow, atMean, atHigh] = [low, mean, high].map(probabilityAt) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const selected = new Float64Array(rows.length);
  let left = wanted;
  for (let i = rows.length - 1; i >= 0 && left > 0; i--) {
    selected[i] = Math.min(left, rows[i] ?? 0);
    left -= selected[i] ?? 0;
  }
  return {
    atLow,
    atMean,
    atHigh,
    selected,
    spread: atMean.map((p, i) => Math.max((atHigh[i] ?? p) - p, p - (atLow[i] ?? p))),
    truePositives: weighted(selected, atMean),
    positives: weighted(rows, atMean),
    selectedRows: wanted,
    rows: rows.reduce((sum, each) => sum + each, 0),
  };
}

function sampleOf(
  { stretches, positiveClass, negativeClass }: CountedRows,
  { atMean, truePositives: tp, positives, selectedRows, rows }: Expected,
): ClassificationSample {
  const fn = positives - tp;
  const fp = selectedRows - tp;
  const tn = rows - selectedRows - fn;
  return {
    confusion: {
      classes: [positiveClass, negativeClass],
      counts: [
        [tp, fn],
        [fp, tn],
      ],
    },
    correct: tp + tn,
    positiveClass,
    brier: lossOf(stretches, atMean, brierOf),
    logLoss: lossOf(stretches, atMean, logLossOf),
    cells: {
      low: stretches.low,
      high: stretches.high,
      positives: stretches.rows.map((each, i) => each * (atMean[i] ?? 0)),
      negatives: stretches.rows.map((each, i) => each * (1 - (atMean[i] ?? 0))),
      sums: stretches.rows.map((each, i) => each * (stretches.mean[i] ?? 0)),
    },
    cellsByClass: null,
  };
}

type Loss = (score: number, label: 0 | 1) => number;
const brierOf: Loss = (score, label) => (score - label) ** 2;
const logLossOf: Loss = (score, label) => logLoss(label === 1 ? score : 1 - score);

function lossOf({ rows, mean }: ScoreStretches, atMean: Float64Array, loss: Loss): LossSums {
  const one = Float64Array.from(mean, (score, i) => mixed(atMean[i] ?? 0, loss(score, 1), loss(score, 0)));
  const squared = Float64Array.from(mean, (score, i) =>
    mixed(atMean[i] ?? 0, loss(score, 1) ** 2, loss(score, 0) ** 2),
  );
  const n = rows.reduce((sum, each) => sum + each, 0);
  return { n, sum: weighted(rows, one), sumOfSquares: weighted(rows, squared) };
}

function mixed(p: number, ifPositive: number, ifNegative: number): number {
  return p * ifPositive + (1 - p) * ifNegative;
}

function weighted(rows: Float64Array, values: Float64Array): number {
  let sum = 0;
  for (const [i, count] of rows.entries()) sum += count * (values[i] ?? 0);
  return sum;
}

function boundsOf(stretches: ScoreStretches, expected: Expected): ReadonlyMap<string, number> {
  const { selected, spread, selectedRows, rows, positives: P } = expected;
  const among = weighted(selected, spread);
  const all = weighted(stretches.rows, spread);
  const others = all - among;
  const ratio = (x: number, n: number): number => (n > 0 ? x / n : Infinity);
  return new Map([
    ['accuracy', ratio(all, rows)],
    ['precision', ratio(among, selectedRows)],
    ['recall', ofRatio(expected.truePositives, P - expected.truePositives, among, others)],
    ['f1', 2 * ofRatio(expected.truePositives, selectedRows + P - expected.truePositives, among, others)],
    [
      'specificity',
      ofRatio(
        rows - selectedRows - P + expected.truePositives,
        selectedRows - expected.truePositives,
        others,
        among,
      ),
    ],
    ['roc_auc', ratio(all, P - all) + ratio(all, rows - P - all)],
    ['pr_auc', ofPrecisions(stretches.rows, spread, P - all)],
    ['brier', ofLoss(stretches, expected, brierOf)],
    ['log_loss', ofLoss(stretches, expected, logLossOf)],
  ]);
}

/** How far x/(x + y) can move when x is off by `dx` and y by `dy`. */
function ofRatio(x: number, y: number, dx: number, dy: number): number {
  const least = x + y - dx - dy;
  return least > 0 ? (dx + dy) / least : Infinity;
}

/**
 * A positive more at a score adds its own precision, and to that of every positive below it one part in the rows from
 * there up, which together are at most 1 + ln(all rows / rows from its score up).
 */
function ofPrecisions(rows: Float64Array, spread: Float64Array, positives: number): number {
  if (!(positives > 0)) return Infinity;
  const total = rows.reduce((sum, each) => sum + each, 0);
  let above = 0;
  let sum = 0;
  for (let i = rows.length - 1; i >= 0; i--) {
    above += rows[i] ?? 0;
    sum += (rows[i] ?? 0) * (spread[i] ?? 0) * (2 + Math.log(total / above));
  }
  return sum / positives;
}

/**
 * A row's expected loss is linear in its probability and convex in its score: over a stretch it is largest in a corner of
 * both ranges, and smallest in one or where score and probability agree.
 */
function ofLoss({ low, high, rows, mean }: ScoreStretches, expected: Expected, loss: Loss): number {
  const { atLow, atMean, atHigh } = expected;
  let sum = 0;
  let total = 0;
  for (const [i, count] of rows.entries()) {
    const of = (score: number, p: number): number => mixed(p, loss(score, 1), loss(score, 0));
    const [s0, s1] = [low[i] ?? 0, high[i] ?? 0];
    const [p0, p1] = [atLow[i] ?? 0, atHigh[i] ?? 0];
    const agreeing = [p0, p1].map((p) => of(Math.min(s1, Math.max(s0, p)), p));
    const found = [of(s0, p0), of(s0, p1), of(s1, p0), of(s1, p1), ...agreeing];
    const given = of(mean[i] ?? 0, atMean[i] ?? 0);
    sum += count * Math.max(Math.max(...found) - given, given - Math.min(...found));
    total += count;
  }
  return total > 0 ? sum / total : Infinity;
}
