import type { WindowCounts } from '../compare/overdispersion.ts';
import type { Comparison } from '../core/findings.ts';
import { MOST_EARLIER } from './pool-windows.ts';
import type { EarlierWindows } from './pool-windows.ts';

/**
 * Windows that were judged one after the other, as far as the next one may be looked at together with them: a column that was
 * accused in one of them has nothing of it to add.
 */
export class WindowHistory {
  private readonly columns = new Map<string, WindowCounts[]>();

  get windows(): EarlierWindows {
    return this.columns;
  }

  add({ features, diagnosis }: Pick<Comparison, 'features' | 'diagnosis'>): void {
    const accused = new Set(diagnosis.faults.map(({ feature }) => feature));
    for (const { name, counts } of features) {
      if (counts === undefined || accused.has(name)) continue;
      const known = this.columns.get(name) ?? [];
      known.push(counts);
      if (known.length > MOST_EARLIER) known.shift();
      this.columns.set(name, known);
    }
  }
}
