import type { Fault, FaultFinding, FeatureComparison } from '../core/findings.ts';

/**
 * Marks faulty features: status `fault`, the faults by name, and no drift flag, since a broken column says nothing
 * about the world. Measurements stay. The input is not changed.
 */
export function applyFaults(
  features: readonly FeatureComparison[],
  faults: readonly FaultFinding[],
): FeatureComparison[] {
  const faultsOf = new Map<string, Set<Fault>>();
  for (const { feature, fault } of faults) {
    faultsOf.set(feature, (faultsOf.get(feature) ?? new Set()).add(fault));
  }
  return features.map((feature) => {
    const found = faultsOf.get(feature.name);
    if (found === undefined) return feature;
    return {
      ...feature,
      status: 'fault',
      drifted: false,
      severity: 'none',
      faults: [...found],
      reason: 'fault',
    };
  });
}
