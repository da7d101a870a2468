/** Who changed what, when, and who was refused. No secret and nothing that a request says of a person is in it. */
import type { Queryable } from './connection/pool.ts';
import { cutPage, type Page, type PageRequest } from './connection/page.ts';
import { select, selectOne } from './connection/select.ts';
import type { AuditRow } from './rows/audit.ts';

export interface AuditEntry {
  readonly actor: string;
  readonly actorName: string | null;
  /** `<thing>.<verb>`, `sign_in` or `sign_out`. */
  readonly action: string;
  readonly target: string | null;
  /** Null: it was done. */
  readonly refusedBecause: string | null;
  /** Null: by a command on this machine. */
  readonly address: string | null;
}

export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

const LONGEST = 300;

/** @param times how many refusals the row stands for */
export async function appendAudit(
  db: Queryable,
  entry: AuditEntry,
  nowMs: number,
  times = 1,
): Promise<string> {
  const { actor, actorName, action, target, refusedBecause, address } = entry;
  const row = await selectOne<{ id: string }>(
    db,
    `insert into audit_entry (at, actor, actor_name, action, target, outcome, reason, times, address)
     values (to_timestamp($1 / 1000.0), $2, $3, $4, $5, case when $6::text is null then 'done' else 'refused' end, $6, $7, $8)
     returning id::text as id`,
    [nowMs, ...[actor, actorName, action, target, refusedBecause].map(storedText), times, address],
  );
  if (row === null) throw new Error('inserting an audit entry returned no row');
  return row.id;
}

/** Names of others may be long, and hold what neither a table nor a terminal can. */
function storedText(text: string | null): string | null {
  return text === null
    ? null
    : text
        .replaceAll(/\p{Cc}/gu, ' ')
        .slice(0, LONGEST)
        .toWellFormed();
}

/** So many more refusals of the same kind. */
export async function addToAudit(db: Queryable, id: string, times: number): Promise<void> {
  await db.query('update audit_entry set times = times + $2 where id = $1', [id, times]);
}

/** Newest first. `actor` is what stands in `actor` or in `actor_name`. */
export async function listAudit(
  db: Queryable,
  { actor, action, fromMs, toMs }: AuditFilter,
  page: PageRequest<number>,
): Promise<Page<AuditRow, number>> {
  const rows = await select<AuditRow>(
    db,
    `select id::text as id, at, actor, actor_name, action, target, outcome, reason, times, address from audit_entry
     where ($1::text is null or actor = $1 or actor_name = $1)
       and ($2::text is null or action = $2)
       and ($3::float8 is null or at >= to_timestamp($3 / 1000.0))
       and ($4::float8 is null or at < to_timestamp($4 / 1000.0))
       and ($5::bigint is null or id < $5)
     order by audit_entry.id desc limit $6`,
    [actor ?? null, action ?? null, fromMs ?? null, toMs ?? null, page.after, page.limit + 1],
  );
  return cutPage(rows, page.limit, (row) => Number(row.id));
}
