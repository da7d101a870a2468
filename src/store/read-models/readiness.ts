import { errorMessage, UserError } from '../../core/errors.ts';
import type { Readiness } from '../rows/readiness.ts';
import { pendingMigrations } from '../connection/migrate.ts';
import type { Pool } from '../connection/pool.ts';
import { isSilence } from '../connection/outage.ts';
import { whyNotWritable } from '../connection/write-health.ts';

/** Can this process serve? Kafka is left out on purpose: a rebalance must not take the API out of rotation. */
export async function readiness(pool: Pool): Promise<Readiness> {
  const client = await pool.connect().catch((error: unknown) => errorMessage(error));
  if (typeof client === 'string') return unreachable(client);
  let pending: string[];
  let silent: Error | undefined;
  try {
    pending = await pendingMigrations(client);
  } catch (error) {
    if (isSilence(error)) silent = error;
    // Anything else is no answer about migrations: the database went away in the middle of it.
    if (!(error instanceof UserError)) return unreachable(errorMessage(error));
    return { ready: false, database: 'ok', migrations: 'newer', detail: error.message };
  } finally {
    client.release(silent);
  }
  if (pending.length > 0) {
    return {
      ready: false,
      database: 'ok',
      migrations: 'pending',
      detail: `migrations are missing: ${pending.join(', ')}; run \`shiftwatch migrate\``,
    };
  }
  try {
    const detail = await whyNotWritable(pool);
    const database = detail === null ? 'ok' : 'not_writable';
    return { ready: detail === null, database, migrations: 'current', detail };
  } catch (error) {
    return unreachable(errorMessage(error));
  }
}

function unreachable(detail: string): Readiness {
  return { ready: false, database: 'unreachable', migrations: 'unknown', detail };
}
