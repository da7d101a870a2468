import type { Retired } from '../../core/history/retention.ts';
import type { Pool } from '../connection/pool.ts';
import type { HistoryPolicy } from './due-windows.ts';
import { retireRows } from './retire-rows.ts';
import { type AddUp, retireWindows } from './retire-windows.ts';

export type RetiredHistory = Omit<Retired, 'predictions' | 'days' | 'weeks'>;

/**
 * Lets go of what is older than it is kept; the details before what they are details of. In small steps, each in a transaction of its
 * own: whoever reads or writes meanwhile waits for less than a second, and what was done stays done when the process ends in
 * the middle. `isDry` only counts what would go
 */
export async function retireHistory(
  pool: Pool,
  policy: HistoryPolicy,
  options: { readonly isDry: boolean; readonly addUp: AddUp },
): Promise<RetiredHistory> {
  // Incidents before the windows that they stand on.
  const rows = await retireRows(pool, policy, options.isDry);
  return {
    comparisons: await retireWindows(pool, 'comparisons', policy, options),
    counts: await retireWindows(pool, 'counts', policy, options),
    windows: await retireWindows(pool, 'windows', policy, options),
    ...rows,
  };
}
