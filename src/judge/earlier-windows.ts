import { alignWindows } from '../compare/overdispersion.ts';
import type { WindowCounts } from '../compare/overdispersion.ts';
import { areNeighboursApart } from '../stats/significance/own-spread.ts';
import type { BinnedCounts } from '../core/columns/figures.ts';
import type { Comparison, FeatureComparison } from '../core/findings.ts';
import { sizesOfLast } from '../stats/pooled/pooled-scan.ts';
import type { PooledWindows } from '../stats/pooled/pooled-scan.ts';
import { FLOOR_SIZE, pooledOf } from './pool-windows.ts';
import { HARDLY_QUIET, MOST_EARLIER, OUTPUTS } from './windows-before.ts';
import type { EarlierWindows } from './windows-before.ts';

type Judged = Pick<Comparison, 'features' | 'diagnosis'> &
  Partial<Pick<Comparison, 'prediction' | 'score' | 'label'>>;

function keep(columns: Map<string, WindowCounts[]>, name: string, counts: WindowCounts): void {
  const known = columns.get(name) ?? [];
  known.push(counts);
  if (known.length > MOST_EARLIER) known.shift();
  columns.set(name, known);
}

/**
 * Windows that were judged one after the other, as far as the next one may be looked at together with them: a column that was
 * accused in one of them has nothing of it to add.
 */
export class WindowHistory {
  private readonly columns = new Map<string, WindowCounts[]>();
  private readonly all = new Map<string, WindowCounts[]>();
  private readonly healthy: EarlierWindows;

  constructor(healthy: EarlierWindows) {
    this.healthy = healthy;
  }

  get windows(): EarlierWindows {
    return this.columns;
  }

  /** Whatever incidents there were, outputs among them. */
  get around(): EarlierWindows {
    return this.all;
  }

  add({ features, diagnosis, ...outputs }: Judged): void {
    if (diagnosis.known_event?.expected === true) return;
    const accused = new Set(diagnosis.faults.map(({ feature }) => feature));
    for (const { name, counts, drifted, p_value: p, pooled } of features) {
      if (counts === undefined || accused.has(name)) continue;
      keep(this.columns, name, counts);
      keep(this.all, name, {
        ...counts,
        drifted: drifted || (p ?? 1) < HARDLY_QUIET,
        isPooled: pooled?.drifted === true,
      });
    }
    for (const [output, key] of Object.entries(OUTPUTS)) {
      const { counts, drifted = false, p_value: p = 1 } = outputs[output as keyof typeof OUTPUTS] ?? {};
      if (counts !== undefined)
        keep(this.all, key, { ...counts, drifted: drifted || (p ?? 1) < HARDLY_QUIET });
    }
  }

  /** What was before the last `windows` is of another time. */
  restart(windows: number): void {
    for (const known of this.columns.values()) known.splice(0, Math.max(0, known.length - windows));
  }

  /** Whether the last windows bound each feature below half of what it was away, or below what is worth a name. */
  isBack(
    features: readonly FeatureComparison[],
    moved: ReadonlyMap<string, number>,
    windows: number,
  ): boolean {
    return features.every((feature) => {
      const away = moved.get(feature.name);
      const { counts, pooled } = feature;
      if (away === undefined || counts === undefined) return true;
      // Where windows are now here and now there, one that has not moved beyond that is as they are.
      const isUntold = (this.healthy.get(feature.name) ?? []).length === 0;
      if (isUntold && this.isSpread(feature.name, counts)) return !feature.drifted;
      const sizes = sizesOfLast(windows, this.pooledOf(feature, counts));
      // Of a window too small for the pool each test has to bound it.
      const asked = pooled === undefined ? [...sizes.values()] : [sizes.get(pooled.test)];
      const most = Math.max(FLOOR_SIZE, away / 2);
      return asked.length > 0 && asked.every((look) => look !== undefined && look.size().upper < most);
    });
  }

  private isSpread(name: string, counts: BinnedCounts): boolean {
    return areNeighboursApart(alignWindows(counts.bins, [...(this.all.get(name) ?? []), counts]));
  }

  private pooledOf({ name, kind }: FeatureComparison, counts: BinnedCounts): PooledWindows {
    return pooledOf({ kind, counts }, this.columns.get(name) ?? [], this.healthy.get(name) ?? []);
  }
}
