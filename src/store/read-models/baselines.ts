import type { BaselineDetail, BaselineRow } from '../rows/models.ts';
import type { Queryable } from '../connection/pool.ts';
import { type Page, type PageRequest, cutPage } from '../connection/page.ts';
import { select, selectOne } from '../connection/select.ts';

const COLUMNS = `b.id::text as id, m.name as model, v.name as version, b.revision, b.rows, b.checksum, b.source, b.created_at`;
const FROM = `from baseline b
  join model_version v on v.id = b.model_version_id
  join model m on m.id = v.model_id
  where m.name = $1 and v.name = $2`;

/** Newest revision first. */
export async function listBaselines(
  db: Queryable,
  of: { readonly model: string; readonly version: string },
  page: PageRequest<number>,
): Promise<Page<BaselineRow, number>> {
  const rows = await select<BaselineRow>(
    db,
    `select ${COLUMNS} ${FROM} and ($3::integer is null or b.revision < $3) order by b.revision desc limit $4`,
    [of.model, of.version, page.after, page.limit + 1],
  );
  return cutPage(rows, page.limit, (row) => row.revision);
}

export async function findBaseline(
  db: Queryable,
  of: { readonly model: string; readonly version: string; readonly revision: number },
): Promise<BaselineDetail | null> {
  return selectOne<BaselineDetail>(db, `select ${COLUMNS}, b.summary ${FROM} and b.revision = $3`, [
    of.model,
    of.version,
    of.revision,
  ]);
}
