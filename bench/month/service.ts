import type pg from 'pg';
import type { Config } from '../../src/config/resolve.ts';
import type { Clock } from '../../src/core/clock.ts';
import { type Log, silentLog } from '../../src/core/log.ts';
import type { Table } from '../../src/core/table.ts';
import { ROLES, startLine } from '../../src/pipeline.ts';
import { storeBaseline } from '../../src/pipeline/evaluate/store-baseline.ts';
// Loaded first: on a busy machine the queue's connections would otherwise time out while the service loads it.
import '../../src/pipeline/serve/start-api.ts';
import type { Started } from '../../src/pipeline/serve/started.ts';
import { migrate } from '../../src/store/connection/migrate.ts';
import { createPool } from '../../src/store/connection/pool.ts';
import { until } from '../../test/harness/wait.ts';

const POOL_SIZE = 16;
/** Between one that finds nothing and the next nothing can be in hand. */
const QUIET_LOOKS = 2;

const say = (fields: object, message: string): void => console.error(message, JSON.stringify(fields));
export const log: Log = { ...silentLog, warn: say, error: say };

export interface MonthClock extends Clock {
  goTo(ms: number): Promise<void>;
}

/**
 * The time of the month: it runs like the machine's, and jumps when asked. In this session and those that begin
 * afterwards, what statements call `now()` is found before the server's.
 */
export async function openMonthClock(db: pg.Client): Promise<MonthClock> {
  await db.query(`create schema month;
    create table month.clock as select interval '0' as ahead;
    create function month.now() returns timestamptz language sql stable
      as 'select pg_catalog.now() + (select ahead from month.clock)';
    do $$ begin
      execute format('alter database %I set search_path = public, month, pg_catalog', current_database());
    end $$;
    set search_path = public, month, pg_catalog;`);
  let aheadMs = 0;
  return {
    nowMs: () => Date.now() + aheadMs,
    async goTo(ms) {
      const wantedMs = ms - Date.now();
      await db.query(`update month.clock set ahead = $1 * interval '1 millisecond'`, [wantedMs]);
      aheadMs = wantedMs;
    },
  };
}

/** The whole service with all roles, as `serve` starts it but for its clock. @returns where its API is */
export async function startMonthService(
  config: Config,
  training: { readonly version: string; readonly table: Table },
  { clock, databaseUrl }: { readonly clock: Clock; readonly databaseUrl: string },
  started: Started,
): Promise<string> {
  await migrate({ connectionString: databaseUrl, log });
  const pool = createPool({ connectionString: databaseUrl, max: POOL_SIZE, applicationName: 'month', log });
  started.add('connections', async () => await pool.end());
  const { version, table } = training;
  for (const model of config.models) await storeBaseline(pool, model, version, table, { rows: table.rows });
  const { apiUrl } = await startLine(
    { config, roles: new Set(ROLES), databaseUrl, pool, clock, log },
    started,
  );
  return apiUrl ?? '';
}

/** When the next reminder before an instant of the month is due; null: none is. */
export async function nextReminderMs(db: pg.Client, beforeMs: number): Promise<number | null> {
  const { rows } = await db.query<{ dueMs: number | null }>(
    `select ceil(extract(epoch from min(next_reminder_at)) * 1000)::float8 as "dueMs" from alert
     where state in ('firing', 'recovering') and next_reminder_at < $1`,
    [new Date(beforeMs)],
  );
  return rows[0]?.dueMs ?? null;
}

/** What the service still has to do at this moment of the month; an idle log takes a while to be one. */
const IN_HAND = `select
  (select count(*) from "window" where state = 'open'
     and end_at + (grace_ms + $1) * interval '1 millisecond' < now())::int as open,
  (select count(*) from "window" where state = 'closed'
     and end_at + ($1 + $2) * interval '1 millisecond' < now())::int as unmatured,
  (select count(*) from "window" where evaluation_due_at <= now())::int as unjudged,
  (select count(*) from outbox where done_at is null and available_at <= now())::int as messages,
  (select count(*) from delivery where state in ('queued', 'sending'))::int as deliveries,
  (select count(*) from pending_label where next_try_at <= now())::int as labels,
  (select count(*) from alert where state in ('firing', 'recovering') and next_reminder_at <= now())::int as reminders,
  (select count(*) from digest_schedule where last_due_at < $3)::int as digests`;

/** Resolves when windows are closed and judged, the last digest is sent, and so is everything that follows from them. */
export async function untilQuiet(
  db: pg.Client,
  due: { readonly idleAfterMs: number; readonly matureAfterMs: number; readonly digestAtMs: number },
): Promise<void> {
  const values = [due.idleAfterMs + 1_000, due.matureAfterMs, new Date(due.digestAtMs)];
  let quiet = 0;
  const look = async (): Promise<boolean> => {
    const { rows } = await db.query<Record<string, number>>(IN_HAND, values);
    const isQuiet = Object.values(rows[0] ?? {}).every((count) => count === 0);
    quiet = isQuiet ? quiet + 1 : 0;
    if (!isQuiet) throw new Error(`in hand: ${JSON.stringify(rows[0])}`);
    return quiet === QUIET_LOOKS;
  };
  await until(look, { everyMs: 250, timeoutMs: 240_000, what: 'the service to have done everything' });
}
