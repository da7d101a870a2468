import type { ShiftKind, VerdictKind } from '../core/findings.ts';
import type { LabelAnswers } from './answers.ts';
import type { Decision, Kind } from './decide-kind.ts';
import type { LabelMixture } from './label-mixture.ts';
import { VERDICT_ALPHA } from './thresholds.ts';

/** Closed: why a verdict is `undetermined`. */
export type UndeterminedReason =
  | 'no_rows'
  | 'no_baseline'
  | 'too_few_rows'
  | 'conflicting_evidence'
  | 'fault_or_change'
  | 'labels_immature'
  | 'counts_unreadable';

export const ALL_KINDS: readonly ShiftKind[] = [
  'covariate_shift',
  'label_shift',
  'concept_drift',
  'data_fault',
];

export interface Verdict {
  readonly verdict: VerdictKind;
  readonly types: ShiftKind[];
  readonly reason: UndeterminedReason | null;
}

/**
 * Puts the fault and the change of the world beside it together. Beside a fault only a change that is clear on its
 * own counts; what cannot be told there is left out rather than making the fault undetermined.
 */
export function verdictOf(decision: Decision, hasFault: boolean, labelsMovedEarly: boolean): Verdict {
  const ofWorld = decision.isOneStep === true ? ONE_STEP : KINDS_IN[decision.kind];
  const types: ShiftKind[] = [...(hasFault ? (['data_fault'] as const) : []), ...ofWorld];
  if (hasFault) return { verdict: types.length > 1 ? 'mixed' : 'data_fault', types, reason: null };
  if (decision.kind === 'undetermined')
    return { verdict: 'undetermined', types, reason: 'conflicting_evidence' };
  if (decision.kind === 'none' && labelsMovedEarly) {
    return { verdict: 'undetermined', types, reason: 'labels_immature' };
  }
  return { verdict: decision.kind, types, reason: null };
}

const KINDS_IN: Readonly<Record<Kind, readonly ShiftKind[]>> = {
  none: [],
  undetermined: [],
  covariate_shift: ['covariate_shift'],
  label_shift: ['label_shift'],
  concept_drift: ['concept_drift'],
  mixed: ['covariate_shift', 'concept_drift'],
};

const ONE_STEP: readonly ShiftKind[] = ['covariate_shift', 'label_shift'];

/**
 * Concept drift needs labels. Label shift without them is told only by what it would do to the inputs: ruled out
 * where they did not move, or moved in a way no mix of classes explains.
 */
export function notTested(
  answers: LabelAnswers | null,
  kind: Kind,
  hasFault: boolean,
  mixture: LabelMixture | null,
): ShiftKind[] {
  if (answers !== null) return answers.selectedBy === undefined ? [] : ['label_shift'];
  const ruledOut = kind === 'none' ? !hasFault : mixture !== null && mixture.p < VERDICT_ALPHA;
  return ruledOut ? ['concept_drift'] : ['label_shift', 'concept_drift'];
}
