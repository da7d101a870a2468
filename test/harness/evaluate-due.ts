import { silentLog } from '../../src/core/log.ts';
import { evaluate } from '../../src/pipeline.ts';
import { evaluateWindow } from '../../src/pipeline/evaluate/evaluate-window.ts';
import { sweepLabels } from '../../src/pipeline/labels/label-joiner.ts';
import type { ModelCatalog } from '../../src/pipeline/windows/model-catalog.ts';
import { sweepWindows } from '../../src/pipeline/windows/sweeper.ts';
import type { Pool } from '../../src/store/connection/pool.ts';

type Compute = Parameters<typeof evaluate>[0]['compute'];

export interface Line {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  /** Absent: in this thread. */
  readonly compute?: Compute;
}

/** Closes what has ended and evaluates what is due, oldest first, as the service does it, on a clock by hand. */
export async function evaluateDue(
  { pool, catalog, compute = async (input) => evaluateWindow(input) }: Line,
  nowMs: number,
  logSources: readonly string[] = [],
): Promise<void> {
  await sweepLabels({ pool, catalog, reevaluateAfterMs: 0, log: silentLog });
  await sweepWindows({ pool, catalog, logSources, idleAfterMs: 0 });
  const due = await pool.query<{ payload: Parameters<typeof evaluate>[1] }>(
    `with due as (update outbox set done_at = now() where kind = 'evaluate' and done_at is null returning payload)
     select payload from due join "window" w on w.id = (payload->>'windowId')::bigint order by w.start_at`,
  );
  for (const { payload } of due.rows) {
    await evaluate({ pool, catalog, compute, clock: { nowMs: () => nowMs }, log: silentLog }, payload);
  }
}
