import type { IncidentNews } from '../../core/jobs.ts';
import { loadViews, type StoredAlert } from '../../store/alerts/alerts.ts';
import { loadJudgedAfter } from '../../store/alerts/told-verdicts.ts';
import { loadFeatureComparisons } from '../../store/history/comparisons.ts';
import { loadDecided } from '../../store/evaluation/evaluations.ts';
import { loadVersion } from '../../store/windows/models.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { openRetrainRun } from '../../store/retrain/runs.ts';
import { describeWindow, judgedOn, laterIn } from './describe-window.ts';
import { seenTogether } from './seen-together.ts';
import type { CatalogModel, ModelCatalog } from '../windows/model-catalog.ts';

export type DescribedAlert = Omit<IncidentNews, 'kind' | 'decisionReason' | 'nextReminderAtMs'>;

/** How an incident stands, by its newest window. Null: its model is configured no more. */
export async function describeAlert(
  tx: Tx,
  alert: StoredAlert,
  catalog: ModelCatalog,
  nowMs: number,
): Promise<{ readonly model: CatalogModel; readonly described: DescribedAlert } | null> {
  const version = await loadVersion(tx, alert.modelVersionId);
  const model = version === null ? null : catalog.model(version.modelName);
  const decided = await loadDecided(tx, alert.lastWindowId, alert);
  if (version === null || model === null || decided === null) return null;
  const context = { key: alert, model: model.spec, versionName: version.name, nowMs };
  const isShift = alert.cause === 'shift';
  const { window, joined } = isShift
    ? await seenTogether(tx, alert, decided)
    : { window: decided, joined: null };
  const features = isShift
    ? (joined?.features ?? (await loadFeatureComparisons(tx, alert.lastWindowId, alert.segment)))
    : [];
  const after = await loadJudgedAfter(tx, alert, window.startMs);
  const run = isShift ? await openRetrainRun(tx, alert.modelVersionId) : null;
  return {
    model,
    described: {
      ...describeWindow(context, window, features, alert),
      ...judgedOn(joined),
      subjects: alert.subjects,
      firedVerdict: alert.firedVerdict,
      sinceMs: alert.sinceMs,
      windowsInARow: alert.windowsInARow,
      ...(isShift && laterIn({ alert, views: await loadViews(tx, alert.id) }, alert.series, joined)),
      ...(after.windows > 0 && { after }),
      retrain: run === null ? null : { state: run.state, reason: run.reason },
    },
  };
}
