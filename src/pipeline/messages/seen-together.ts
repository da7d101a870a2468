import { movedTogether } from '../../judge/pool-windows.ts';
import { pooledDiagnosis } from '../../judge/pooled-diagnosis.ts';
import type { AlertSeriesKey } from '../../store/alerts/alerts.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { loadPooled, startOfEarlier } from '../../store/evaluation/earlier-counts.ts';
import type { JudgedWindow } from '../../store/evaluation/evaluations.ts';

/** A window as incidents see it: as part of those before it. */
export interface SeenTogether {
  readonly window: JudgedWindow;
  /** What only several windows show; null where the window's own rows say all there is. */
  readonly together: { readonly sinceMs: number; readonly subjects: readonly string[] } | null;
}

/**
 * The window with what it shows together with those before it, where its own rows show nothing. Inputs are judged when a window
 * closes, and all rows together.
 */
export async function seenTogether(
  db: Queryable,
  { series, segment }: Pick<AlertSeriesKey, 'series' | 'segment'>,
  window: JudgedWindow,
): Promise<SeenTogether> {
  const alone = { window, together: null };
  const { verdict, reason } = window.diagnosis;
  if (series !== 'closed' || segment !== '' || verdict !== 'none' || reason === 'seasonal') return alone;
  const pooled = await loadPooled(db, window.windowId);
  const moved = movedTogether(pooled);
  if (moved.length === 0) return alone;
  const windows = Math.max(...moved.map((feature) => feature.pooled?.since_windows ?? 1));
  return {
    window: { ...window, diagnosis: pooledDiagnosis(window.diagnosis, pooled) },
    together: {
      sinceMs: await startOfEarlier(db, window.windowId, windows - 1),
      subjects: moved.map(({ name }) => name),
    },
  };
}
