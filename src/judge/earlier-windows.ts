import type { WindowCounts } from '../compare/overdispersion.ts';
import type { BinnedCounts } from '../core/columns/figures.ts';
import type { Comparison, FeatureComparison } from '../core/findings.ts';
import { sizesOfLast } from '../stats/pooled/pooled-scan.ts';
import type { PooledWindows } from '../stats/pooled/pooled-scan.ts';
import { FLOOR_SIZE, pooledOf } from './pool-windows.ts';
import { MOST_EARLIER } from './windows-before.ts';
import type { EarlierWindows } from './windows-before.ts';

/**
 * Windows that were judged one after the other, as far as the next one may be looked at together with them: a column that was
 * accused in one of them has nothing of it to add.
 */
export class WindowHistory {
  private readonly columns = new Map<string, WindowCounts[]>();
  private readonly healthy: EarlierWindows;

  constructor(healthy: EarlierWindows) {
    this.healthy = healthy;
  }

  get windows(): EarlierWindows {
    return this.columns;
  }

  add({ features, diagnosis }: Pick<Comparison, 'features' | 'diagnosis'>): void {
    if (diagnosis.known_event?.expected === true) return;
    const accused = new Set(diagnosis.faults.map(({ feature }) => feature));
    for (const { name, counts } of features) {
      if (counts === undefined || accused.has(name)) continue;
      const known = this.columns.get(name) ?? [];
      known.push(counts);
      if (known.length > MOST_EARLIER) known.shift();
      this.columns.set(name, known);
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
      const sizes = sizesOfLast(windows, this.pooledOf(feature, counts));
      // Of a window too small for the pool each test has to bound it.
      const asked = pooled === undefined ? [...sizes.values()] : [sizes.get(pooled.test)];
      const most = Math.max(FLOOR_SIZE, away / 2);
      return asked.length > 0 && asked.every((look) => look !== undefined && look.size().upper < most);
    });
  }

  private pooledOf({ name, kind }: FeatureComparison, counts: BinnedCounts): PooledWindows {
    return pooledOf({ kind, counts }, this.columns.get(name) ?? [], this.healthy.get(name) ?? []);
  }
}
