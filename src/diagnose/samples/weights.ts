import type { VerdictKind, WeighedKind } from '../../core/findings.ts';
import type { Decision } from '../decide-kind.ts';
import type { Suspicion } from '../faults/suspicion.ts';

export type Weights = Partial<Record<WeighedKind, number>>;

/**
 * How likely each verdict is, from the decision about the world and the doubt about the faults; sums to 1.
 *
 * The clearest fault speaks for all of them, the innocent reading is its doubt. Beside a fault the world's own kinds
 * count only for what is then called mixed.
 */
export function weightsOf(verdict: VerdictKind, decision: Decision, faults: readonly Suspicion[]): Weights {
  const world = worldWeights(decision);
  if (faults.length === 0) return calibrated(world, verdict);
  const fault = 1 / (1 + Math.min(...faults.map(({ doubt }) => doubt)));
  const besides = verdict === 'mixed' ? decision.confidence : 0;
  const weights: Weights = { data_fault: fault * (1 - besides) };
  for (const [kind, weight] of entries(world)) weights[kind] = (weights[kind] ?? 0) + (1 - fault) * weight;
  if (besides > 0) weights.mixed = (weights.mixed ?? 0) + fault * besides;
  return calibrated(weights, verdict === 'mixed' ? 'fault_beside_shift' : verdict);
}

function worldWeights({ weights }: Decision): Weights {
  return Object.fromEntries(weights);
}

const KINDS: readonly WeighedKind[] = [
  'none',
  'covariate_shift',
  'label_shift',
  'concept_drift',
  'data_fault',
  'mixed',
];

type Said = VerdictKind | 'fault_beside_shift';

/** In the making a verdict that looked beyond doubt was wrong about once in a hundred times, and then it was anything. */
const ALIKE = evenly(0.01);

/**
 * What no p-value knows of: a fault that no rule knows is a shift of the world to all of them. How often each verdict was
 * something else, and what, in 298 cases of worlds that nobody who had changed a rule had seen (first runs of
 * the sixth to the ninth sealed round, docs/records/verdicts.md#where-confidences-come-from): 14 of 192, 0 of 11, 1 of 8, 4 of 17 and 12 of 56.
 * Of `none` it was 1 of 344, of faults alone 1 of 37.
 */
const INSTEAD: Readonly<Record<Said, Weights>> = {
  none: ALIKE,
  data_fault: ALIKE,
  undetermined: ALIKE,
  covariate_shift: { data_fault: 0.06, none: 0.01 },
  label_shift: { data_fault: 0.02, covariate_shift: 0.01 },
  concept_drift: { data_fault: 0.06, mixed: 0.01 },
  mixed: { concept_drift: 0.12, data_fault: 0.06, covariate_shift: 0.03 },
  fault_beside_shift: { covariate_shift: 0.1, none: 0.07, data_fault: 0.03, concept_drift: 0.01 },
};

function calibrated(weights: Weights, said: Said): Weights {
  const total = entries(weights).reduce((sum, [, weight]) => sum + weight, 0);
  const known = (kind: WeighedKind): number => (total > 0 ? (weights[kind] ?? 0) / total : 0);
  const instead = INSTEAD[said];
  return Object.fromEntries(
    KINDS.map((kind) => [kind, (1 - unknownOf(said)) * known(kind) + (instead[kind] ?? 0)]),
  );
}

/** What a verdict without faults is stated with where all that was measured speaks for it: its confidence is never more. */
export function mostSure(verdict: WeighedKind): number {
  return 1 - unknownOf(verdict) + (INSTEAD[verdict][verdict] ?? 0);
}

function unknownOf(said: Said): number {
  return entries(INSTEAD[said]).reduce((sum, [, share]) => sum + share, 0);
}

function evenly(share: number): Weights {
  return Object.fromEntries(KINDS.map((kind) => [kind, share / KINDS.length]));
}

function entries(weights: Weights): [WeighedKind, number][] {
  return Object.entries(weights) as [WeighedKind, number][];
}
