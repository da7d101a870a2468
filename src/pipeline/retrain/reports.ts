import type { ReportedRuns } from '../../act/retrain/callback.ts';
import { baselineCommand } from '../../core/baseline-command.ts';
import type { Log } from '../../core/log.ts';
import type { RetrainReportTaken } from '../../core/retrain/report.ts';
import type { RetrainStatus } from '../../core/retrain/retrain.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { announceVersion } from '../../store/windows/models.ts';
import { inTransaction, type Pool, type Tx } from '../../store/connection/pool.ts';
import { resolveEarlierIncidents, resolveRunIncidents } from '../../store/retrain/incidents.ts';
import { addProgress, keepTarget, progressMetrics } from '../../store/retrain/progress.ts';
import {
  loadRetrainRun,
  lockRetrainRun,
  markHeard,
  recordRetrainStatus,
  type FullRun,
} from '../../store/retrain/runs.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import { raiseRunIncident, tellResolved } from './incident-notices.ts';
import { retrainTarget } from './target.ts';

export interface RetrainReportDeps {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly log: Log;
}

/** Takes what pipelines say of their runs, whether they called or were asked. */
export function createRetrainReports(deps: RetrainReportDeps): ReportedRuns {
  const { pool } = deps;
  return {
    webhookOf: async (runId) => (await loadRetrainRun(pool, runId))?.webhook ?? null,
    record: async (runId, status, nowMs) =>
      await inTransaction(pool, async (tx) => await recordReport(tx, deps, runId, status, nowMs)),
  };
}

/** One report with all that follows from it, in one transaction: a report that comes twice finds nothing to do. */
async function recordReport(
  tx: Tx,
  { catalog, log }: RetrainReportDeps,
  runId: string,
  status: RetrainStatus,
  nowMs: number,
): Promise<Result<RetrainReportTaken, 'unknown_run' | 'already_closed'>> {
  const before = await lockRetrainRun(tx, runId);
  if (before === null) return fail('unknown_run');
  const recorded = await recordRetrainStatus(tx, runId, status, nowMs);
  // A point of the curve may come after the end that it led to.
  const isLatePoint = status.status === 'running' && status.progress.length > 0;
  if (!recorded.ok && !isLatePoint) return recorded;
  const model = catalog.model(before.modelName);
  await markHeard(tx, runId, nowMs);
  await addProgress(tx, runId, status.progress, nowMs);
  if (status.progress.length > 0 && model !== null) {
    const reported = await progressMetrics(tx, runId);
    const target = await retrainTarget(tx, model.spec, before.modelVersionId, reported);
    if (target !== null) await keepTarget(tx, runId, target);
  }
  if (!recorded.ok) return ok({ state: before.state, next: null });
  const spec = model?.spec ?? null;
  for (const incident of await resolveRunIncidents(tx, runId, ENDED_BY[status.status], nowMs)) {
    await tellResolved(tx, spec, incident, 'reported', nowMs);
  }
  if (status.status === 'failed' && recorded.value === 'recorded') {
    await raiseRunIncident(tx, spec, before, failure(before, status), nowMs);
  }
  if (status.status !== 'succeeded') return ok({ state: status.status, next: null });
  for (const incident of await resolveEarlierIncidents(tx, before.modelVersionId, runId, nowMs)) {
    await tellResolved(tx, spec, incident, 'later_run_succeeded', nowMs);
  }
  const next = await greetNewVersion(tx, before, status.newVersion ?? before.newVersion);
  log.info(
    { model: before.modelName, runId, newVersion: status.newVersion, next },
    'a retraining has succeeded',
  );
  return ok({ state: 'succeeded', next });
}

/** Which incidents of its own run a report ends. */
const ENDED_BY = {
  running: ['silent'],
  failed: ['silent'],
  succeeded: ['silent', 'failed', 'undeliverable'],
} as const;

function failure(run: FullRun, { detail }: RetrainStatus) {
  const why =
    detail === null || detail.trim() === '' ? 'It gave no reason' : detail.trim().replace(/[.\s]+$/, '');
  return {
    kind: 'failed',
    says: `The retraining of version ${run.versionName} has failed. ${why}.`,
    next: 'Look at the run in the training pipeline. No new version comes of this request; the next trigger after the cooldown asks again.',
  } as const;
}

/** Takes note of the version that came out; answers how to give it the baseline that it lacks. */
async function greetNewVersion(tx: Tx, run: FullRun, newVersion: string | null): Promise<string | null> {
  if (newVersion === null) return null;
  const { hasBaseline } = await announceVersion(tx, run.modelVersionId, newVersion);
  return hasBaseline ? null : baselineCommand(run.modelName, newVersion);
}
