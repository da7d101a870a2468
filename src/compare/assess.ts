import type { FeatureComparison, Metrics, Shares, TestResult } from '../core/findings.ts';
import { DEFAULT_MIN_EXPECTED, poolCells } from '../stats/cells.ts';
import { cramersV } from '../stats/distances/cramers-v.ts';
import { hellinger } from '../stats/distances/hellinger.ts';
import { jensenShannon } from '../stats/distances/jensen-shannon.ts';
import { klDivergence } from '../stats/distances/kl-divergence.ts';
import { psi, psiNoise } from '../stats/distances/psi.ts';
import { lInfinity, totalVariation } from '../stats/distances/total-variation.ts';
import { chiSquareUpperQuantile } from '../stats/distributions.ts';
import { chiSquareTest } from '../stats/tests/chi-square.ts';
import { gTest } from '../stats/tests/g-test.ts';
import { ksPValue } from '../stats/tests/ks.ts';
import { twoProportionTest } from '../stats/tests/two-proportion.ts';
import { RARE_OR_NEW } from './measures.ts';
import type { Measures, Sides } from './measures.ts';
import type { CompareOptions } from './options.ts';

/** Why a feature has the status it has. */
export type ComparisonReason =
  | 'too_few_rows'
  | 'no_values'
  | 'too_few_values'
  | 'too_few_cells'
  | 'constant'
  | 'not_significant'
  | 'effect_below_floor'
  | 'shifted';

/**
 * Every figure of one feature, and whether there is enough of it to judge. The judgement itself waits for the other
 * features (`correctFamily`): `ok` here means no more than "may be judged".
 */
export function assess(measures: Measures, minRows: number, options: CompareOptions): FeatureComparison {
  const { counts } = measures;
  const n = sum(counts.reference);
  const m = sum(counts.current);
  const numeric = measures.kind === 'numeric';
  const pooled = poolCells(counts.reference, counts.current, {
    ordered: numeric,
    minExpected: DEFAULT_MIN_EXPECTED,
  });
  const g = gTest(pooled.reference, pooled.current);
  const measured = n > 0 && m > 0;
  const reason = insufficiency(measures, n, m, g.cells, minRows);
  const comparison: FeatureComparison = {
    name: measures.name,
    kind: measures.kind,
    status: reason === null || reason === 'constant' ? 'ok' : 'insufficient',
    rows: { ...measures.rows },
    missing: shareOf(measures.missing, measures.rows),
    invalid: shareOf(measures.invalid, measures.rows),
    metrics: measured ? { ...cellMetrics(measures, pooled), ...measures.metrics } : {},
    threshold: { psi: measured ? psiThreshold(measures, n, m, options.psiAlpha) : null },
    p_value: measured ? combinedPValue(measures, g.cells, g.p_value, n, m) : null,
    q_value: null,
    severity: 'none',
    drifted: false,
    faults: [],
    reason: reason ?? 'not_significant',
    counts,
  };
  addShareTests(comparison, measures);
  return comparison;
}

function insufficiency(
  measures: Measures,
  n: number,
  m: number,
  cells: number,
  minRows: number,
): ComparisonReason | null {
  if (Math.min(measures.rows.reference, measures.rows.current) < minRows) return 'too_few_rows';
  if (n === 0 || m === 0) return 'no_values';
  if (Math.min(n, m) < minRows) return 'too_few_values';
  if (cells >= 2) return null;
  return isConstant(measures) ? 'constant' : 'too_few_cells';
}

/** One and the same value throughout on both sides: nothing can be tested, and nothing needs to be. */
function isConstant(measures: Measures): boolean {
  const { bins, reference, current } = measures.counts;
  const used = reference.flatMap((count, i) => (count + (current[i] ?? 0) > 0 ? [bins[i]] : []));
  if (used.length !== 1) return false;
  return measures.kind === 'numeric' ? measures.metrics.ks?.statistic === 0 : used[0] !== RARE_OR_NEW;
}

function cellMetrics(measures: Measures, pooled: { reference: number[]; current: number[] }): Metrics {
  const { reference, current } = measures.counts;
  const g = gTest(pooled.reference, pooled.current);
  const metrics: Metrics = {
    psi: psi(reference, current),
    kl_divergence: klDivergence(reference, current),
    jensen_shannon: jensenShannon(reference, current),
    hellinger: hellinger(reference, current),
    total_variation: totalVariation(reference, current),
    l_infinity: lInfinity(reference, current),
  };
  if (g.cells < 2) return metrics;
  const chiSquare = chiSquareTest(pooled.reference, pooled.current);
  metrics.g_test = { statistic: g.statistic, p_value: g.p_value };
  metrics.chi_square = { statistic: chiSquare.statistic, p_value: chiSquare.p_value };
  metrics.cramers_v = cramersV(pooled.reference, pooled.current);
  return metrics;
}

/**
 * Numbers: twice the smaller of G (which sees any change of the bins) and KS (which sees small shifts across them).
 * Levels: G. Null where neither can be had.
 */
function combinedPValue(
  measures: Measures,
  cells: number,
  pOfG: number,
  n: number,
  m: number,
): number | null {
  const ks = measures.metrics.ks;
  if (ks === undefined) return cells < 2 ? null : pOfG;
  const pOfKs = ksPValue(ks.statistic, n, m);
  return Math.min(1, 2 * (cells < 2 ? pOfKs : Math.min(pOfG, pOfKs)));
}

/** Cells used by either side. */
export function usedCells(reference: readonly number[], current: readonly number[]): number {
  return reference.filter((count, i) => count + (current[i] ?? 0) > 0).length;
}

function psiThreshold(measures: Measures, n: number, m: number, alpha: number): number | null {
  const df = usedCells(measures.counts.reference, measures.counts.current) - 1;
  return df < 1 ? null : chiSquareUpperQuantile(alpha, df) * (1 / n + 1 / m);
}

function addShareTests(comparison: FeatureComparison, measures: Measures): void {
  const { rows, newLevels } = measures;
  if (newLevels !== null) comparison.new_levels = shareOf(newLevels, rows);
  if (rows.reference === 0 || rows.current === 0) return;
  comparison.missing_test = shareTest(measures.missing, rows);
  comparison.invalid_test = shareTest(measures.invalid, rows);
  if (newLevels !== null) comparison.new_levels_test = shareTest(newLevels, rows);
}

function shareTest(part: Sides, rows: Sides): TestResult {
  return twoProportionTest(part.reference, rows.reference, part.current, rows.current);
}

function shareOf(part: Sides, rows: Sides): Shares {
  return {
    reference: rows.reference > 0 ? part.reference / rows.reference : 0,
    current: rows.current > 0 ? part.current / rows.current : 0,
  };
}

/** PSI less what it would be by chance: the effect that floors are compared with. Null without PSI. */
export function effectOf(comparison: FeatureComparison): number | null {
  const { counts, metrics } = comparison;
  if (counts === undefined || metrics.psi === undefined) return null;
  const cells = usedCells(counts.reference, counts.current);
  return metrics.psi - psiNoise(cells, sum(counts.reference), sum(counts.current));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
