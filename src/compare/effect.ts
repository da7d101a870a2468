import type { FeatureComparison } from '../core/findings.ts';
import { ksEffect, ksEffectNoise } from '../stats/distances/ks-effect.ts';
import { judgedCounts, judgedPsi } from '../core/columns/cycle-figures.ts';
import { psiNoise } from '../stats/distances/psi.ts';
import { sum } from '../stats/elementary.ts';

/** What of a comparison it follows from. */
export interface EffectFigures {
  readonly counts?: FeatureComparison['counts'];
  readonly metrics: { readonly psi?: number; readonly ks?: { readonly statistic: number } };
  readonly cycle?: { readonly psi: number; readonly ks?: number };
  readonly overdispersion?: { readonly factor: number };
}

/**
 * How far a feature moved beyond what chance moves it: the effect that floors are compared with. Null without PSI.
 *
 * The larger of PSI and, for numbers, the PSI that a shift of a normal with the same D would have, each less its mean
 * when nothing moved. PSI sees no move inside a bin, and the outer bins are open: values may go any distance there.
 * D sees it. Where windows are known to spread more than independent rows, so does what chance does. Of a column that
 * follows the hours: how far from what is usual at them.
 */
export function effectOf(comparison: EffectFigures): number | null {
  const { counts, metrics, cycle } = comparison;
  const psi = judgedPsi(comparison);
  if (counts === undefined || psi === null) return null;
  const { reference } = judgedCounts(counts);
  const n = sum(reference);
  const m = sum(counts.current);
  const wider = Math.max(1, comparison.overdispersion?.factor ?? 1);
  const ofBins = psi - wider * psiNoise(usedCells(reference, counts.current), n, m);
  const ks = cycle === undefined ? metrics.ks?.statistic : cycle.ks;
  if (ks === undefined) return ofBins;
  return Math.max(ofBins, ksEffect(ks) - wider * ksEffectNoise(n, m));
}

/** Cells used by either side. */
export function usedCells(reference: readonly number[], current: readonly number[]): number {
  return reference.filter((count, i) => count + (current[i] ?? 0) > 0).length;
}
