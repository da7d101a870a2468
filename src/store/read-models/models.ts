import type { ListedVersion, ModelDetail, ModelRow } from '../rows/models.ts';
import type { Queryable } from '../connection/pool.ts';
import { type Page, type PageRequest, cutPage } from '../connection/page.ts';
import { select, selectOne } from '../connection/select.ts';

const MODEL_COLUMNS = `
  m.name, m.task, m.created_at,
  (select count(*) from model_version v where v.model_id = m.id) as versions,
  (select count(*) from alert a join model_version v on v.id = a.model_version_id
    where v.model_id = m.id and a.state in ('firing', 'recovering')) as open_alerts,
  (select max(max_event_at) from watermark where model_id = m.id) as newest_event_at`;

/** By name. */
export async function listModels(db: Queryable, page: PageRequest<string>): Promise<Page<ModelRow, string>> {
  const rows = await select<ModelRow>(
    db,
    `select ${MODEL_COLUMNS} from model m
     where ($1::text is null or m.name > $1) order by m.name limit $2`,
    [page.after, page.limit + 1],
  );
  return cutPage(rows, page.limit, (row) => row.name);
}

export async function findModel(db: Queryable, name: string): Promise<ModelDetail | null> {
  return selectOne<ModelDetail>(
    db,
    `select ${MODEL_COLUMNS}, m.spec as configuration from model m where m.name = $1`,
    [name],
  );
}

const VERSION_FROM = `
  from model_version v
  join model m on m.id = v.model_id
  left join lateral (
    select id, revision, rows, created_at from baseline
    where model_version_id = v.id order by revision desc limit 1
  ) b on true`;

interface StoredVersion {
  id: number;
  model: string;
  name: string;
  state: ListedVersion['state'];
  first_seen_at: string;
  size_bytes: number | null;
  baseline_id: string | null;
  baseline_revision: number | null;
  baseline_rows: number | null;
  baseline_created_at: string | null;
}

/** Newest first. The key is the version's internal number. */
export async function listVersions(
  db: Queryable,
  model: string,
  page: PageRequest<number>,
): Promise<Page<ListedVersion, number>> {
  const rows = await select<StoredVersion>(
    db,
    `select v.id, m.name as model, v.name, v.state, v.first_seen_at,
       coalesce((m.spec -> 'versionSizes' ->> v.name)::bigint, v.size_bytes) as size_bytes,
       b.id::text as baseline_id, b.revision as baseline_revision, b.rows as baseline_rows,
       b.created_at as baseline_created_at ${VERSION_FROM}
     where m.name = $1 and ($2::integer is null or v.id < $2) order by v.id desc limit $3`,
    [model, page.after, page.limit + 1],
  );
  const { items, next } = cutPage(rows, page.limit, (row) => row.id);
  return { items: items.map(versionRow), next };
}

function versionRow(row: StoredVersion): ListedVersion {
  const { baseline_id: id, baseline_revision: revision, baseline_rows: rows, baseline_created_at: at } = row;
  const known = id !== null && revision !== null && rows !== null && at !== null;
  return {
    model: row.model,
    name: row.name,
    state: row.state,
    first_seen_at: row.first_seen_at,
    size_bytes: row.size_bytes,
    baseline: known ? { id, revision, rows, created_at: at } : null,
  };
}

/** Whether this model has this version: lists below it answer 404 rather than an empty page. */
export async function versionExists(db: Queryable, model: string, version: string): Promise<boolean> {
  const rows = await select(
    db,
    `select 1 from model_version v join model m on m.id = v.model_id where m.name = $1 and v.name = $2`,
    [model, version],
  );
  return rows.length > 0;
}
