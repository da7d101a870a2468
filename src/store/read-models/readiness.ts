import { errorMessage } from '../../core/errors.ts';
import { pendingMigrations } from '../migrate.ts';
import type { Pool } from '../pool.ts';

export interface Readiness {
  ready: boolean;
  database: 'ok' | 'unreachable';
  migrations: 'current' | 'pending' | 'newer' | 'unknown';
  /** One sentence, when not ready. It may name the database's address: for logs, not for strangers. */
  detail: string | null;
}

/** Can this process serve? Kafka is left out on purpose: a rebalance must not take the API out of rotation. */
export async function readiness(pool: Pool): Promise<Readiness> {
  const client = await pool.connect().catch((error: unknown) => errorMessage(error));
  if (typeof client === 'string') {
    return { ready: false, database: 'unreachable', migrations: 'unknown', detail: client };
  }
  try {
    const pending = await pendingMigrations(client);
    if (pending.length === 0) return { ready: true, database: 'ok', migrations: 'current', detail: null };
    return {
      ready: false,
      database: 'ok',
      migrations: 'pending',
      detail: `migrations are missing: ${pending.join(', ')}; run \`shiftwatch migrate\``,
    };
  } catch (error) {
    return { ready: false, database: 'ok', migrations: 'newer', detail: errorMessage(error) };
  } finally {
    client.release();
  }
}
