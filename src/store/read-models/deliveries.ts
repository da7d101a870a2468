import type { Queryable } from '../connection/pool.ts';
import type { DeliveryKind, DeliveryState } from '../outbox/deliveries.ts';
import { type Page, type PageRequest, cutPage } from '../connection/page.ts';
import { select, selectOne } from '../connection/select.ts';

export const DELIVERY_STATES = [
  'queued',
  'sending',
  'sent',
  'failed',
  'dead',
] as const satisfies readonly DeliveryState[];

export interface DeliveryRow {
  id: string;
  kind: DeliveryKind;
  /** The channel, or the webhook of a retraining. */
  endpoint: string;
  /** One recipient of a mail; else `<type>:<channel>` or the webhook. */
  target: string;
  /** What it says: `firing`, `resolved`, …, or `retrain`. */
  about: string;
  model: string;
  version: string;
  state: DeliveryState;
  /** Message-ID or webhook-id, the same on every attempt and after a replay. */
  message_id: string;
  /** All that were begun, those before a replay included. */
  attempts: number;
  /** Why it is not sent: `<outcome>: <detail>`, or `endpoint_disabled`. */
  reason: string | null;
  created_at: string;
  updated_at: string;
  sent_at: string | null;
  replayed_at: string | null;
}

export interface DeliveryAttemptRow {
  attempt: number;
  at: string;
  /** `lost`: its process ended before it was written down. */
  outcome: string;
  /** HTTP status or SMTP reply code. */
  status: number | null;
  detail: string | null;
  duration_ms: number | null;
}

export interface DeliveryDetail extends DeliveryRow {
  attempt_log: DeliveryAttemptRow[];
}

export interface DeliveryFilter {
  readonly state?: DeliveryState | undefined;
  readonly endpoint?: string | undefined;
  readonly model?: string | undefined;
}

const COLUMNS = `
  d.id::text as id, d.kind, coalesce(o.payload ->> 'channel', o.payload ->> 'webhook') as endpoint, d.target,
  coalesce(o.payload -> 'notification' ->> 'kind', o.kind) as about,
  coalesce(o.payload -> 'notification' ->> 'model', o.payload -> 'request' ->> 'model') as model,
  coalesce(o.payload -> 'notification' ->> 'modelVersion', o.payload -> 'request' ->> 'modelVersion') as version,
  d.state, d.message_id, d.attempts, d.last_error as reason, d.created_at, d.updated_at, d.sent_at, d.replayed_at`;
const FROM = 'from delivery d join outbox o on o.id = d.outbox_id';

/** Newest first. */
export async function listDeliveries(
  db: Queryable,
  filter: DeliveryFilter,
  page: PageRequest<string>,
): Promise<Page<DeliveryRow, string>> {
  const rows = await select<DeliveryRow>(
    db,
    `select ${COLUMNS} ${FROM}
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
  const row = await selectOne<DeliveryRow>(db, `select ${COLUMNS} ${FROM} where d.id = $1`, [id]);
  if (row === null) return null;
  const log = await select<DeliveryAttemptRow>(
    db,
    `select attempt, at, outcome, status, detail, duration_ms from delivery_attempt
     where delivery_id = $1 order by attempt`,
    [id],
  );
  return { ...row, attempt_log: log };
}
