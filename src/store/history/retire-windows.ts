import type { Pool, Queryable, Tx } from '../connection/pool.ts';
import { inTransaction } from '../connection/pool.ts';
import { type DueWindows, findDueWindows, type HistoryPolicy, type WindowClass } from './due-windows.ts';
import {
  dropPartition,
  type HistoryPartition,
  listPartitions,
  PARTITIONED_BY_WINDOW,
  type WindowTable,
} from './partitions.ts';

/** What is kept of a partition is copied while others wait for it: more is left, and what is old taken out of it step by step. */
const MOST_KEPT = 100;
/** Windows that are taken out in one transaction. */
const STEP = 50;

/** What goes with each: windows last, since everything else is found by them. */
const TABLES: Readonly<Record<WindowClass, readonly WindowTable[]>> = {
  comparisons: ['comparison'],
  counts: ['window_part'],
  windows: PARTITIONED_BY_WINDOW,
};

/** Whether counts go with it. */
const HOLDS_COUNTS: Readonly<Record<WindowClass, boolean>> = {
  comparisons: false,
  counts: true,
  windows: true,
};

/** Takes the counts out of windows, and adds them to what outlasts them. */
export type AddUp = (windowIds: readonly number[]) => Promise<void>;

/** Only counted, in a dry run. @returns how many windows lost what the class is of */
export async function retireWindows(
  pool: Pool,
  kind: WindowClass,
  policy: HistoryPolicy,
  { isDry, addUp }: { readonly isDry: boolean; readonly addUp: AddUp },
): Promise<number> {
  const partitions = await listPartitions(pool);
  const found: (DueWindows & { readonly range: Range })[] = [];
  for (const range of rangesOf(partitions)) {
    // Of most windows the details are gone long ago: their partitions say so without a look at each.
    if (!(await holdsSome(pool, kind, partitionsIn(partitions, kind, range), range))) continue;
    const windows = await findDueWindows(pool, kind, policy, range);
    if (windows.due.length > 0) found.push({ ...windows, range });
  }
  if (!isDry) {
    // How many rows a window had is the sum of those that feed it, too: noted before any of them goes.
    if (kind === 'counts')
      for (const { due } of found) await inSteps(due, async (ids) => await noteRows(pool, ids));
    const newest = await newestId(pool);
    let left = 0;
    for (const { range, ...each } of found) {
      // One that windows are still to be made in is not given up, or they would lie in none.
      const dropped = range.toId <= newest ? partitionsIn(partitions, kind, range) : [];
      if (HOLDS_COUNTS[kind]) await inSteps(each.due, addUp);
      if (!(await retireIn(pool, kind, each, dropped))) left += each.due.length;
    }
    return found.reduce((sum, { due }) => sum + due.length, 0) - left;
  }
  return found.reduce((sum, { due }) => sum + due.length, 0);
}

async function noteRows(pool: Pool, ids: readonly number[]): Promise<void> {
  await pool.query(
    `update "window" w set emptied_at = now(), emptied_rows = coalesce((
       select sum(c.rows) from window_content c where c.whole_id = w.id and c.segment = '' and c.kind = 'input'), 0)
     where w.id = any($1::bigint[]) and w.emptied_at is null`,
    [ids],
  );
}

async function inSteps(
  ids: readonly number[],
  work: (step: readonly number[]) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < ids.length; from += STEP) await work(ids.slice(from, from + STEP));
}

async function holdsSome(
  db: Queryable,
  kind: WindowClass,
  partitions: readonly HistoryPartition[],
  { fromId, toId }: Range,
): Promise<boolean> {
  if (kind === 'windows' || partitions.length > 0) return true;
  const [table] = TABLES[kind];
  const found = await db.query<{ some: boolean }>(
    `select exists (select from ${table}_rest where window_id >= $1 and window_id < $2) as some`,
    [fromId, toId],
  );
  return found.rows[0]!.some;
}

async function newestId(db: Queryable): Promise<number> {
  const found = await db.query<{ id: number }>('select last_value::float8 as id from window_id_seq');
  return found.rows[0]!.id;
}

type Range = Pick<HistoryPartition, 'fromId' | 'toId'>;

/** Those of the partitions, and those between and beyond them: of partitions that are gone, and of those that are still to be made. */
function rangesOf(partitions: readonly HistoryPartition[]): Range[] {
  const ends = new Map(partitions.map(({ fromId, toId }) => [fromId, toId]));
  const ranges: Range[] = [];
  let reached = 0;
  for (const [fromId, toId] of [...ends].sort(([a], [b]) => a - b)) {
    if (fromId > reached) ranges.push({ fromId: reached, toId: fromId });
    ranges.push({ fromId, toId });
    reached = toId;
  }
  return [...ranges, { fromId: reached, toId: Number.MAX_SAFE_INTEGER }];
}

function partitionsIn(
  partitions: readonly HistoryPartition[],
  kind: WindowClass,
  range: Range,
): HistoryPartition[] {
  return partitions.filter(({ fromId, parent }) => fromId === range.fromId && TABLES[kind].includes(parent));
}

/** False: what is to be dropped as a whole is in use. */
async function retireIn(
  pool: Pool,
  kind: WindowClass,
  { due, staying }: DueWindows,
  partitions: readonly HistoryPartition[],
): Promise<boolean> {
  if (staying.length <= MOST_KEPT && due.length > staying.length) {
    for (const partition of partitions) {
      // In use, or being vacuumed: the next time, rather than a million rows one by one.
      if (!(await dropPartition(pool, partition, staying))) return false;
    }
  }
  await inSteps(due, async (ids) => await retireStep(pool, kind, ids));
  return true;
}

/** Also of what a partition that is gone would have held, and of what was written for it since. */
async function retireStep(pool: Pool, kind: WindowClass, due: readonly number[]): Promise<void> {
  await inTransaction(pool, async (tx) => {
    // Whoever writes to a window holds it: none of them is in the middle.
    await tx.query('select from "window" where id = any($1::bigint[]) order by id for update', [due]);
    const ids = HOLDS_COUNTS[kind] ? await withoutCounts(tx, due) : due;
    for (const table of TABLES[kind])
      await tx.query(`delete from ${table} where window_id = any($1::bigint[])`, [ids]);
    if (kind === 'windows') {
      // Up to when a series was decided stays.
      await tx.query('update alert_cursor set window_id = null where window_id = any($1::bigint[])', [ids]);
      await tx.query('delete from recomputed where window_id = any($1::bigint[])', [ids]);
      await tx.query('delete from expected_verdict where window_id = any($1::bigint[])', [ids]);
      await tx.query('delete from unreadable_part where window_id = any($1::bigint[])', [ids]);
      await tx.query('delete from "window" where id = any($1::bigint[])', [ids]);
    }
  });
}

/** What came to the others since they were added up is added the next time. */
async function withoutCounts(tx: Tx, ids: readonly number[]): Promise<number[]> {
  const found = await tx.query<{ id: number }>(
    `select id from unnest($1::bigint[]) as w (id)
     where not exists (select from window_part p where p.window_id = w.id and p.kind <> 'rows')`,
    [ids],
  );
  return found.rows.map(({ id }) => id);
}
