import type { SetAside } from '../core/columns/feature-settings.ts';
import type { FeatureComparison } from '../core/findings.ts';
import type { Metrics, Shares, TestResult } from '../core/columns/figures.ts';
import { cramersV } from '../stats/distances/cramers-v.ts';
import { chiSquareUpperQuantile } from '../stats/distributions.ts';
import { cellDistances } from '../stats/distances/cell-distances.ts';
import { sum } from '../stats/elementary.ts';
import { chiSquareTest } from '../stats/significance/chi-square.ts';
import { sameShareTest } from '../stats/significance/same-share-test.ts';
import { usedCells } from './effect.ts';
import { testFeature } from './feature-test.ts';
import type { FeatureTest } from './feature-test.ts';
import { RARE_OR_NEW } from './measures/measures.ts';
import type { CountsWithNames, Measures, Sides } from './measures/measures.ts';
import type { CompareOptions } from './options.ts';
import type { HealthyWindow } from './overdispersion.ts';

/** Why a feature has the status it has. */
export type ComparisonReason =
  | 'too_few_rows'
  | 'no_values'
  | 'too_few_values'
  | 'too_few_cells'
  | 'constant'
  | 'not_significant'
  | 'effect_below_floor'
  | 'other_direction'
  | 'shifted'
  | SetAside;

/**
 * Every figure of one feature, and whether there is enough of it to judge. The judgement itself waits for the other
 * features (`correctFamily`): `ok` here means no more than "may be judged". `windows` are healthy windows of this
 * feature; left out, those of its name in the options.
 */
export function assess(
  measures: Measures,
  minRows: number,
  options: CompareOptions,
  windows: readonly HealthyWindow[] = options.referenceWindows?.features.get(measures.name) ?? [],
): FeatureComparison {
  const counts = namedCounts(measures, options);
  const n = sum(counts.reference);
  const m = sum(counts.current);
  const test = testFeature(measures, windows, options.began);
  const measured = n > 0 && m > 0;
  const reason = insufficiency(measures, test, n, m, minRows);
  const comparison: FeatureComparison = {
    name: measures.name,
    kind: measures.kind,
    status: reason === null || reason === 'constant' ? 'ok' : 'insufficient',
    rows: { ...measures.rows },
    missing: shareOf(measures.missing, measures.rows),
    invalid: shareOf(measures.invalid, measures.rows),
    metrics: measured ? { ...cellMetrics(measures, test), ...measures.metrics } : {},
    threshold: { psi: measured ? psiThreshold(measures, n, m, options.psiAlpha) : null },
    p_value: test.pValue,
    q_value: null,
    severity: 'none',
    drifted: false,
    faults: [],
    reason: reason ?? 'not_significant',
    counts: test.usual === null ? counts : { ...counts, usual: [...test.usual] },
  };
  if (test.cycle !== null) comparison.cycle = test.cycle;
  if (test.overdispersion !== null) comparison.overdispersion = test.overdispersion;
  addShareTests(comparison, measures);
  return comparison;
}

/** With the levels that may be named, where `minCount` says. */
export function namedCounts(
  { counts, commonLevels }: Pick<Measures, 'counts' | 'commonLevels'>,
  { minCount }: Pick<CompareOptions, 'minCount'>,
): CountsWithNames {
  if (minCount === undefined || commonLevels === undefined) return counts;
  return { ...counts, named: commonLevels(minCount) };
}

function insufficiency(
  measures: Measures,
  test: FeatureTest,
  n: number,
  m: number,
  minRows: number,
): ComparisonReason | null {
  if (Math.min(measures.rows.reference, measures.rows.current) < minRows) return 'too_few_rows';
  if (n === 0 || m === 0) return 'no_values';
  if (Math.min(n, m) < minRows) return 'too_few_values';
  if (isConstant(measures)) return 'constant';
  return test.pValue === null ? 'too_few_cells' : null;
}

/** One and the same value throughout on both sides: nothing can be tested, and nothing needs to be. */
function isConstant({ counts, kind }: Measures): boolean {
  const used = counts.bins.filter((_, i) => (counts.reference[i] ?? 0) + (counts.current[i] ?? 0) > 0);
  return used.length === 1 && (kind === 'numeric' || used[0] !== RARE_OR_NEW);
}

function cellMetrics(measures: Measures, { cells, g }: FeatureTest): Metrics {
  const { reference, current } = measures.counts;
  const metrics: Metrics = cellDistances(reference, current);
  if (g.cells < 2) return metrics;
  const chiSquare = chiSquareTest(cells.reference, cells.current);
  metrics.g_test = { statistic: g.statistic, p_value: g.p_value };
  metrics.chi_square = { statistic: chiSquare.statistic, p_value: chiSquare.p_value };
  metrics.cramers_v = cramersV(cells.reference, cells.current);
  return metrics;
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
  return sameShareTest(part.reference, rows.reference, part.current, rows.current);
}

function shareOf(part: Sides, rows: Sides): Shares {
  return {
    reference: rows.reference > 0 ? part.reference / rows.reference : 0,
    current: rows.current > 0 ? part.current / rows.current : 0,
  };
}
