import { OUTBOX_CHANNEL } from '../outbox/outbox.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Pool, Queryable, Tx } from '../connection/pool.ts';
import { inTransaction } from '../connection/pool.ts';

export interface WindowKeyRow {
  readonly modelVersionId: number;
  readonly sizeMs: number;
  readonly startMs: number;
  readonly graceMs: number;
  readonly paneMs: number | null;
  readonly paneOnly: boolean;
}

/** What tells one window from all others. */
export type WindowNameRow = Pick<WindowKeyRow, 'modelVersionId' | 'sizeMs' | 'startMs'>;

export interface WindowRow {
  readonly id: number;
  readonly modelVersionId: number;
  readonly sizeMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly paneMs: number | null;
  readonly baselineId: number | null;
}

/**
 * Finds or opens windows. A new one is bound to its version's newest baseline, for good unless somebody has it counted again; a late pane of a window of so
 * many rows that has been assembled already, to that window's, or it could not feed it.
 */
export async function ensureWindows(db: Queryable, keys: readonly WindowKeyRow[]): Promise<WindowRow[]> {
  if (keys.length === 0) return [];
  const columns = [
    keys.map((key) => key.modelVersionId),
    keys.map((key) => key.sizeMs),
    keys.map((key) => new Date(key.startMs)),
  ];
  await db.query(
    `insert into "window" (model_version_id, size_ms, start_at, end_at, grace_ms, pane_ms, pane_only, baseline_id)
     select v, s, t, t + s * interval '1 millisecond', g, p, o,
       case when whole.id is not null then whole.baseline_id
         else (select b.id from baseline b where b.model_version_id = v order by b.revision desc limit 1) end
     from unnest($1::int[], $2::bigint[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::bool[])
       as k (v, s, t, g, p, o)
     left join lateral (
       select w.id, w.baseline_id from "window" w
       where w.model_version_id = v and w.size_ms < 0 and w.pane_ms = s and w.start_at <= t and w.end_at > t
       limit 1
     ) whole on true
     order by 1, 2, 3
     on conflict (model_version_id, size_ms, start_at) do nothing`,
    [
      ...columns,
      keys.map((key) => key.graceMs),
      keys.map((key) => key.paneMs),
      keys.map((key) => key.paneOnly),
    ],
  );
  return await findWindows(db, keys);
}

export async function findWindows(db: Queryable, keys: readonly WindowNameRow[]): Promise<WindowRow[]> {
  if (keys.length === 0) return [];
  const found = await db.query<WindowRow>(
    `select w.id, w.model_version_id as "modelVersionId", w.size_ms as "sizeMs", ${epochMs('w.start_at')} as "startMs",
       ${epochMs('w.end_at')} as "endMs", w.pane_ms as "paneMs", w.baseline_id as "baselineId"
     from unnest($1::int[], $2::bigint[], $3::timestamptz[]) as k (v, s, t)
     join "window" w on w.model_version_id = k.v and w.size_ms = k.s and w.start_at = k.t`,
    [
      keys.map((key) => key.modelVersionId),
      keys.map((key) => key.sizeMs),
      keys.map((key) => new Date(key.startMs)),
    ],
  );
  return found.rows;
}

/**
 * Keeps windows from closing between counting a row into them and storing it. Writers share an open window;
 * a closed one they lock alone, because they will mark it dirty. Returns those that are closed.
 *
 * All locks are taken in order of the windows' ids, whatever their kind, so that no two writers wait for each other. A
 * window may close while its lock is waited for. A shared lock on it that is made exclusive later would be a deadlock
 * of any two writers: so all locks are let go and taken again as they should be. Windows never open again.
 */
export async function lockWindowsForWriting(tx: Tx, windowIds: readonly number[]): Promise<Set<number>> {
  const ids = [...windowIds].sort((a, b) => a - b);
  const closed = await closedAmong(tx, ids, '');
  for (;;) {
    await tx.query('savepoint window_locks');
    const closedSince = await lockInOrder(tx, ids, closed);
    if (closedSince === null) {
      await tx.query('release savepoint window_locks');
      return closed;
    }
    await tx.query('rollback to savepoint window_locks');
    for (const id of closedSince) closed.add(id);
  }
}

