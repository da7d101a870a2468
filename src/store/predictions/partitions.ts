import type { Pool, Tx } from '../connection/pool.ts';
import { inTransaction } from '../connection/pool.ts';
import { withoutWaiting } from '../connection/without-waiting.ts';

const PARTITIONED = ['prediction_pack', 'prediction_chunk', 'prediction_label'] as const;
const LOCK_KEY = 7_418_239_106;

/** A UTC day as `YYYY-MM-DD`. */
export function utcDay(timestampMs: number): string {
  return new Date(timestampMs).toISOString().slice(0, 10);
}

/**
 * Makes the daily partitions that rows are about to need. Runs apart from the checkpoint, and beside all others that read or write: a backup
 * that is being taken reads every table until its end. Looks every time: retention may have dropped a day that late rows come to.
 */
export async function ensureDays(pool: Pool, days: readonly string[]): Promise<void> {
  if (days.length === 0) return;
  const missing = await pool.query<{ day: string; name: string }>(
    `select day, name from unnest($1::text[]) as d (day), unnest($2::text[]) as t (name)
     where to_regclass(name || '_' || replace(day, '-', '')) is null
     order by day, name`,
    [days, PARTITIONED],
  );
  const made = [...new Set(missing.rows.map(({ day }) => day))];
  if (made.length > 0) {
    await pool.query(
      `insert into prediction_day (event_day) select unnest($1::date[])
       on conflict (event_day) do update set made_at = now()`,
      [made],
    );
  }
  // A transaction each: holding one parent while waiting for the next would be a deadlock with a checkpoint that writes
  // to them in another order.
  for (const { day, name } of missing.rows) {
    await inTransaction(pool, async (tx) => await makePartition(tx, name, day));
  }
}

async function makePartition(tx: Tx, table: string, day: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
  const next = utcDay(Date.parse(`${day}T00:00:00Z`) + 86_400_000);
  // Names and bounds come from a validated date, never from a log.
  const name = partitionOf(table, day);
  // Asked of the catalogue itself: what a connection remembers of names is as old as its last lock on a table.
  const made = await tx.query(
    'select from pg_class where relname = $1 and relnamespace = current_schema()::regnamespace',
    [name],
  );
  if (made.rowCount === 1) return;
  // Made as a partition at once it would wait until nobody reads the others, and everybody behind it.
  await tx.query(
    `create table ${name} (like ${table} including defaults including constraints including storage)`,
  );
  await tx.query(`alter table ${table} attach partition ${name} for values from ('${day}') to ('${next}')`);
}

function partitionOf(table: string, day: string): string {
  return `${table}_${day.replaceAll('-', '')}`;
}

/** Nothing of this day was stored, and none of its tables made, since $2. `day` stands for the day. */
const UNUSED = `
  not exists (select from prediction_block b where b.event_day = day and b.created_at >= $2)
  and not exists (select from prediction_day d where d.event_day = day and d.made_at >= $2)`;

/**
 * Drops days whose events are older than an instant, with everything kept of them. A day that something was added to
 * since then stays: of a log that is read long after it was written, labels are still to come. What is in use at
 * the moment is left for the next time.
 *
 * @returns the days that are gone entirely
 */
export async function dropOldDays(pool: Pool, beforeMs: number): Promise<string[]> {
  const gone: string[] = [];
  for (const day of await findOldDays(pool, beforeMs)) if (await dropDay(pool, day, beforeMs)) gone.push(day);
  return gone;
}

/** The days that would be dropped. */
export async function findOldDays(pool: Pool, beforeMs: number): Promise<string[]> {
  // Materialized, or the planner may read a day out of the name of any table before it looks whose partition it is.
  const old = await pool.query<{ day: string }>(
    `with days as materialized (
       select distinct to_date(right(c.relname, 8), 'YYYYMMDD') as day
       from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent in (select name::regclass from unnest($1::text[]) as t (name))
     )
     select to_char(day, 'YYYY-MM-DD') as day from days
     where day + 1 <= $2::timestamptz at time zone 'UTC' and ${UNUSED}
     order by 1`,
    [PARTITIONED, new Date(beforeMs)],
  );
  return old.rows.map(({ day }) => day);
}

/** In the order in which a checkpoint writes to them: who holds the first will need the others. */
const DROPPED = ['prediction_chunk', 'prediction_pack', 'prediction_label'] as const;

async function dropDay(pool: Pool, day: string, beforeMs: number): Promise<boolean> {
  for (const table of DROPPED) if (!(await droppedWithoutWaiting(pool, table, day, beforeMs))) return false;
  return true;
}

/** False: the table is in use, or has come into use since the day was found old. */
async function droppedWithoutWaiting(
  pool: Pool,
  table: string,
  day: string,
  beforeMs: number,
): Promise<boolean> {
  const partition = partitionOf(table, day);
  return await withoutWaiting(pool, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
    const exists = await tx.query('select 1 from pg_class where oid = to_regclass($1)', [partition]);
    if (exists.rowCount === 0) return true;
    // Writers that had it have committed then, and what they stored shows.
    await tx.query(`lock table ${partition} in access exclusive mode`);
    const found = await tx.query<{ unused: boolean }>(
      `select ${UNUSED} as unused from (select $1::date as day) days`,
      [day, new Date(beforeMs)],
    );
    if (found.rows[0]?.unused !== true) return false;
    // Whoever looks for a prediction asks only the blocks that are there.
    await tx.query('delete from prediction_block where event_day = $1::date', [day]);
    await tx.query(`drop table ${partition}`);
    return true;
  });
}

/** Of one model what is kept of days that ended before an instant, where others keep theirs for longer. @returns the days */
export async function dropDaysOf(
  pool: Pool,
  model: string,
  beforeMs: number,
  isDry: boolean,
): Promise<string[]> {
  const old = await pool.query<{ day: string }>(
    `select distinct to_char(b.event_day, 'YYYY-MM-DD') as day from prediction_block b join model m on m.id = b.model_id
     where m.name = $1 and b.event_day + 1 <= $2::timestamptz at time zone 'UTC'
       and not exists (select from prediction_block young
         where young.model_id = b.model_id and young.event_day = b.event_day and young.created_at >= $2)
     order by 1`,
    [model, new Date(beforeMs)],
  );
  const days = old.rows.map(({ day }) => day);
  if (!isDry)
    for (const day of days) await inTransaction(pool, async (tx) => await dropDayOf(tx, model, day));
  return days;
}

async function dropDayOf(tx: Tx, model: string, day: string): Promise<void> {
  const ofModel = 'select id from model where name = $1';
  for (const statement of [
    `delete from prediction_pack where event_day = $2::date and block_id in (
       select id from prediction_block where model_id = (${ofModel}) and event_day = $2::date)`,
    `delete from prediction_block where model_id = (${ofModel}) and event_day = $2::date`,
    `delete from prediction_label where model_id = (${ofModel}) and event_day = $2::date`,
    `delete from prediction_chunk where event_day = $2::date and model_version_id in (
       select id from model_version where model_id = (${ofModel}))`,
  ])
    await tx.query(statement, [model, day]);
}
