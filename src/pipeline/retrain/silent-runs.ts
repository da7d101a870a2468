import { durationText } from '../../config/duration.ts';
import { DEFAULT_SILENT_AFTER_MS } from '../../core/model.ts';
import { inTransaction, type Pool } from '../../store/connection/pool.ts';
import { closeSilentRun, listQuietRuns, lockRetrainRun } from '../../store/retrain/runs.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import { raiseRunIncident } from './incident-notices.ts';

/** Gives up runs of which nothing was heard for the model's `silent_after`, and tells people. */
export async function closeSilentRuns(pool: Pool, catalog: ModelCatalog, nowMs: number): Promise<number> {
  let closed = 0;
  for (const quiet of await listQuietRuns(pool, nowMs)) {
    const spec = catalog.model(quiet.modelName)?.spec ?? null;
    const silentAfterMs = spec?.retrain?.silentAfterMs ?? DEFAULT_SILENT_AFTER_MS;
    if (nowMs - quiet.lastSignAtMs < silentAfterMs) continue;
    await inTransaction(pool, async (tx) => {
      const run = await lockRetrainRun(tx, quiet.id);
      const says = `Nothing was heard of the retraining for ${durationText(silentAfterMs)}: no report, and no answer to being asked.`;
      if (run === null) return;
      if (!(await closeSilentRun(tx, run.id, quiet.lastSignAtMs, says, nowMs))) return;
      closed += 1;
      const next =
        'See in the training pipeline whether the run is alive, and whether it can reach the status address or be polled. It is no longer waited for: the next trigger may ask again, and a report is still taken.';
      await raiseRunIncident(tx, spec, run, { kind: 'silent', says, next }, nowMs);
    });
  }
  return closed;
}
