import { judgedPsi } from '../../core/columns/cycle-figures.ts';
import type { FeatureComparison } from '../../core/findings.ts';

const RANK = { fault: 0, drift: 1, ok: 2, insufficient: 3 } as const;

/** Orders columns: faults, then those that moved, most first. */
export function byChange(a: FeatureComparison, b: FeatureComparison): number {
  return RANK[a.status] - RANK[b.status] || (judgedPsi(b) ?? 0) - (judgedPsi(a) ?? 0);
}
