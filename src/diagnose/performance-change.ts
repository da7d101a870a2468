import type { CycleKind } from '../core/columns/cycle-figures.ts';
import type { Performance } from '../core/findings.ts';
import { SUSPICIOUS, VERDICT_ALPHA } from './thresholds.ts';

/** Metrics a verdict may quote, first found wins, and whether more of it is better. */
const QUOTED: readonly (readonly [string, boolean])[] = [
  ['accuracy', true],
  ['roc_auc', true],
  ['f1', true],
  ['mae', false],
  ['rmse', false],
  ['log_loss', false],
];

/** Falls with the share of the class it is of, though the model is as good as before. */
const OF_THE_MIX: ReadonlySet<string> = new Set(['f1']);

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
  /** The other figure that is worse most clearly, at 0.1 % for all of them together; absent where none is. */
  readonly beside?: Figure;
  /** Absent that, the one that may be: at 5 % for all of them. */
  readonly perhaps?: Figure;
}

type Figure = Omit<PerformanceChange, 'beside' | 'perhaps'>;

type MeasuredLoss = Pick<Performance, 'metrics' | 'cycle'>;

export function performanceChange(performance: Performance | null): PerformanceChange | null {
  const [quoted, ...others] = changes(performance);
  if (quoted === undefined) return null;
  const clearest = others
    .filter(({ metric, worse }) => worse && !OF_THE_MIX.has(metric))
    .reduce<PerformanceChange | null>((best, each) => ((each.p ?? 1) < (best?.p ?? 1) ? each : best), null);
  if (clearest === null) return quoted;
  if (isBeyondChance(clearest.p)) return { ...quoted, beside: clearest };
  return (clearest.p ?? 1) < SUSPICIOUS / QUOTED.length ? { ...quoted, perhaps: clearest } : quoted;
}

/** Whether any of these figures is worse beyond chance, at 0.1 % for all of them together. */
export function performanceFell(performance: MeasuredLoss | null): boolean {
  return changes(performance).some(({ worse, p }) => worse && isBeyondChance(p));
}

/** For all that may be quoted together. */
function isBeyondChance(p: number | null): boolean {
  return p !== null && p < VERDICT_ALPHA / QUOTED.length;
}

function changes(performance: MeasuredLoss | null): PerformanceChange[] {
  if (performance === null) return [];
  const metrics = new Map(Object.entries(performance.metrics));
  const hours = performance.cycle?.by;
  return QUOTED.flatMap(([name, moreIsBetter]) => {
    const { reference = null, current = null, p_value: p = null } = metrics.get(name) ?? {};
    if (reference === null || current === null) return [];
    const worse = moreIsBetter ? current < reference : current > reference;
    const lost = worse && p !== null && p < VERDICT_ALPHA;
    const of = { metric: name, reference, current, p, isShare: moreIsBetter };
    return [{ ...of, ...(hours !== undefined && { hours }), worse, lost }];
  });
}
