import type { Fault, FaultFinding } from '../../core/findings.ts';

/** A fault and how much the innocent reading still weighs against it, 0 to 1. */
export interface Suspicion {
  readonly finding: FaultFinding;
  readonly doubt: number;
  /** The column it was exchanged with. */
  readonly partner?: string;
}

export function suspicion(
  fault: Fault,
  feature: string,
  facts: { detail: string; share: number; statistic: number; p: number | null; doubt: number },
): Suspicion {
  const { detail, share, statistic, p, doubt } = facts;
  return {
    finding: { fault, feature, detail, share, statistic, p_value: p },
    doubt,
  };
}
