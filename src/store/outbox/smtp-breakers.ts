import { epochMs } from '../connection/epoch-ms.ts';
import { inTransaction } from '../connection/pool.ts';
import type { Pool } from '../connection/pool.ts';
import { storableText } from '../connection/storable-json.ts';

export interface StoredBreaker {
  readonly failures: number;
  readonly openedAtMs: number | null;
  readonly retryAtMs: number | null;
  readonly lastError: string;
}

/** What is known of mail servers that do not answer, shared by all processes. */
export function smtpBreakers(pool: Pool) {
  return {
    /** Locked while `step` decides, so that of many only one is let through as a probe. */
    change: <T>(
      host: string,
      step: (state: StoredBreaker | null) => { readonly next: StoredBreaker | null; readonly answer: T },
    ): Promise<T> =>
      inTransaction(pool, async (tx) => {
        // A host without a row has nothing to lock: the name is locked instead.
        await tx.query(`select pg_advisory_xact_lock(hashtextextended('smtp_breaker:' || $1, 0))`, [host]);
        const found = await tx.query<StoredBreaker>(
          `select failures, ${epochMs('opened_at')} as "openedAtMs", ${epochMs('retry_at')} as "retryAtMs",
             last_error as "lastError"
           from smtp_breaker where host = $1`,
          [host],
        );
        const state = found.rows[0] ?? null;
        const { next, answer } = step(state);
        if (next === null && state !== null)
          await tx.query('delete from smtp_breaker where host = $1', [host]);
        if (next !== null && next !== state) {
          await tx.query(
            `insert into smtp_breaker (host, failures, opened_at, retry_at, last_error) values ($1, $2, $3, $4, $5)
             on conflict (host) do update set failures = $2, opened_at = $3, retry_at = $4, last_error = $5`,
            [
              host,
              next.failures,
              instant(next.openedAtMs),
              instant(next.retryAtMs),
              storableText(next.lastError),
            ],
          );
        }
        return answer;
      }),
  };
}

function instant(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}
