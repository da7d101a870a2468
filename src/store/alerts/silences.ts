import type { Matcher, Silence } from '../../core/alerts/silence.ts';
import type { SilenceRow } from '../rows/alerts.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable } from '../connection/pool.ts';
import { type Page, type PageRequest, cutPage } from '../connection/page.ts';
import { select, selectOne } from '../connection/select.ts';
import { storableJson, storableText } from '../connection/storable-json.ts';

export interface NewSilence {
  readonly matchers: readonly Matcher[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly author: string;
  readonly comment: string;
}

const COLUMNS = `id::text as id, matchers, starts_at, ends_at, author, comment, created_at, expired_at, expired_by,
  case when coalesce(expired_at, ends_at) <= $1::timestamptz then 'expired'
    when starts_at > $1::timestamptz then 'pending' else 'active' end as state`;

export async function createSilence(db: Queryable, silence: NewSilence, nowMs: number): Promise<SilenceRow> {
  const row = await selectOne<SilenceRow>(
    db,
    `insert into silence (matchers, starts_at, ends_at, author, comment, created_at)
     values ($2, $3, $4, $5, $6, $1) returning ${COLUMNS}`,
    [
      new Date(nowMs),
      storableJson(silence.matchers),
      new Date(silence.startsAtMs),
      new Date(silence.endsAtMs),
      storableText(silence.author),
      storableText(silence.comment),
    ],
  );
  if (row === null) throw new Error('an insert returned no row');
  return row;
}

/** Newest first. */
export async function listSilences(
  db: Queryable,
  filter: { readonly state?: SilenceRow['state'] | undefined },
  nowMs: number,
  page: PageRequest<number>,
): Promise<Page<SilenceRow, number>> {
  const rows = await select<SilenceRow>(
    db,
    `select * from (select ${COLUMNS} from silence) as s
     where ($2::text is null or state = $2) and ($3::bigint is null or id::bigint < $3)
     order by s.id::bigint desc limit $4`,
    [new Date(nowMs), filter.state ?? null, page.after, page.limit + 1],
  );
  return cutPage(rows, page.limit, (row) => Number(row.id));
}

/** Ends a silence now; one that has ended stays as it is. Null: there is none. */
export async function expireSilence(
  db: Queryable,
  id: string,
  by: string | null,
  nowMs: number,
): Promise<SilenceRow | null> {
  await db.query(
    `update silence set expired_at = $2, expired_by = $3 where id = $1 and expired_at is null and ends_at > $2`,
    [id, new Date(nowMs), by === null ? null : storableText(by)],
  );
  return await findSilence(db, id, nowMs);
}

export async function findSilence(db: Queryable, id: string, nowMs: number): Promise<SilenceRow | null> {
  return await selectOne<SilenceRow>(db, `select ${COLUMNS} from silence where id = $2`, [
    new Date(nowMs),
    id,
  ]);
}

/** By the database's clock. */
export async function countActiveSilences(db: Queryable): Promise<number> {
  const row = await selectOne<{ count: number }>(
    db,
    `select count(*) as count from silence
     where starts_at <= now() and coalesce(expired_at, ends_at) > now()`,
  );
  return row?.count ?? 0;
}

/** Those in force at an instant. */
export async function loadActiveSilences(db: Queryable, nowMs: number): Promise<Silence[]> {
  const found = await db.query<Silence>(
    `select id::text as id, matchers, ${epochMs('starts_at')} as "startsAtMs", ${epochMs('ends_at')} as "endsAtMs",
       author from silence
     where starts_at <= $1 and ends_at > $1 and (expired_at is null or expired_at > $1) order by silence.id`,
    [new Date(nowMs)],
  );
  return found.rows;
}
