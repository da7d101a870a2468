/**
 * What is written of windows lies in partitions by the window's id, since ids grow with time whatever time a log says it is: however
 * producers date their rows, there are as many partitions as we choose. Old ones are dropped as a whole.
 */
import { escapeIdentifier } from 'pg';
import type { Pool, Queryable, Tx } from '../connection/pool.ts';
import { withoutWaiting } from '../connection/without-waiting.ts';

export const PARTITIONED_BY_WINDOW = ['window_part', 'measurement', 'comparison', 'verdict'] as const;
export type WindowTable = (typeof PARTITIONED_BY_WINDOW)[number];

/** What a partition holds: ids from the first on, without the second. */
export interface HistoryPartition {
  readonly name: string;
  readonly parent: WindowTable;
  readonly fromId: number;
  readonly toId: number;
}

/** A week of windows, but no partition so small that there are many of them, nor so large that it is long in coming to its end. */
const SPAN_MS = 7 * 86_400_000;
const FEWEST_IDS = 2_000;
const MOST_IDS = 20_000;
/** So many windows may be opened at once, by a log of years. */
const AHEAD = 2_000;
const LOCK_KEY = 7_418_239_107;

/** In the order of what they hold. */
export async function listPartitions(db: Queryable): Promise<HistoryPartition[]> {
  const found = await db.query<HistoryPartition>(
    `select name, parent, from_id::float8 as "fromId", to_id::float8 as "toId" from history_partition order by from_id, parent`,
  );
  return found.rows;
}

/**
 * Makes the partitions that windows are about to need: there is always one beyond what may be opened at once. What was written
 * before its partition was there is taken into it.
 *
 * @returns how many were made
 */
export async function makePartitionsAhead(pool: Pool): Promise<number> {
  let made = 0;
  for (const parent of PARTITIONED_BY_WINDOW) {
    while (await isNeeded(pool, parent)) {
      if (!(await withoutWaiting(pool, async (tx) => await makeNext(tx, parent)))) break;
      made += 1;
    }
  }
  return made;
}

async function isNeeded(db: Queryable, parent: WindowTable): Promise<boolean> {
  const found = await db.query<{ needed: boolean }>(
    `select coalesce(max(from_id), 0) <= (select last_value + $2 from window_id_seq) as needed
     from history_partition where parent = $1 and name not like '%\\_before'`,
    [parent, AHEAD],
  );
  return found.rows[0]!.needed;
}

async function makeNext(tx: Tx, parent: WindowTable): Promise<boolean> {
  await tx.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
  if (!(await isNeeded(tx, parent))) return true;
  const next = await nextPartition(tx, parent);
  const [table, of, rest] = [next.name, parent, `${parent}_rest`].map((each) => escapeIdentifier(each));
  await addTable(tx, next, table!);
  await tx.query(`lock table ${of}, ${rest} in access exclusive mode`);
  await tx.query(
    `with early as (delete from ${rest} where window_id >= ${next.fromId} and window_id < ${next.toId} returning *)
     insert into ${table} select * from early`,
  );
  await attach(tx, next);
  await tx.query('insert into history_partition (name, parent, from_id, to_id) values ($1, $2, $3, $4)', [
    next.name,
    parent,
    next.fromId,
    next.toId,
  ]);
  return true;
}

/** All four tables have the same bounds: one that is made before the others says where they end. */
async function nextPartition(tx: Tx, parent: WindowTable): Promise<HistoryPartition> {
  const found = await tx.query<{ fromId: number; toId: number | null; lately: number }>(
    `select f.id::float8 as "fromId",
       (select min(to_id) from history_partition where from_id = f.id and parent <> $1)::float8 as "toId",
       (select count(*) from "window" where created_at > now() - $2 * interval '1 millisecond')::float8 as lately
     from (select coalesce(
       (select max(to_id) from history_partition where parent = $1),
       (select max(to_id) from history_partition where name like '%\\_before'), 1) as id) f`,
    [parent, SPAN_MS],
  );
  const { fromId, toId, lately } = found.rows[0]!;
  const width = Math.min(MOST_IDS, Math.max(FEWEST_IDS, lately));
  return { name: `${parent}_from_${fromId}`, parent, fromId, toId: toId ?? fromId + width };
}

/**
 * Drops a partition, but for what belongs to some windows. Whoever reads or writes waits for it for less than a second, or it is left for the
 * next time; so is one that somebody has written counts to since they were added up.
 *
 * @returns whether it was done
 */
export async function dropPartition(
  pool: Pool,
  partition: HistoryPartition,
  kept: readonly number[],
): Promise<boolean> {
  const { name, parent } = partition;
  const [table, gone, of] = [name, `${name}_gone`, parent].map((each) => escapeIdentifier(each));
  const holdsCounts = async (db: Queryable): Promise<boolean> =>
    parent === 'window_part' &&
    (
      await db.query(`select from ${table} where kind <> 'rows' and window_id <> all($1::bigint[]) limit 1`, [
        kept,
      ])
    ).rowCount === 1;
  // What is found now is found quickly while others wait.
  if (await holdsCounts(pool)) return false;
  return await withoutWaiting(pool, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
    await tx.query(`lock table ${table} in access exclusive mode`);
    if (await holdsCounts(tx)) return false;
    await tx.query(`alter table ${table} rename to ${gone}`);
    if (kept.length > 0) {
      await addTable(tx, partition, table!);
      await tx.query(`insert into ${table} select * from ${gone} where window_id = any($1::bigint[])`, [
        kept,
      ]);
    }
    await tx.query(`alter table ${of} detach partition ${gone}`);
    if (kept.length > 0) await attach(tx, partition);
    else await tx.query('delete from history_partition where name = $1', [name]);
    await tx.query(`drop table ${gone}`);
    return true;
  });
}

async function addTable(tx: Tx, { parent }: HistoryPartition, table: string): Promise<void> {
  await tx.query(
    `create table ${table} (like ${escapeIdentifier(parent)} including defaults including constraints including storage)`,
  );
  if (parent === 'verdict') await tx.query(`create index on ${table} (id)`);
}

async function attach(tx: Tx, { name, parent, fromId, toId }: HistoryPartition): Promise<void> {
  const from = fromId === 0 ? 'minvalue' : String(fromId);
  await tx.query(
    `alter table ${escapeIdentifier(parent)} attach partition ${escapeIdentifier(name)} for values from (${from}) to (${toId})`,
  );
}
