import type { RetrainTrigger } from '../../core/jobs.ts';
import type { Queryable } from '../pool.ts';
import { type Page, type PageRequest, cutPage } from './page.ts';
import { select, selectOne } from './select.ts';

export type RetrainState = 'requested' | 'sent' | 'running' | 'succeeded' | 'failed' | 'dead';

export interface RetrainRow {
  id: string;
  model: string;
  version: string;
  state: RetrainState;
  trigger: RetrainTrigger;
  reason: string;
  webhook: string;
  window_id: string | null;
  requested_at: string;
  sent_at: string | null;
  closed_at: string | null;
  /** The training pipeline's own name for the run. */
  external_id: string | null;
  new_version: string | null;
  detail: string | null;
}

export interface RetrainDetail extends RetrainRow {
  /** What was asked of the training pipeline. */
  request: unknown;
  /** What it reported back. */
  metrics: unknown;
}

export interface RetrainFilter {
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly state?: RetrainState | undefined;
}

const COLUMNS = `
  r.id::text as id, m.name as model, v.name as version, r.state, r.trigger, r.reason, r.webhook,
  r.window_id::text as window_id, r.requested_at, r.sent_at, r.closed_at, r.external_id, r.new_version, r.detail`;
const FROM = `
  from retrain_run r
  join model_version v on v.id = r.model_version_id
  join model m on m.id = v.model_id`;

/** Newest first. The key is a run's id: its time of request is finer than a millisecond and stays inside. */
export async function listRetrains(
  db: Queryable,
  filter: RetrainFilter,
  page: PageRequest<string>,
): Promise<Page<RetrainRow, string>> {
  const rows = await select<RetrainRow>(
    db,
    `select ${COLUMNS} ${FROM}
     where ($1::text is null or m.name = $1)
       and ($2::text is null or v.name = $2)
       and ($3::text is null or r.state = $3)
       and ($4::uuid is null or (r.requested_at, r.id) < (select requested_at, id from retrain_run where id = $4))
     order by r.requested_at desc, r.id desc limit $5`,
    [filter.model ?? null, filter.version ?? null, filter.state ?? null, page.after, page.limit + 1],
  );
  return cutPage(rows, page.limit, (row) => row.id);
}

export async function findRetrain(db: Queryable, id: string): Promise<RetrainDetail | null> {
  return selectOne<RetrainDetail>(db, `select ${COLUMNS}, r.request, r.metrics ${FROM} where r.id = $1`, [
    id,
  ]);
}
