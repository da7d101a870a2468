import type { CycleKind } from '../core/columns/cycle-figures.ts';
import type { Performance } from '../core/findings.ts';
import { lowerIsBetter, MAY_BE_WORSE, mayBeWorse } from '../core/metric-direction.ts';
import { VERDICT_ALPHA } from './thresholds.ts';

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
  /** All others that are worse at the level of `perhaps`, the clearest first, of any name: some fall with the mix of classes. Absent: none is. */
  readonly worsened?: readonly Figure[];
}

type Figure = Omit<PerformanceChange, 'beside' | 'perhaps' | 'worsened'>;

type MeasuredLoss = Pick<Performance, 'metrics' | 'cycle'>;

export function performanceChange(performance: Performance | null): PerformanceChange | null {
  const [first, ...others] = changes(performance);
  if (first === undefined || performance === null) return null;
  const worsened = worsenedIn(performance, first.metric);
  const quoted = worsened.length === 0 ? first : { ...first, worsened };
  const clearest = others
    .filter(({ metric, worse }) => worse && !OF_THE_MIX.has(metric))
    .reduce<PerformanceChange | null>((best, each) => ((each.p ?? 1) < (best?.p ?? 1) ? each : best), null);
  if (clearest === null) return quoted;
  if (isBeyondChance(clearest.p)) return { ...quoted, beside: clearest };
  return (clearest.p ?? 1) < MAY_BE_WORSE ? { ...quoted, perhaps: clearest } : quoted;
}

/** What people may read of in the figures themselves, though no verdict goes by it. */
function worsenedIn({ metrics, cycle }: MeasuredLoss, quoted: string): Figure[] {
  return Object.entries(metrics)
    .filter(([metric, figure]) => metric !== quoted && mayBeWorse(metric, figure))
    .flatMap(([metric]) => figureOf({ metrics, ...(cycle && { cycle }) }, metric, !lowerIsBetter(metric)))
    .toSorted((a, b) => (a.p ?? 1) - (b.p ?? 1));
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
  return QUOTED.flatMap(([name, moreIsBetter]) => figureOf(performance, name, moreIsBetter));
}

function figureOf({ metrics, cycle }: MeasuredLoss, metric: string, moreIsBetter: boolean): Figure[] {
  const known = new Map(Object.entries(metrics)).get(metric);
  const { reference = null, current = null, p_value: p = null } = known ?? {};
  if (reference === null || current === null) return [];
  const worse = moreIsBetter ? current < reference : current > reference;
  const lost = worse && p !== null && p < VERDICT_ALPHA;
  const hours = cycle?.by;
  const isShare = moreIsBetter && metric !== 'r2';
  return [{ metric, reference, current, p, isShare, ...(hours !== undefined && { hours }), worse, lost }];
}
