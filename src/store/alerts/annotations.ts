import type { AlertCause } from '../../core/alerts/alert.ts';
import type { ShownChange, ExpectedChange } from '../../core/alerts/change.ts';
import type { AnnotationRow } from '../rows/annotations.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable, Tx } from '../connection/pool.ts';
import { type Page, type PageRequest, cutPage } from '../connection/page.ts';
import { select, selectOne } from '../connection/select.ts';
import { storableJson, storableText } from '../connection/storable-json.ts';
import type { AlertSeriesKey } from './alerts.ts';

export interface NewAnnotation {
  readonly alertId: string;
  readonly change: ShownChange;
  readonly fromMs: number;
  readonly untilMs: number | null;
  readonly author: string;
  readonly comment: string;
}

/** Of the model, the cause and the segment of an incident. Answers its id. */
export async function createAnnotation(tx: Tx, said: NewAnnotation, nowMs: number): Promise<string> {
  const made = await tx.query<{ id: string }>(
    `insert into annotation (model_id, alert_id, cause, segment, change, from_at, until_at, author, comment, created_at)
     select v.model_id, a.id, a.cause, a.segment, $2, $3, $4, $5, $6, $7
     from alert a join model_version v on v.id = a.model_version_id where a.id = $1 returning id::text as id`,
    [
      said.alertId,
      storableJson(said.change),
      new Date(said.fromMs),
      said.untilMs === null ? null : new Date(said.untilMs),
      storableText(said.author),
      storableText(said.comment),
      new Date(nowMs),
    ],
  );
  const id = made.rows[0]?.id;
  if (id === undefined) throw new Error(`there is no incident ${said.alertId}`);
  return id;
}

/** What was expected of a version's model by this instant, the oldest first. */
export async function loadExpected(
  db: Queryable,
  modelVersionId: number,
  cause: AlertCause,
  nowMs: number,
): Promise<ExpectedChange[]> {
  const found = await db.query<ExpectedChange>(
    `select n.id::text as id, n.cause, n.segment, n.change, ${epochMs('n.from_at')} as "fromMs",
       ${epochMs('n.until_at')} as "untilMs", n.author, n.comment
     from model_version v join annotation n on n.model_id = v.model_id
     where v.id = $1 and n.cause = $2 and n.created_at <= $3 and (n.removed_at is null or n.removed_at > $3)
     order by n.id`,
    [modelVersionId, cause, new Date(nowMs)],
  );
  return found.rows;
}

/** Whether somebody has said of an incident already that it was expected. */
export async function isAnnotated(db: Queryable, alertId: string): Promise<boolean> {
  const found = await db.query('select from annotation where alert_id = $1 and removed_at is null', [
    alertId,
  ]);
  return found.rows.length > 0;
}

/** The verdict of a window in a series is explained by an annotation. */
export async function noteExpected(
  tx: Tx,
  { series, segment }: Pick<AlertSeriesKey, 'series' | 'segment'>,
  windowId: string,
  annotationId: string,
): Promise<void> {
  await tx.query(
    `insert into expected_verdict (window_id, series, segment, annotation_id) values ($1, $2, $3, $4)
     on conflict (window_id, series, segment) do update set annotation_id = excluded.annotation_id`,
    [windowId, series, segment, annotationId],
  );
}

/** Answers whether it was. */
export async function takeBackExpected(
  tx: Tx,
  { series, segment }: Pick<AlertSeriesKey, 'series' | 'segment'>,
  windowId: string,
): Promise<boolean> {
  const gone = await tx.query(
    'delete from expected_verdict where window_id = $1 and series = $2 and segment = $3',
    [windowId, series, segment],
  );
  return (gone.rowCount ?? 0) > 0;
}

const SELECT = `select n.id::text as id, m.name as model, n.alert_id::text as alert_id, n.cause, n.segment,
    n.change->'kinds' as kinds, n.change->'moves' as moves, n.change->'faults' as faults, n.from_at as "from",
    n.until_at as until, n.author, n.comment, n.created_at, n.removed_at, n.removed_by
  from annotation n join model m on m.id = n.model_id`;

export interface AnnotationFilter {
  readonly model?: string | undefined;
  /** Of times that this lies before the end of. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Also those that were taken back. */
  readonly removed: boolean;
}

/** Those whose time touches the asked one, newest first. */
export async function listAnnotations(
  db: Queryable,
  { model, from, to, removed }: AnnotationFilter,
  page: PageRequest<number>,
): Promise<Page<AnnotationRow, number>> {
  const rows = await select<AnnotationRow>(
    db,
    `${SELECT}
     where ($1::text is null or m.name = $1) and ($2::timestamptz is null or coalesce(n.until_at, 'infinity') > $2)
       and ($3::timestamptz is null or n.from_at < $3) and ($4::boolean or n.removed_at is null)
       and ($5::bigint is null or n.id < $5)
     order by n.id desc limit $6`,
    [model ?? null, from ?? null, to ?? null, removed, page.after, page.limit + 1],
  );
  return cutPage(rows, page.limit, (row) => Number(row.id));
}

/** Takes it back: what it explained is told again when it shows again. One that was taken back stays as it is. Null: there is none. */
export async function removeAnnotation(
  db: Queryable,
  id: string,
  by: string | null,
  nowMs: number,
): Promise<AnnotationRow | null> {
  await db.query(
    'update annotation set removed_at = $2, removed_by = $3 where id = $1 and removed_at is null',
    [id, new Date(nowMs), by === null ? null : storableText(by)],
  );
  return await selectOne<AnnotationRow>(db, `${SELECT} where n.id = $1`, [id]);
}
