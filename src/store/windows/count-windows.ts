import { OUTBOX_CHANNEL } from '../outbox/outbox.ts';
import type { Pool, Tx } from '../connection/pool.ts';
import { inTransaction } from '../connection/pool.ts';

/** Windows of at least so many rows, of one model. */
export interface CountWindowSpec {
  readonly modelId: number;
  readonly rows: number;
  readonly paneMs: number;
}

interface Pane {
  readonly id: number;
  readonly startAt: Date;
  readonly endAt: Date;
  readonly baselineId: number | null;
  readonly rows: number;
}

/** Panes looked at in one transaction; more where so many do not make one window. */
const PANES_AT_ONCE = 1_000;

/**
 * Makes windows of so many rows out of closed panes, in order of time, and asks for their evaluation in the same
 * transaction. A window ends with the pane that brings the number, or where the baseline changes. Counts of closed
 * panes are final but for late rows, which revise the window they fell into and never move its ends: the same log
 * gives the same windows, whatever the batches.
 *
 * @returns how many were made
 */
export async function assembleCountWindows(pool: Pool, specs: readonly CountWindowSpec[]): Promise<number> {
  let made = 0;
  for (const spec of specs) {
    const versions = await pool.query<{ id: number }>(
      `select distinct v.id from model_version v join "window" w on w.model_version_id = v.id
       where v.model_id = $1 and w.size_ms = $2 and w.state <> 'open' order by v.id`,
      [spec.modelId, spec.paneMs],
    );
    for (const { id } of versions.rows) {
      made += await inTransaction(pool, async (tx) => await assembleVersion(tx, id, spec));
    }
  }
  return made;
}

async function assembleVersion(tx: Tx, versionId: number, spec: CountWindowSpec): Promise<number> {
  // One process at a time for a version; the others have nothing to add.
  const lock = await tx.query<{ taken: boolean }>(
    `select pg_try_advisory_xact_lock(hashtext('count windows'), $1) as taken`,
    [versionId],
  );
  if (lock.rows[0]?.taken !== true) return 0;
  const end = await tx.query<{ endAt: Date | null }>(
    `select max(end_at) as "endAt" from "window" where model_version_id = $1 and size_ms = $2 and pane_ms = $3`,
    [versionId, -spec.rows, spec.paneMs],
  );
  const from = end.rows[0]?.endAt ?? null;
  const ranges = await nextRanges(tx, versionId, spec, from);
  let startAt = from;
  for (const range of ranges) {
    await insertWindow(tx, versionId, spec, { ...range, startAt: startAt ?? range.startAt });
    startAt = range.endAt;
  }
  if (ranges.length > 0) await tx.query(`select pg_notify($1, '')`, [OUTBOX_CHANNEL]);
  return ranges.length;
}

/** A quiet model takes many panes to reach its number of rows: looks further until it does, or there are no more. */
async function nextRanges(
  tx: Tx,
  versionId: number,
  spec: CountWindowSpec,
  from: Date | null,
): Promise<Range[]> {
  for (let limit = PANES_AT_ONCE; ; limit *= 10) {
    const ids = await finishedPanes(tx, versionId, spec.paneMs, from, limit);
    // Looked at without a lock first: mostly there is nothing to be made yet.
    if (cut(await loadPanes(tx, ids), spec.rows).length > 0) {
      await tx.query('select 1 from "window" where id = any($1::bigint[]) order by id for no key update', [
        ids,
      ]);
      return cut(await loadPanes(tx, ids), spec.rows);
    }
    if (ids.length < limit) return [];
  }
}

/** Panes from `from` on, up to the first that is still open. */
async function finishedPanes(
  tx: Tx,
  versionId: number,
  paneMs: number,
  from: Date | null,
  limit: number,
): Promise<number[]> {
  const found = await tx.query<{ id: number; open: boolean }>(
    `select id, state = 'open' as open from "window"
     where model_version_id = $1 and size_ms = $2 and start_at >= coalesce($3, '-infinity'::timestamptz)
     order by start_at limit $4`,
    [versionId, paneMs, from, limit],
  );
  const firstOpen = found.rows.findIndex(({ open }) => open);
  return (firstOpen === -1 ? found.rows : found.rows.slice(0, firstOpen)).map(({ id }) => id);
}

/**
 * Panes with their rows, in order of time. Locked before, a late row is either counted already, or will find the window
 * it belongs to.
 */
async function loadPanes(tx: Tx, ids: readonly number[]): Promise<Pane[]> {
  const panes = await tx.query<Pane>(
    `select w.id, w.start_at as "startAt", w.end_at as "endAt", w.baseline_id as "baselineId",
       coalesce((select sum(p.rows)::bigint from window_part p
         where p.window_id = w.id and p.segment = '' and p.kind = 'input'), 0) as rows
     from "window" w where w.id = any($1::bigint[]) order by w.start_at`,
    [ids],
  );
  return panes.rows;
}

interface Range {
  readonly startAt: Date;
  readonly endAt: Date;
  readonly baselineId: number | null;
}

/** Whole panes until there are enough rows; what is left over waits for more. */
function cut(panes: readonly Pane[], enough: number): Range[] {
  const ranges: Range[] = [];
  let first: Pane | null = null;
  let last: Pane | null = null;
  let rows = 0;
  for (const pane of panes) {
    if (first !== null && last !== null && pane.baselineId !== first.baselineId) {
      ranges.push({ startAt: first.startAt, endAt: last.endAt, baselineId: first.baselineId });
      first = null;
      rows = 0;
    }
    first ??= pane;
    last = pane;
    rows += pane.rows;
    if (rows < enough) continue;
    ranges.push({ startAt: first.startAt, endAt: pane.endAt, baselineId: first.baselineId });
    first = null;
    rows = 0;
  }
  return ranges;
}

async function insertWindow(
  tx: Tx,
  versionId: number,
  { rows, paneMs }: CountWindowSpec,
  { startAt, endAt, baselineId }: Range,
): Promise<void> {
  await tx.query(
    `with made as (
       insert into "window"
         (model_version_id, size_ms, start_at, end_at, grace_ms, pane_ms, baseline_id, state, closed_at)
       values ($1, $2, $3, $4, 0, $5, $6, 'closed', now()) returning id
     )
     insert into outbox (kind, key, payload)
     select 'evaluate', 'evaluate-' || id || '-closed-0',
       jsonb_build_object('kind', 'evaluate', 'windowId', id::text, 'series', 'closed')
     from made on conflict (key) do nothing`,
    [versionId, -rows, startAt, endAt, paneMs, baselineId],
  );
}
