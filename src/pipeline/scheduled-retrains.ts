import type { Log } from '../core/log.ts';
import type { RetrainRequest } from '../core/jobs.ts';
import { decideRetrain } from '../decide/decide-retrain.ts';
import { scheduleDue } from '../decide/schedule-due.ts';
import { loadNewestVerdict } from '../store/evaluations.ts';
import { newestActiveVersion } from '../store/models.ts';
import { appendOutbox } from '../store/outbox.ts';
import { inTransaction, type Pool, type Tx } from '../store/pool.ts';
import { createRetrainRun, lastRetrainRunAtMs, openRetrainRun } from '../store/retrain-runs.ts';
import { honourRetrainSchedule, lockRetrainSchedule } from '../store/retrain-schedules.ts';
import { runId } from './decide-series.ts';
import type { CatalogModel, ModelCatalog } from './model-catalog.ts';

export interface ScheduledRetrainOptions {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly timezone: string;
  readonly log: Log;
}

/** Asks for the retrainings that the calendar has come to, under the same guards as any other trigger. */
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
  const { retrain, labels, name } = model.spec;
  const version = await newestActiveVersion(tx, model.id);
  if (retrain?.schedule == null || version === null) return;
  const { lastDueMs } = await lockRetrainSchedule(tx, version.id, retrain.schedule, nowMs);
  const schedule = scheduleDue(retrain.schedule, lastDueMs, nowMs, timezone);
  if (!schedule.ok || schedule.value.dueAtMs === null) return;
  await honourRetrainSchedule(tx, version.id, schedule.value.dueAtMs);
  const newest = await loadNewestVerdict(tx, version.id);
  const decision = decideRetrain(
    {
      spec: retrain,
      labels,
      types: newest?.diagnosis.types ?? [],
      alert: null,
      performance: null,
      scheduleDue: true,
      hasOpenRun: (await openRetrainRun(tx, version.id)) !== null,
      lastRunAtMs: await lastRetrainRunAtMs(tx, version.id),
    },
    nowMs,
  );
  log.info(
    { model: name, version: version.name, reason: decision.reason },
    'scheduled retraining considered',
  );
  if (decision.request === null) return;
  const occasion = String(schedule.value.dueAtMs);
  const request: RetrainRequest = {
    runId: runId({ modelVersionId: version.id, sizeMs: 0, series: 'closed' }, occasion, 'schedule'),
    model: name,
    modelVersion: version.name,
    trigger: 'schedule',
    reason: decision.reason,
    requestedAtMs: nowMs,
    window: newest === null ? null : { id: newest.windowId, startMs: newest.startMs, endMs: newest.endMs },
    verdict: newest?.diagnosis.verdict ?? null,
    advice: newest?.diagnosis.advice ?? null,
    summary: `Scheduled retraining (${retrain.schedule}).`,
    evidence: newest?.diagnosis.evidence ?? [],
    performance: newest?.performance ?? null,
  };
  const created = await createRetrainRun(tx, version.id, retrain.webhook, request);
  if (!created.ok) return;
  await appendOutbox(tx, { kind: 'retrain', webhook: retrain.webhook, request }, `retrain:${request.runId}`);
}
