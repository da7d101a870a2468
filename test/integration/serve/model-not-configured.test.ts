/** An evaluation whose model is in no running process's configuration waits for one that has it, and is not asked for all the time. */
import { expect, it } from 'vitest';
import type { JobHandler, JobQueue } from '../../../src/act/queue/job-queue.ts';
import { dutyLines } from '../../../src/cli/doctor/duty-troubles.ts';
import { HOUR_MS, MINUTE_MS, systemClock } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { evaluate } from '../../../src/pipeline.ts';
import type { Garbage } from '../../../src/pipeline/serve/collect-garbage.ts';
import { startEvaluate } from '../../../src/pipeline/serve/start-evaluate.ts';
import { appendOutbox, postponing } from '../../../src/store/outbox/outbox.ts';
import { createPool, inTransaction, type Pool } from '../../../src/store/connection/pool.ts';
import { pipelineFacts } from '../../../src/store/read-models/pipeline.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { NEVER } from '../act-line.ts';
import { addWindow } from '../act-rows.ts';

describeWith(['postgres'], 'a model that nobody configures', () => {
  it('is looked for less and less often, at once by a new process, and told of', async () => {
    const { url } = await createDatabase('not_configured');
    const pool = createPool({ connectionString: url, max: 6, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const knowing = await ModelCatalog.open(pool, [modelSpec()]);
    const model = knowing.model('credit-risk');
    if (model === null) throw new Error('no model');
    const versionId = await knowing.versionId(model, '1');
    if (versionId === null) throw new Error('no version');
    const windowId = await addWindow(pool, versionId, Date.UTC(2026, 2, 1, 12));
    await pool.query(`update "window" set state = 'closed', closed_at = now() where id = $1`, [windowId]);
    const message = { kind: 'evaluate', windowId, series: 'closed' } as const;
    const { id } = await inTransaction(pool, async (tx) => await appendOutbox(tx, message, 'evaluation'));

    const ignorant = await handlerOf(pool, await ModelCatalog.open(pool, []));
    const outbox = postponing(pool, systemClock);
    const pauses: number[] = [];
    for (let n = 0; n < 9; n += 1) {
      const outcome = await ignorant.handle({ outboxId: id, signal: NEVER });
      if (outcome.kind !== 'retry') throw new Error('it was done');
      expect(outcome.reason).toBe('model_not_configured');
      pauses.push(outcome.delayMs);
      await outbox.postpone(id, outcome.delayMs, outcome.reason);
    }
    for (const [n, pauseMs] of pauses.entries()) {
      const meantMs = Math.min(HOUR_MS, MINUTE_MS * 2 ** n);
      expect(Math.abs(pauseMs - meantMs)).toBeLessThanOrEqual(meantMs / 10);
    }
    const facts = await pipelineFacts(pool);
    expect(facts.postponed).toMatchObject([{ reason: 'model_not_configured', count: 1 }]);
    expect(dutyLines(facts, Date.now())[0]).toMatch(/^Postponed: 1 evaluation, .*: model not configured$/);
    const waits = async () =>
      (
        await pool.query<{ waits: boolean }>(
          'select available_at > now() as waits from outbox where id = $1',
          [id],
        )
      ).rows[0]?.waits;
    expect(await waits()).toBe(true);

    const other = await handlerOf(pool, knowing);
    expect(await waits()).toBe(false);
    expect(await other.handle({ outboxId: id, signal: NEVER })).toEqual({ kind: 'done' });
    expect((await pipelineFacts(pool)).postponed).toEqual([]);
    await ignorant.evaluating.stop();
    await other.evaluating.stop();
  });
});

/** The role, and the handler it gives to the queue. */
async function handlerOf(
  pool: Pool,
  catalog: ModelCatalog,
): Promise<{ readonly evaluating: { stop(): Promise<void> }; readonly handle: JobHandler }> {
  const given: JobHandler[] = [];
  const queue: JobQueue = {
    add: () => Promise.resolve(),
    holds: () => Promise.resolve(false),
    work: (_kind, handler) => void given.push(handler),
    close: () => Promise.resolve(),
  };
  const garbage: Pick<Garbage, 'during' | 'more'> = {
    during: async (_, work) => await work(),
    more: () => {},
  };
  const options = { pool, catalog, queue, evaluate, garbage, clock: systemClock, log: silentLog };
  const evaluating = await startEvaluate(options);
  const [handle] = given;
  if (handle === undefined) throw new Error('it works on nothing');
  return { evaluating, handle };
}
