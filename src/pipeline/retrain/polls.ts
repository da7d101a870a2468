import type { RetrainPollMessage } from '../../core/jobs.ts';
import { appendOutbox } from '../../store/outbox/outbox.ts';
import { inTransaction, type Pool } from '../../store/connection/pool.ts';
import { listUnpolledRuns } from '../../store/retrain/runs.ts';

/** Begins to ask after runs whose webhook is polled: one message a run, whoever looks and however often. */
export async function beginPolls(
  pool: Pool,
  webhooks: ReadonlyMap<string, { readonly poll: object | null }>,
): Promise<number> {
  const polled = [...webhooks].filter(([, { poll }]) => poll !== null).map(([name]) => name);
  if (polled.length === 0) return 0;
  const runs = await listUnpolledRuns(pool, polled);
  for (const { id, webhook } of runs) {
    const message: RetrainPollMessage = { kind: 'retrain_poll', webhook, runId: id };
    await inTransaction(pool, async (tx) => await appendOutbox(tx, message, `retrain_poll:${id}`));
  }
  return runs.length;
}