/** Null: all are locked. Else the locks are of no use, because of these windows, which have closed meanwhile. */
async function lockInOrder(
  tx: Tx,
  ids: readonly number[],
  closed: ReadonlySet<number>,
): Promise<Set<number> | null> {
  // Older windows have closed and newer ones have not, so there are hardly ever more than two runs.
  for (let from = 0, to = 0; from < ids.length; from = to) {
    const isClosed = closed.has(ids[from] ?? 0);
    while (to < ids.length && closed.has(ids[to] ?? 0) === isClosed) to += 1;
    const found = await closedAmong(tx, ids.slice(from, to), isClosed ? 'for no key update' : 'for share');
    if (!isClosed && found.size > 0) return found;
  }
  return null;
}

/** Those of the windows that are not open, as they are once locked. Locked in order of their ids. */
async function closedAmong(
  tx: Tx,
  ids: readonly number[],
  lock: '' | 'for share' | 'for no key update',
): Promise<Set<number>> {
  const found = await tx.query<{ id: number; open: boolean }>(
    `select id, state = 'open' as open from "window" where id = any($1::bigint[]) order by id ${lock}`,
    [ids],
  );
  return new Set(found.rows.filter(({ open }) => !open).map(({ id }) => id));
}

/**
 * What arrived after an evaluation asks for another one, though not more often than `reevaluateAfterMs`. A pane asks
 * for the windows of so many rows it is part of. Which series it is of, and whether an evaluation that ran meanwhile has
 * seen it, is told from the number of deltas once the time has come.
 */
export async function markDirty(
  tx: Tx,
  windowIds: Iterable<number>,
  lateRows: ReadonlyMap<number, number>,
  reevaluateAfterMs: number,
): Promise<void> {
  const ids = [...windowIds].sort((a, b) => a - b);
  if (ids.length === 0) return;
  await tx.query(
    `with late as (select * from unnest($1::bigint[], $2::bigint[]) as t (id, rows)),
     reached as (
       select w.id, late.rows from late join "window" w on w.id = late.id where not w.pane_only
       union all
       select whole.id, late.rows from late join "window" w on w.id = late.id
       join "window" whole on whole.model_version_id = w.model_version_id and whole.size_ms < 0
         and whole.pane_ms = w.size_ms and whole.start_at <= w.start_at and whole.end_at >= w.end_at
         and whole.baseline_id is not distinct from w.baseline_id
     ), locked as (
       -- Windows of so many rows are not locked yet, and two writers may reach several of them.
       select id from "window" where id in (select id from reached) order by id for no key update
     )
     update "window" w set
       late_rows = w.late_rows + r.rows,
       evaluation_due_at = least(w.evaluation_due_at, now() + $3 * interval '1 millisecond')
     from (select id, sum(rows)::bigint as rows from reached join locked using (id) group by id) r
     where w.id = r.id`,
    [ids, ids.map((id) => lateRows.get(id) ?? 0), reevaluateAfterMs],
  );
}

/** Keeps an open window from closing until the transaction ends; false when it is not open any more. */
export async function lockOpenWindow(tx: Tx, windowId: number): Promise<boolean> {
  const locked = await tx.query(`select 1 from "window" where id = $1 and state = 'open' for no key update`, [
    windowId,
  ]);
  return locked.rowCount === 1;
}

export interface ModelTime {
  readonly modelId: number;
  readonly watermarkMs: number;
  readonly matureAfterMs: number;
}

/**
 * Closes and matures the windows that event time has passed, and asks for their evaluation in the same
 * transaction. A window a writer holds is skipped and found again by the next sweep.
 */
