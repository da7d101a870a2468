import type { Advice, ShiftKind, VerdictKind } from '../core/findings.ts';

const ADVICE: Readonly<Record<Exclude<VerdictKind, 'covariate_shift'>, Advice>> = {
  none: 'none',
  undetermined: 'watch',
  data_fault: 'fix_pipeline',
  concept_drift: 'retrain',
  label_shift: 'reweight',
  mixed: 'retrain',
};

interface Circumstances {
  readonly isLost: boolean;
  /** Something may be broken as well: a person looks before anything is retrained. */
  readonly isOpen?: boolean;
}

/** The right action per cause. A fault is never answered with a retrain: it would learn the fault. */
export function adviceFor(
  verdict: VerdictKind,
  types: readonly ShiftKind[],
  { isLost, isOpen = false }: Circumstances,
): Advice {
  if (types.includes('data_fault')) return 'fix_pipeline';
  const advice =
    verdict === 'covariate_shift'
      ? isLost
        ? 'retrain'
        : 'watch'
      : ADVICE[types.includes('label_shift') ? 'label_shift' : verdict];
  return isOpen && advice === 'retrain' ? 'watch' : advice;
}
