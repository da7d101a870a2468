import type { Log } from '../../core/log.ts';
import { scheduleDue } from '../../decide/schedule-due.ts';
import { scheduleSatisfied } from '../../decide/schedule-satisfied.ts';
import { loadNewestVerdict } from '../../store/evaluation/evaluations.ts';
import { newestActiveVersion } from '../../store/windows/models.ts';
import { inTransaction, type Pool, type Tx } from '../../store/connection/pool.ts';
import { newestSuccess } from '../../store/retrain/history.ts';
import {
  holdRetrainSchedule,
  honourRetrainSchedule,
  lockRetrainSchedule,
} from '../../store/retrain/schedules.ts';
import { askForRetrain } from './ask-for-retrain.ts';
import { runId } from './run-id.ts';
import type { CatalogModel, ModelCatalog } from '../windows/model-catalog.ts';

export interface ScheduledRetrainOptions {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly timezone: string;
  readonly log: Log;
}

/**
 * Asks for the retrainings that the calendar has come to, under the same guards as any other trigger. One that may not be
 * asked for now is put off until it may, unless a run has meanwhile done what it wants.
 */
export async function requestScheduledRetrains(
  options: ScheduledRetrainOptions,
  nowMs: number,
): Promise<void> {
  for (const model of options.catalog.models) {
    if (model.spec.retrain?.schedule == null) continue;
    await inTransaction(options.pool, async (tx) => await requestIfDue(tx, model, options, nowMs));
  }
}

async function requestIfDue(
  tx: Tx,
  model: CatalogModel,
  { timezone, log }: ScheduledRetrainOptions,
  nowMs: number,
): Promise<void> {
  const { retrain, name } = model.spec;
  const version = await newestActiveVersion(tx, model.id);
  if (retrain?.schedule == null || version === null) return;
  const { lastDueMs } = await lockRetrainSchedule(tx, version.id, retrain.schedule, nowMs);
  const schedule = scheduleDue(retrain.schedule, lastDueMs, nowMs, timezone);
  if (!schedule.ok || schedule.value.dueAtMs === null) return;
  const { dueAtMs } = schedule.value;
  const about = { model: name, version: version.name, dueAt: new Date(dueAtMs).toISOString() };
  if (scheduleSatisfied(dueAtMs, await newestSuccess(tx, version.id), retrain)) {
    await honourRetrainSchedule(tx, version.id, dueAtMs);
    log.info({ ...about, reason: 'satisfied_by_run' }, 'scheduled retraining is not needed');
    return;
  }
  const finding = await loadNewestVerdict(tx, version.id);
  const { reason, run } = await askForRetrain(tx, {
    model: model.spec,
    modelVersionId: version.id,
    versionName: version.name,
    nowMs,
    finding,
    incident: null,
    scheduleDue: true,
    runId: (trigger) =>
      runId({ model: name, version: version.name, sizeMs: 0, series: 'closed' }, dueAtMs, trigger),
    summary: `Scheduled retraining (${retrain.schedule}).`,
  });
  if (run !== null) {
    await honourRetrainSchedule(tx, version.id, dueAtMs);
    log.info({ ...about, reason, state: run.state }, 'scheduled retraining asked for');
  } else if (await holdRetrainSchedule(tx, version.id, reason, nowMs)) {
    log.info({ ...about, reason }, 'scheduled retraining put off');
  }
}
