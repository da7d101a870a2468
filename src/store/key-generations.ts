import type { Pool } from './pool.ts';
import { inTransaction } from './pool.ts';

/**
 * Ids are remembered in generations of 30 days of event time, and forgotten generation by generation. Few wide ones,
 * because finding an id whose time is not known looks into each of them.
 */
const GENERATION_MS = 30 * 86_400_000;
const LOCK_KEY = 7_418_239_107;
/** How often a process says that it still uses a generation. Far below the shortest time ids are remembered. */
const SAY_SO_EVERY_MS = 3_600_000;

export function keyGeneration(timestampMs: number): number {
  return Math.floor(timestampMs / GENERATION_MS);
}

/** When this process last said so. Monotonic: a clock that is set back must not keep it silent. */
const saidAt = new WeakMap<Pool, Map<number, number>>();

/** Makes the generations that ids are about to be claimed in, and keeps those in use from being forgotten. */
export async function ensureKeyGenerations(pool: Pool, generations: Iterable<number>): Promise<void> {
  const said = saidAt.get(pool) ?? new Map<number, number>();
  saidAt.set(pool, said);
  for (const generation of generations) {
    const at = said.get(generation);
    if (at !== undefined && performance.now() - at < SAY_SO_EVERY_MS) continue;
    await makeGeneration(pool, generation);
    said.set(generation, performance.now());
  }
}

async function makeGeneration(pool: Pool, generation: number): Promise<void> {
  await inTransaction(pool, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
    await tx.query(
      `insert into prediction_key_generation (generation) values ($1)
       on conflict (generation) do update set last_used_at = now()`,
      [generation],
    );
    await tx.query(
      `create table if not exists ${tableOf(generation)} partition of prediction_key for values in (${generation})`,
    );
  });
}

/**
 * Forgets generations that nothing was claimed in for so long. Waits for no one: a table that is in use is left for
 * the next time. Returns what was forgotten.
 */
export async function dropUnusedGenerations(pool: Pool, unusedForMs: number): Promise<number[]> {
  return await inTransaction(pool, async (tx) => {
    await tx.query(`set local lock_timeout = '2s'`);
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
    const unused = await tx.query<{ generation: number }>(
      `delete from prediction_key_generation
       where last_used_at < now() - $1 * interval '1 millisecond' returning generation`,
      [Math.max(unusedForMs, 2 * SAY_SO_EVERY_MS)],
    );
    const generations = unused.rows.map((row) => row.generation).sort((a, b) => a - b);
    for (const generation of generations) await tx.query(`drop table if exists ${tableOf(generation)}`);
    return generations;
  });
}

/** Generations are whole numbers, never text from a log. */
function tableOf(generation: number): string {
  return `prediction_key_g${String(generation).replace('-', 'm')}`;
}
