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
  if (faults.length === 0) return calibrated(world);
  const fault = 1 / (1 + Math.min(...faults.map(({ doubt }) => doubt)));
  const besides = verdict === 'mixed' ? decision.confidence : 0;
  const weights: Weights = { data_fault: fault * (1 - besides) };
  for (const [kind, weight] of entries(world)) weights[kind] = (weights[kind] ?? 0) + (1 - fault) * weight;
  if (besides > 0) weights.mixed = (weights.mixed ?? 0) + fault * besides;
  return calibrated(weights);
}

function worldWeights({ weights }: Decision): Weights {
  return Object.fromEntries(weights);
}

/**
 * On simulated cases (docs/diagnosis.md) a verdict that looked beyond doubt was wrong about once in a hundred times:
 * what no p-value knows of, such as a relation the null model cannot bend to. So no verdict keeps more than 99 of
 * 100, and what is taken from it goes to the other kinds alike.
 */
const UNKNOWN = 0.01;

const KINDS: readonly WeighedKind[] = [
  'none',
  'covariate_shift',
  'label_shift',
  'concept_drift',
  'data_fault',
  'mixed',
];

function calibrated(weights: Weights): Weights {
  const total = entries(weights).reduce((sum, [, weight]) => sum + weight, 0);
  const known = (kind: WeighedKind): number => (total > 0 ? (weights[kind] ?? 0) / total : 0);
  return Object.fromEntries(
    KINDS.map((kind) => [kind, (1 - UNKNOWN) * known(kind) + UNKNOWN / KINDS.length]),
  );
}

function entries(weights: Weights): [WeighedKind, number][] {
  return Object.entries(weights) as [WeighedKind, number][];
}