export async function closeDueWindows(pool: Pool, times: readonly ModelTime[]): Promise<number> {
  if (times.length === 0) return 0;
  return await inTransaction(pool, async (tx) => {
    const parameters = [
      times.map((time) => time.modelId),
      times.map((time) => new Date(time.watermarkMs)),
      times.map((time) => time.matureAfterMs),
    ];
    const closed = await tx.query(
      `with due as (
         select w.id from unnest($1::int[], $2::timestamptz[]) as t (model_id, watermark)
         join model_version v on v.model_id = t.model_id
         join "window" w on w.model_version_id = v.id
         where w.state = 'open' and w.end_at + w.grace_ms * interval '1 millisecond' <= t.watermark
         order by w.end_at limit 500 for update of w skip locked
       ), closed as (
         update "window" w set state = 'closed', closed_at = now()
         from due where w.id = due.id
         returning w.id, w.start_at, w.end_at, w.pane_only, w.model_version_id, w.size_ms, w.baseline_id
       ), reached as (
         -- A late row opened this pane after the window of so many rows around it had been made.
         select whole.id from closed p
         join "window" whole on whole.model_version_id = p.model_version_id and whole.size_ms < 0
           and whole.pane_ms = p.size_ms and whole.start_at <= p.start_at and whole.end_at >= p.end_at
           and whole.baseline_id is not distinct from p.baseline_id
       ), locked as (
         select id from "window" where id in (select id from reached) order by id for no key update
       ), due_again as (
         update "window" whole set evaluation_due_at = coalesce(whole.evaluation_due_at, now())
         from locked where whole.id = locked.id
       )
       insert into outbox (kind, key, payload)
       select 'evaluate', 'evaluate-' || id || '-closed-0',
         jsonb_build_object('kind', 'evaluate', 'windowId', id::text, 'series', 'closed')
       from closed where not pane_only order by end_at on conflict (key) do nothing`,
      parameters.slice(0, 2),
    );
    const matured = await tx.query(
      `with due as (
         select w.id from unnest($1::int[], $2::timestamptz[], $3::bigint[]) as t (model_id, watermark, after_ms)
         join model_version v on v.model_id = t.model_id
         join "window" w on w.model_version_id = v.id
         where w.state = 'closed' and w.end_at + t.after_ms * interval '1 millisecond' <= t.watermark
         order by w.end_at limit 500 for update of w skip locked
       ), matured as (
         update "window" w set state = 'matured', matured_at = now()
         from due where w.id = due.id returning w.id, w.end_at, w.pane_only, w.closed_deltas
       )
       -- The matured evaluation follows the closed one, which asks for it when it comes to be.
       insert into outbox (kind, key, payload)
       select 'evaluate', 'evaluate-' || id || '-matured-0',
         jsonb_build_object('kind', 'evaluate', 'windowId', id::text, 'series', 'matured')
       from matured where not pane_only and closed_deltas is not null order by end_at
       on conflict (key) do nothing`,
      parameters,
    );
    const changed = (closed.rowCount ?? 0) + (matured.rowCount ?? 0);
    if (changed > 0) await tx.query(`select pg_notify($1, '')`, [OUTBOX_CHANNEL]);
    return changed;
  });
}

/** Matures a closed window before its time; one that is mature already is left alone. */
export async function matureWindow(tx: Tx, windowId: number): Promise<void> {
  await tx.query(
    `update "window" set state = 'matured', matured_at = now() where id = $1 and state = 'closed'`,
    [windowId],
  );
}

/** Whether a series of window `w` has no verdict yet, or one that is older than it should be. */
const CLOSED_BEHIND = `coalesce(w.closed_deltas, -1) < content.deltas`;
const MATURED_BEHIND = `(w.state = 'matured' and coalesce(w.matured_deltas, -1) < w.closed_deltas)`;
const CONTENT = `lateral (
  select coalesce(sum(c.deltas), 0)::bigint as deltas from window_content c where c.whole_id = w.id
) content`;

/** A matured verdict is held against the closed one: whenever that is new, it is made again. The caller holds the lock. */
export async function askForMatured(tx: Tx, windowId: number): Promise<void> {
  await tx.query(
    `with asked as (
       insert into outbox (kind, key, payload)
       select 'evaluate', 'evaluate-' || w.id || '-matured-' || w.matured_revision,
         jsonb_build_object('kind', 'evaluate', 'windowId', w.id::text, 'series', 'matured')
       from "window" w where w.id = $1 and ${MATURED_BEHIND}
       on conflict (key) do nothing returning id
     )
     select pg_notify($2, '') from asked`,
    [windowId, OUTBOX_CHANNEL],
  );
}

