import { errorMessage } from '../../core/errors.ts';
import type { Pool } from 'pg';

/** A disk that is full or fails, a server that only reads (a standby, or `default_transaction_read_only`). */
const REFUSED = /^(?:53100|58030|25006)$/;
/** What was refused is tried again meanwhile, and refused again if nothing has changed. */
const REMEMBERED_MS = 30_000;
/** Anybody may ask whether a process is ready: that must not cost a write each time. */
const PROBED_FOR_MS = 5_000;
/** A row fits where others were; this needs room, as what is stored in earnest does. */
const PROBE_BYTES = 65_536;

interface Health {
  refused: { readonly atMs: number; readonly detail: string } | null;
  probe: { readonly atMs: number; readonly outcome: Promise<string | null> } | null;
}

const healths = new WeakMap<Pool, Health>();

function healthOf(pool: Pool): Health {
  let health = healths.get(pool);
  if (health === undefined) {
    health = { refused: null, probe: null };
    healths.set(pool, health);
  }
  return health;
}

/** Remembers of a transaction that failed whether it was because nothing can be stored. */
export function noteRefusedWrite(pool: Pool, error: unknown, atMs = performance.now()): void {
  const detail = refusal(error);
  if (detail !== null) healthOf(pool).refused = { atMs, detail };
}

/** Why nothing can be stored now; null when it can, as far as is known. */
export async function whyNotWritable(pool: Pool, nowMs = performance.now()): Promise<string | null> {
  const health = healthOf(pool);
  if (health.refused !== null && nowMs - health.refused.atMs < REMEMBERED_MS) return health.refused.detail;
  if (health.probe === null || nowMs - health.probe.atMs >= PROBED_FOR_MS) {
    health.probe = { atMs: nowMs, outcome: probe(pool) };
  }
  return await health.probe.outcome;
}

/** Writes and undoes it. */
async function probe(pool: Pool): Promise<string | null> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    await client.query(
      `insert into write_probe (bytes) select decode(string_agg(md5(random()::text), ''), 'hex')
       from generate_series(1, $1)`,
      [PROBE_BYTES / 16],
    );
    return null;
  } catch (error) {
    const detail = refusal(error);
    if (detail === null) throw error;
    return detail;
  } finally {
    await client.query('rollback').catch((error: Error) => (broken = error));
    client.release(broken);
  }
}

function refusal(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REFUSED.test(code) ? errorMessage(error) : null;
}
