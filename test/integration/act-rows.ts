import { randomUUID } from 'node:crypto';
import { HOUR_MS } from '../../src/core/clock.ts';
import type { Pool } from '../../src/store/connection/pool.ts';

/** A model version of its own for a test. */
export async function addVersion(pool: Pool): Promise<number> {
  const added = await pool.query<{ id: number }>(
    `with m as (insert into model (name, task) values ($1, 'classification') returning id)
     insert into model_version (model_id, name) select id, '1' from m returning id`,
    [randomUUID()],
  );
  const id = added.rows[0]?.id;
  if (id === undefined) throw new Error('no version was made');
  return id;
}

/** An hour's window; returns its id as alerts hold it. */
export async function addWindow(pool: Pool, modelVersionId: number, startMs: number): Promise<string> {
  const added = await pool.query<{ id: string }>(
    `insert into "window" (model_version_id, size_ms, start_at, end_at, grace_ms)
     values ($1, $2, $3, $4, 0) returning id::text as id`,
    [modelVersionId, HOUR_MS, new Date(startMs), new Date(startMs + HOUR_MS)],
  );
  const id = added.rows[0]?.id;
  if (id === undefined) throw new Error('no window was made');
  return id;
}
