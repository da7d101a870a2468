import type { Comparison, FeatureComparison } from '../core/findings.ts';
import type { Fault, FaultFinding } from '../core/faults.ts';

interface Columns extends Pick<Comparison, 'prediction' | 'score' | 'label'> {
  readonly features: readonly FeatureComparison[];
}

/**
 * Marks faulty columns: status `fault`, the faults by name, and no drift flag, since a broken column says nothing
 * about the world. Measurements stay. The input is not changed.
 */
export function applyFaults(
  { features, prediction, score, label }: Columns,
  faults: readonly FaultFinding[],
): Pick<Comparison, 'features' | 'prediction' | 'score' | 'label'> {
  const faultsOf = new Map<string, Set<Fault>>();
  for (const { feature, fault } of faults) {
    faultsOf.set(feature, (faultsOf.get(feature) ?? new Set()).add(fault));
  }
  const marked = (column: FeatureComparison): FeatureComparison => {
    const found = faultsOf.get(column.name);
    if (found === undefined) return column;
    return {
      ...column,
      status: 'fault',
      drifted: false,
      severity: 'none',
      faults: [...found],
      reason: 'fault',
    };
  };
  return {
    features: features.map(marked),
    prediction: prediction && marked(prediction),
    score: score && marked(score),
    label: label && marked(label),
  };
}
