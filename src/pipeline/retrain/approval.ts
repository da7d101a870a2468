import { runNews } from '../../act/retrain/run-news.ts';
import type { DecideRun, RunVerdictRefused } from '../../api/api-deps.ts';
import type { Log } from '../../core/log.ts';
import type { ModelSpec } from '../../core/model.ts';
import { fail, ok } from '../../core/result.ts';
import type { RetrainState } from '../../core/retrain/state.ts';
import { inTransaction, type Pool } from '../../store/connection/pool.ts';
import { expireRuns, lockRunToDecide, recordRunDecision } from '../../store/retrain/approvals.ts';
import { loadFaults } from '../../store/retrain/history.ts';
import { sendRetrain } from './ask-for-retrain.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import { notifyChannels } from '../messages/notify-channels.ts';

/** Lets a person decide on a run that waits for it. An approved run is sent by the transaction that records it. */
export function createDecideRun(pool: Pool, specOf: (model: string) => ModelSpec | null): DecideRun {
  return async ({ runId, decision, by, comment }, nowMs) =>
    await inTransaction(pool, async (tx) => {
      const run = await lockRunToDecide(tx, runId);
      if (run === null) return refused('unknown_run', `There is no retrain run ${runId}.`);
      if (run.state !== 'awaiting_approval') {
        return refused('not_awaiting', `The run does not wait for approval: it is ${words(run.state)}.`);
      }
      if (decision === 'reject') {
        await recordRunDecision(tx, runId, { state: 'rejected', by, comment, atMs: nowMs });
        return ok({ state: 'rejected' });
      }
      if (run.expiresAtMs !== null && run.expiresAtMs <= nowMs) {
        const expired = new Date(run.expiresAtMs).toISOString();
        return refused('approval_expired', `It could be approved until ${expired}.`);
      }
      const spec = specOf(run.modelName)?.retrain ?? null;
      if (spec === null) {
        return refused('not_configured', `Retraining of ${run.modelName} is not configured any more.`);
      }
      const faults = await loadFaults(tx, run.modelVersionId);
      if (faults.newestWindowFaulty || faults.faultOpen) {
        return refused(
          'pipeline_fault',
          'A data fault has shown in the meantime; training on it would make it permanent. Reject the run, or approve it when the fault is over.',
        );
      }
      // What was asked for before the rehearsal began is not sent during it.
      const state = spec.dryRun === true ? 'dry_run' : 'requested';
      await recordRunDecision(tx, runId, { state, by, comment, atMs: nowMs });
      if (state === 'requested') await sendRetrain(tx, run.webhook, run.request);
      return ok({ state });
    });
}

/** Closes the runs that nobody has decided on in time, and says so. */
export async function expireApprovals(
  pool: Pool,
  catalog: ModelCatalog,
  log: Log,
  nowMs: number,
): Promise<void> {
  await inTransaction(pool, async (tx) => {
    for (const run of await expireRuns(tx, nowMs)) {
      log.warn({ model: run.modelName, runId: run.id, reason: 'approval_expired' }, 'nobody approved a run');
      const model = catalog.model(run.modelName);
      if (model === null) continue;
      const retrain = { state: 'expired', reason: 'approval_expired' };
      await notifyChannels(tx, model.spec, runNews(run.request, { kind: 'retrain_expired', retrain }), nowMs);
    }
  });
}

function words(state: RetrainState): string {
  return state.replaceAll('_', ' ');
}

function refused(
  reason: RunVerdictRefused['reason'],
  detail: string,
): { readonly ok: false; readonly error: RunVerdictRefused } {
  return fail({ reason, detail });
}