/**
 * Asks for a new evaluation of closed windows that something reached since their last one. Should nothing come of it, it
 * is asked for again after `askAgainAfterMs`.
 */
export async function requeueDirtyWindows(pool: Pool, askAgainAfterMs: number): Promise<number> {
  return await inTransaction(pool, async (tx) => {
    const due = await tx.query<{ id: number }>(
      `select id from "window" where evaluation_due_at <= now() and state <> 'open'
       order by evaluation_due_at limit 500 for no key update skip locked`,
    );
    if (due.rows.length === 0) return 0;
    // Apart from the locking: whoever held a lock before has committed by now, and what it wrote is seen.
    const asked = await tx.query(
      `with judged as (
         select w.id, w.closed_revision, w.matured_revision, ${CLOSED_BEHIND} as closed_behind,
           ${MATURED_BEHIND} as matured_behind
         from "window" w cross join ${CONTENT} where w.id = any($1::bigint[])
       ), noted as (
         update "window" w set evaluation_due_at =
           case when j.closed_behind or j.matured_behind then now() + $2 * interval '1 millisecond' end
         from judged j where j.id = w.id
       )
       insert into outbox (kind, key, payload)
       select 'evaluate',
         'evaluate-' || id || '-' || series || '-' || revision,
         jsonb_build_object('kind', 'evaluate', 'windowId', id::text, 'series', series)
       from judged cross join lateral (
         values ('closed', closed_revision, closed_behind), ('matured', matured_revision, matured_behind)
       ) as s (series, revision, behind)
       where behind order by series, id
       on conflict (key) do nothing`,
      [due.rows.map(({ id }) => id), askAgainAfterMs],
    );
    return asked.rowCount ?? 0;
  });
}

export interface StaleWindows {
  /** The last window looked at; null: there are none after `afterId`. */
  readonly lastId: number | null;
  readonly found: number;
}

/**
 * Looks through the next so many closed windows for verdicts that are older than their parts, and that nobody has been
 * asked to make again; they are due at once. Writers note what they reach, so that there should be none.
 */
export async function findStaleWindows(db: Queryable, afterId: number, limit: number): Promise<StaleWindows> {
  const found = await db.query<StaleWindows>(
    `with page as (
       select id from "window" where id > $1 and state <> 'open' and not pane_only order by id limit $2
     ), behind as (
       select w.id from page join "window" w using (id) cross join ${CONTENT}
       where w.evaluation_due_at is null and (${CLOSED_BEHIND} or ${MATURED_BEHIND}) and not exists (
         select 1 from outbox o where o.done_at is null and o.key in (
           'evaluate-' || w.id || '-closed-' || w.closed_revision,
           'evaluate-' || w.id || '-matured-' || w.matured_revision)
       )
     ), locked as (
       select id from "window" where id in (select id from behind) order by id for no key update skip locked
     ), noted as (
       update "window" w set evaluation_due_at = coalesce(w.evaluation_due_at, now())
       from locked where locked.id = w.id returning w.id
     )
     select (select max(id) from page) as "lastId", (select count(*) from noted)::int as found`,
    [afterId, limit],
  );
  return found.rows[0] ?? { lastId: null, found: 0 };
}

/** By window id. */
export async function baselinesOfWindows(
  db: Queryable,
  ids: ReadonlySet<number>,
): Promise<Map<number, number | null>> {
  const found = await db.query<{ id: number; baselineId: number | null }>(
    'select id, baseline_id as "baselineId" from "window" where id = any($1::bigint[])',
    [[...ids]],
  );
  return new Map(found.rows.map(({ id, baselineId }) => [id, baselineId]));
}

export async function baselineOfWindow(
  db: Queryable,
  windowId: number,
): Promise<{ readonly modelName: string; readonly baselineId: number | null } | null> {
  const found = await db.query<{ modelName: string; baselineId: number | null }>(
    `select m.name as "modelName", w.baseline_id as "baselineId" from "window" w join model_version v on v.id = w.model_version_id
     join model m on m.id = v.model_id where w.id = $1`,
    [windowId],
  );
  return found.rows[0] ?? null;
}
