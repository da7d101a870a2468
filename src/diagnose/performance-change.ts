import type { CycleKind } from '../core/columns/cycle-figures.ts';
import type { Performance } from '../core/findings.ts';
import { VERDICT_ALPHA } from './thresholds.ts';

/** Metrics a verdict may quote, first found wins, and whether more of it is better. */
const QUOTED: readonly (readonly [string, boolean])[] = [
  ['accuracy', true],
  ['roc_auc', true],
  ['f1', true],
  ['mae', false],
  ['rmse', false],
];

export interface PerformanceChange {
  readonly metric: string;
  readonly reference: number;
  readonly current: number;
  readonly p: number | null;
  readonly isShare: boolean;
  /** Of these hours is the reference; absent: of all. */
  readonly hours?: CycleKind;
  readonly worse: boolean;
  /** Worse, and beyond chance at 0.1 %. */
  readonly lost: boolean;
}

export function performanceChange(performance: Performance | null): PerformanceChange | null {
  if (performance === null) return null;
  const metrics = new Map(Object.entries(performance.metrics));
  for (const [name, moreIsBetter] of QUOTED) {
    const metric = metrics.get(name);
    if (metric === undefined) continue;
    const { reference, current, p_value: p } = metric;
    if (reference === null || current === null) continue;
    const worse = moreIsBetter ? current < reference : current > reference;
    const lost = worse && p !== null && p < VERDICT_ALPHA;
    const hours = performance.cycle?.by;
    return {
      metric: name,
      reference,
      current,
      p,
      isShare: moreIsBetter,
      ...(hours !== undefined && { hours }),
      worse,
      lost,
    };
  }
  return null;
}

/** Whether any of these figures is worse beyond chance, at 0.1 % for all of them together. */
export function performanceFell(performance: Performance | null): boolean {
  if (performance === null) return false;
  const metrics = new Map(Object.entries(performance.metrics));
  return QUOTED.some(([name, moreIsBetter]) => {
    const { reference = null, current = null, p_value: p = null } = metrics.get(name) ?? {};
    if (reference === null || current === null || p === null) return false;
    const worse = moreIsBetter ? current < reference : current > reference;
    return worse && p < VERDICT_ALPHA / QUOTED.length;
  });
}
