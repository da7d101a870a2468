import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable, Tx } from '../connection/pool.ts';
import { appendParts, type NewPart, type StoredPart } from '../windows/window-parts.ts';

/** A window that somebody wants judged again, with what that depends on. */
export interface WindowToRecompute {
  readonly id: number;
  readonly modelVersionId: number;
  readonly version: string;
  readonly sizeMs: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Size of the windows that it is the sum of; null: its counts are its own. */
  readonly paneMs: number | null;
  /** Nobody judges it: it is there to be added up. */
  readonly isPaneOnly: boolean;
  readonly isOpen: boolean;
  /** Its counts are kept no longer. */
  readonly isEmptied: boolean;
  readonly baselineId: number | null;
  readonly newestBaselineId: number | null;
  readonly closedRevision: number;
  readonly maturedRevision: number;
}

const COLUMNS = `w.id, w.model_version_id as "modelVersionId", v.name as version, w.size_ms as "sizeMs",
  ${epochMs('w.start_at')} as "startMs", ${epochMs('w.end_at')} as "endMs", w.pane_ms as "paneMs", w.pane_only as "isPaneOnly",
  w.state = 'open' as "isOpen", w.emptied_at is not null as "isEmptied", w.baseline_id as "baselineId",
  (select b.id from baseline b where b.model_version_id = v.id order by b.revision desc limit 1) as "newestBaselineId",
  w.closed_revision as "closedRevision", w.matured_revision as "maturedRevision"`;

/** Windows that are judged and begin in a stretch of time, in the order in which they ended. */
export async function windowsToRecompute(
  db: Queryable,
  versionIds: readonly number[],
  { fromMs, toMs }: { readonly fromMs: number | null; readonly toMs: number | null },
): Promise<WindowToRecompute[]> {
  const found = await db.query<WindowToRecompute>(
    `select ${COLUMNS} from "window" w join model_version v on v.id = w.model_version_id
     where v.id = any($1::int[]) and not w.pane_only
       and w.start_at >= coalesce($2, '-infinity'::timestamptz) and w.start_at < coalesce($3, 'infinity'::timestamptz)
     order by w.end_at, w.size_ms, w.id`,
    [versionIds, asDate(fromMs), asDate(toMs)],
  );
  return found.rows;
}

/** Windows of a version that share time with a stretch, panes too: those of one count each other's rows. */
export async function windowsTouching(
  db: Queryable,
  modelVersionId: number,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): Promise<WindowToRecompute[]> {
  const found = await db.query<WindowToRecompute>(
    `select ${COLUMNS} from "window" w join model_version v on v.id = w.model_version_id
     where v.id = $1 and w.start_at < $3 and w.end_at > $2 order by w.start_at, w.size_ms`,
    [modelVersionId, new Date(startMs), new Date(endMs)],
  );
  return found.rows;
}

/**
 * Locks windows alone, and holds them against another baseline from now on. Whoever has counted rows of them on the old one
 * notices when storing them. Should what follows be interrupted, the service judges them by itself.
 */
export async function holdAgainst(tx: Tx, ids: readonly number[], baselineId: number): Promise<void> {
  await tx.query('select from "window" where id = any($1::bigint[]) order by id for update', [ids]);
  await tx.query(
    `update "window" set baseline_id = $2,
       evaluation_due_at = case when pane_only or state = 'open' then evaluation_due_at else now() + interval '10 minutes' end
     where id = any($1::bigint[])`,
    [ids, baselineId],
  );
}

/** That the newest revision of a window's series was asked for, and why. */
export async function noteRecomputed(
  tx: Tx,
  of: { readonly windowId: string; readonly series: EvaluationSeries; readonly revision: number },
  note: string | null,
): Promise<void> {
  await tx.query('insert into recomputed (window_id, series, revision, note) values ($1, $2, $3, $4)', [
    of.windowId,
    of.series,
    of.revision,
    note,
  ]);
}

function asDate(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}

/** The parts that windows hold themselves, without those of the windows that feed them. */
export async function loadOwnParts(
  db: Queryable,
  windowIds: readonly number[],
): Promise<(StoredPart & { readonly windowId: number })[]> {
  const found = await db.query<StoredPart & { windowId: number }>(
    `select id, window_id as "windowId", segment, kind, rows, delta from window_part
     where window_id = any($1::bigint[]) order by id`,
    [windowIds],
  );
  return found.rows;
}

/** How many rows, and labelled rows, a window has in all and in each segment: `<segment> <kind>` → rows. */
export async function countedRows(db: Queryable, windowIds: readonly number[]): Promise<Map<string, number>> {
  const found = await db.query<{ key: string; rows: number }>(
    `select concat_ws(chr(1), whole_id, kind, segment) as key, sum(rows)::float8 as rows from window_content
     where whole_id = any($1::bigint[]) and kind <> 'rows' group by whole_id, kind, segment having sum(rows) <> 0`,
    [windowIds],
  );
  return new Map(found.rows.map(({ key, rows }) => [key, rows]));
}

/** Puts other parts in the place of those that windows hold themselves. False: these are not all they hold any more. */
export async function replaceOwnParts(
  tx: Tx,
  windowIds: readonly number[],
  partIds: readonly number[],
  parts: readonly NewPart[],
): Promise<boolean> {
  const gone = await tx.query<{ id: number }>(
    'delete from window_part where window_id = any($1::bigint[]) returning id',
    [windowIds],
  );
  const known = new Set(partIds);
  if (gone.rows.length !== known.size || gone.rows.some(({ id }) => !known.has(id))) return false;
  await appendParts(tx, parts);
  // What verdicts have seen was counted otherwise: any that is made from now on has seen more.
  await tx.query(
    'update "window" set closed_deltas = case when closed_deltas is not null then 0 end, matured_deltas = case when matured_deltas is not null then 0 end where id = any($1::bigint[])',
    [windowIds],
  );
  return true;
}
