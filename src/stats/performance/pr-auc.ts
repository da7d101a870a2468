import type { Figure } from './measured.ts';
import { logitFigure } from './make-figure.ts';
import { isStretch, labelTotals } from './score-cells.ts';
import type { ScoreCells } from './score-cells.ts';

/**
 * Area under the precision–recall curve as average precision: Σ (recall gained at a score) · (precision at that
 * score), scores descending and tied rows at once; no interpolation, as scikit-learn's `average_precision_score`.
 *
 * Standard error by the delta method: the influence of a row is [y·(g(s) + B(s) − AP) − (1 − y)·C(s)]/π with g the
 * precision at its score, B and C the integrals of b/(a + b)² and a/(a + b)² over the positives below, a and b the
 * shares of all rows that are positive, or negative, from a score up. Interval on the log-odds scale.
 * Range (0, 1]; the share of positives for a constant score. No positive row: `no_positive`. No negative row: 1.
 * Bound: the best and the worst order inside the stretches. Cost O(cells).
 * Source: Davis & Goadrich, ICML 2006; influence function derived here.
 *
 * @example prAuc({ low: [0.1, 0.35, 0.4, 0.8], high: [0.1, 0.35, 0.4, 0.8], negatives: [1, 0, 1, 0], positives: [0, 1, 0, 1], sums: [0.1, 0.35, 0.4, 0.8] }).value // 0.8333333333333333
 */
export function prAuc(cells: ScoreCells): Figure {
  const { negatives, positives } = labelTotals(cells);
  const rows = negatives + positives;
  if (!(rows > 0)) return 'no_rows';
  if (!(positives > 0)) return 'no_positive';
  const value = averagePrecision(cells, positives);
  return logitFigure(
    value,
    standardError(cells, value, positives, rows),
    positives,
    bound(cells, value, positives),
  );
}

function averagePrecision(cells: ScoreCells, P: number): number {
  let above = 0;
  let truePositives = 0;
  let sum = 0;
  for (let cell = cells.low.length - 1; cell >= 0; cell--) {
    const p = cells.positives[cell] ?? 0;
    truePositives += p;
    above += p + (cells.negatives[cell] ?? 0);
    if (p > 0) sum += (p * truePositives) / above;
  }
  return Math.min(1, sum / P);
}

/**
 * The furthest any order inside the stretches can lie from the value given. At best all positives of a stretch come
 * first, as one score; at worst they come last, one after the other.
 */
function bound(cells: ScoreCells, value: number, P: number): number {
  let tp = 0;
  let fp = 0;
  let best = 0;
  let worst = 0;
  let unordered = false;
  for (let cell = cells.low.length - 1; cell >= 0; cell--) {
    const p = cells.positives[cell] ?? 0;
    const n = cells.negatives[cell] ?? 0;
    const stretch = isStretch(cells, cell) && p > 0;
    if (stretch) unordered = true;
    best += precisionMass(tp, fp, p, stretch ? 0 : n);
    worst += stretch ? runOfPositives(tp, fp + n, p) : precisionMass(tp, fp, p, n);
    tp += p;
    fp += n;
  }
  return unordered ? Math.max(Math.abs(best / P - value), Math.abs(value - worst / P)) : 0;
}

function precisionMass(tp: number, fp: number, p: number, n: number): number {
  return p > 0 ? (p * (tp + p)) / (tp + fp + p + n) : 0;
}

/** Σ over p positives one after the other of (tp + k)/(tp + fp + k), without walking them: p − fp · Σ 1/(tp + fp + k). */
function runOfPositives(tp: number, fp: number, p: number): number {
  if (fp === 0) return p;
  return p - fp * (harmonic(tp + fp + p) - harmonic(tp + fp));
}

/** H(x), to 1e-10, by the asymptotic series beyond 20. */
function harmonic(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < 20; at++) shift += 1 / (at + 1);
  const inverse = 1 / (at * at);
  return Math.log(at) + 0.5772156649015329 + 1 / (2 * at) - inverse / 12 + (inverse * inverse) / 120 - shift;
}

function standardError(cells: ScoreCells, ap: number, P: number, rows: number): number {
  const size = cells.low.length;
  const precision = new Float64Array(size);
  // Densities of what is added per cell to B and C, in counts: b/(a + b)² · dA is n·FP/(TP + FP)² in rows.
  const gain = new Float64Array(size);
  const loss = new Float64Array(size);
  let tp = 0;
  let fp = 0;
  for (let cell = size - 1; cell >= 0; cell--) {
    const p = cells.positives[cell] ?? 0;
    tp += p;
    fp += cells.negatives[cell] ?? 0;
    const above = tp + fp;
    if (!(above > 0)) continue;
    precision[cell] = tp / above;
    gain[cell] = (p * fp) / above ** 2;
    loss[cell] = (p * tp) / above ** 2;
  }
  let B = 0;
  let C = 0;
  let squares = 0;
  for (let cell = 0; cell < size; cell++) {
    B += gain[cell] ?? 0;
    C += loss[cell] ?? 0;
    squares += (cells.positives[cell] ?? 0) * ((precision[cell] ?? 0) + B - ap) ** 2;
    squares += (cells.negatives[cell] ?? 0) * C ** 2;
  }
  return Math.sqrt(squares / rows) / (P / rows) / Math.sqrt(rows);
}
