import type { Pool } from './pool.ts';
import { inTransaction } from './pool.ts';

const PARTITIONED = [
  { table: 'prediction', type: 'timestamptz' },
  { table: 'prediction_features', type: 'timestamptz' },
  { table: 'prediction_chunk', type: 'date' },
] as const;
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
  if (days.length === 0) return;
  await inTransaction(pool, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
    for (const day of days) {
      const next = utcDay(Date.parse(`${day}T00:00:00Z`) + 86_400_000);
      for (const { table, type } of PARTITIONED) {
        const name = `${table}_${day.replaceAll('-', '')}`;
        const exists = await tx.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [
          name,
        ]);
        if (exists.rows[0]?.exists === true) continue;
        const zone = type === 'timestamptz' ? '+00' : '';
        // Names and bounds come from a validated date, never from a log.
        await tx.query(
          `create table ${name} partition of ${table} for values from ('${day}${zone}') to ('${next}${zone}')`,
        );
      }
    }
  });
}
