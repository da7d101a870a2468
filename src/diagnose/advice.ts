import type { Advice, ShiftKind, VerdictKind } from '../core/findings.ts';

const ADVICE: Readonly<Record<Exclude<VerdictKind, 'covariate_shift'>, Advice>> = {
  none: 'none',
  undetermined: 'watch',
  data_fault: 'fix_pipeline',
  concept_drift: 'retrain',
  label_shift: 'reweight',
  mixed: 'retrain',
};

/** The right action per cause. A fault is never answered with a retrain: it would learn the fault. */
export function adviceFor(
  verdict: VerdictKind,
  types: readonly ShiftKind[],
  performanceLost: boolean,
): Advice {
  if (types.includes('data_fault')) return 'fix_pipeline';
  if (verdict === 'covariate_shift') return performanceLost ? 'retrain' : 'watch';
  return ADVICE[verdict];
}
