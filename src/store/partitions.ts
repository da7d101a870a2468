import type { Pool, Tx } from './pool.ts';
import { inTransaction } from './pool.ts';

const PARTITIONED = ['prediction_pack', 'prediction_chunk', 'prediction_label'] as const;
const LOCK_KEY = 7_418_239_106;

/** A UTC day as `YYYY-MM-DD`. */
export function utcDay(timestampMs: number): string {
  return new Date(timestampMs).toISOString().slice(0, 10);
}

/**
 * Makes the daily partitions that rows are about to need. Retention drops whole days, so old rows cost nothing
 * to forget. Runs apart from the checkpoint, because making a partition locks its parent for a moment.
 */
export async function ensureDays(pool: Pool, days: readonly string[]): Promise<void> {
  const made = madeDays.get(pool) ?? new Set<string>();
  madeDays.set(pool, made);
  // One transaction a day: each holds locks on what it makes, and a server has only so many.
  for (const day of days) {
    if (made.has(day)) continue;
    await inTransaction(pool, async (tx) => await makeDay(tx, day));
    made.add(day);
  }
}

/** Days this process has seen to. Retention forgets old ones; nothing is written to those any more. */
const madeDays = new WeakMap<Pool, Set<string>>();

async function makeDay(tx: Tx, day: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
  const next = utcDay(Date.parse(`${day}T00:00:00Z`) + 86_400_000);
  for (const table of PARTITIONED) {
    // Names and bounds come from a validated date, never from a log.
    await tx.query(
      `create table if not exists ${partitionOf(table, day)} partition of ${table} for values from ('${day}') to ('${next}')`,
    );
  }
}

function partitionOf(table: string, day: string): string {
  return `${table}_${day.replaceAll('-', '')}`;
}
