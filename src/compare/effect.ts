import type { FeatureComparison } from '../core/findings.ts';
import { ksEffect, ksEffectNoise } from '../stats/distances/ks-effect.ts';
import { psiNoise } from '../stats/distances/psi.ts';
import { sum } from '../stats/elementary.ts';

/**
 * How far a feature moved beyond what chance moves it: the effect that floors are compared with. Null without PSI.
 *
 * The larger of PSI and, for numbers, the PSI that a shift of a normal with the same D would have, each less its mean
 * when nothing moved. PSI sees no move inside a bin, and the outer bins are open: values may go any distance there.
 * D sees it. Where windows are known to spread more than independent rows, so does what chance does.
 */
export function effectOf(comparison: FeatureComparison): number | null {
  const { counts, metrics } = comparison;
  if (counts === undefined || metrics.psi === undefined) return null;
  const n = sum(counts.reference);
  const m = sum(counts.current);
  const wider = Math.max(1, comparison.overdispersion?.factor ?? 1);
  const cells = usedCells(counts.reference, counts.current);
  const ofBins = metrics.psi - wider * psiNoise(cells, n, m);
  if (metrics.ks === undefined) return ofBins;
  return Math.max(ofBins, ksEffect(metrics.ks.statistic) - wider * ksEffectNoise(n, m));
}

/** Cells used by either side. */
export function usedCells(reference: readonly number[], current: readonly number[]): number {
  return reference.filter((count, i) => count + (current[i] ?? 0) > 0).length;
}
