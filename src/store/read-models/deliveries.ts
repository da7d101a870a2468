import type { Queryable } from '../connection/pool.ts';
import type { DeliveryAttemptRow, DeliveryDetail, DeliveryRow } from '../rows/deliveries.ts';
import { type Page, type PageRequest, cutPage } from '../connection/page.ts';
import { select, selectOne } from '../connection/select.ts';

export interface DeliveryFilter {
  readonly state?: DeliveryRow['state'] | undefined;
  readonly endpoint?: string | undefined;
  readonly model?: string | undefined;
}

export const DELIVERY_COLUMNS = `
  d.id::text as id, d.kind, coalesce(o.payload ->> 'channel', o.payload ->> 'webhook') as endpoint, d.target,
  coalesce(o.payload -> 'notification' ->> 'kind', o.kind) as about,
  coalesce(o.payload -> 'notification' ->> 'model', o.payload -> 'request' ->> 'model') as model,
  coalesce(o.payload -> 'notification' ->> 'modelVersion', o.payload -> 'request' ->> 'modelVersion') as version,
  d.state, d.message_id, d.attempts, d.last_error as reason, d.created_at, d.updated_at, d.sent_at, d.replayed_at`;
export const DELIVERY_FROM = 'from delivery d join outbox o on o.id = d.outbox_id';

/** Newest first. */
export async function listDeliveries(
  db: Queryable,
  filter: DeliveryFilter,
  page: PageRequest<string>,
): Promise<Page<DeliveryRow, string>> {
  const rows = await select<DeliveryRow>(
    db,
    `select ${DELIVERY_COLUMNS} ${DELIVERY_FROM}
     where ($1::text is null or d.state = $1)
       and ($2::text is null or coalesce(o.payload ->> 'channel', o.payload ->> 'webhook') = $2)
       and ($3::text is null
         or coalesce(o.payload -> 'notification' ->> 'model', o.payload -> 'request' ->> 'model') = $3)
       and ($4::uuid is null or (d.created_at, d.id) < (select created_at, id from delivery where id = $4))
     order by d.created_at desc, d.id desc limit $5`,
    [filter.state ?? null, filter.endpoint ?? null, filter.model ?? null, page.after, page.limit + 1],
  );
  return cutPage(rows, page.limit, (row) => row.id);
}

export async function findDelivery(db: Queryable, id: string): Promise<DeliveryDetail | null> {
  const row = await selectOne<DeliveryRow>(
    db,
    `select ${DELIVERY_COLUMNS} ${DELIVERY_FROM} where d.id = $1`,
    [id],
  );
  if (row === null) return null;
  const log = await select<DeliveryAttemptRow>(
    db,
    `select attempt, at, outcome, status, detail, duration_ms from delivery_attempt
     where delivery_id = $1 order by attempt`,
    [id],
  );
  return { ...row, attempt_log: log };
}
