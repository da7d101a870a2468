import type { Log } from '../../core/log.ts';
import { isReplaced } from '../../decide/close-by-hand.ts';
import { lockAttention } from '../../store/alerts/alert-attention.ts';
import { loadAlert, lockIncidents } from '../../store/alerts/alerts.ts';
import {
  type JudgedIncident,
  listJudgedIncidents,
  loadTakenOver,
} from '../../store/alerts/replaced-incidents.ts';
import { inTransaction, type Pool, type Queryable } from '../../store/connection/pool.ts';
import { shortestWindows } from '../../store/evaluation/version-windows.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import { endIncident } from './end-incident.ts';

interface Options {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly log: Log;
}

/**
 * Closes incidents of versions that a retrained one has replaced, by its outcome (`isReplaced`). It goes by what is stored,
 * whoever judged the run and when: what a look leaves undone the next one finds.
 */
export async function closeReplaced({ pool, catalog, log }: Options, nowMs: number): Promise<void> {
  const ids = new Set<string>();
  for (const judged of await listJudgedIncidents(pool))
    if (!ids.has(judged.alertId) && (await takenOver(pool, catalog, judged))) ids.add(judged.alertId);
  for (const id of ids) {
    const by = await inTransaction(pool, async (tx) => {
      const found = await loadAlert(tx, id);
      if (found === null) return null;
      // No window is decided meanwhile.
      await lockIncidents(tx, found.modelVersionId);
      await lockAttention(tx, id);
      const alert = await loadAlert(tx, id);
      for (const judged of alert === null ? [] : await listJudgedIncidents(tx, id)) {
        if (alert === null || !(await takenOver(tx, catalog, judged))) continue;
        const { newVersion, summary, runId } = judged;
        const word = {
          by: 'shiftwatch',
          comment: summary,
          why: 'replaced',
          replacedBy: newVersion,
          details: { run_id: runId },
        } as const;
        await endIncident(tx, catalog, alert, word, nowMs);
        return newVersion;
      }
      return null;
    });
    if (by !== null) log.info({ alertId: id, by }, 'an incident of a replaced version was closed');
  }
}

async function takenOver(db: Queryable, catalog: ModelCatalog, judged: JudgedIncident): Promise<boolean> {
  const spec = catalog.model(judged.modelName)?.spec ?? null;
  if (spec === null) return false;
  const { forWindows } = spec.alerts;
  const shortest = await shortestWindows(db, [judged.modelVersionId, judged.newVersionId]);
  if (shortest === null) return false;
  const taken = await loadTakenOver(db, judged, shortest.sizeMs, forWindows);
  return isReplaced(judged.kinds, { ...taken, outcome: judged.outcome }, forWindows);
}
