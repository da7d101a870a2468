import type { NotificationKind } from '../../core/jobs.ts';
import type { Urgency } from '../../core/alerts/consequence.ts';
import type { Queryable } from '../connection/pool.ts';

/** Messages of one kind to one channel on one day. */
export interface ToldCount {
  readonly day: string;
  readonly channel: string;
  readonly urgency: Urgency;
  readonly kind: NotificationKind;
  /** Null: a digest, which is about several. */
  readonly model: string | null;
  readonly messages: number;
}

export interface ToldSpan {
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Days are those of this timezone. */
  readonly timezone: string;
  readonly models: readonly string[];
}

const TOLD = `select o.payload->>'channel' as channel, n->>'kind' as kind,
    case when n->>'kind' = 'digest' then 'digest' else coalesce(n->'routed'->>'urgency', 'page') end as urgency,
    case when n->>'kind' = 'digest' then null else n->>'model' end as model,
    to_timestamp(coalesce(
      (n->'routed'->>'atMs')::float8, (n->'digest'->>'dueAtMs')::float8, extract(epoch from o.created_at) * 1000
    ) / 1000) as at
  from outbox o cross join lateral (select o.payload->'notification' as n) p
  -- What comes by another channel because one failed was decided once.
  where o.kind = 'notify' and n->'insteadOf' is null`;

/** How many messages were decided on, by what people would sort them by. A digest is one, whatever it tells of. */
export async function countTold(db: Queryable, span: ToldSpan): Promise<ToldCount[]> {
  const { sinceMs, untilMs, timezone, models } = span;
  const found = await db.query<ToldCount>(
    `select to_char(at at time zone $3, 'YYYY-MM-DD') as day, channel, urgency, kind, model, count(*)::int as messages
     from (${TOLD}) told where at >= $1 and at < $2 and (model is null or model = any($4))
     group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`,
    [new Date(sinceMs), new Date(untilMs), timezone, models],
  );
  return found.rows;
}

/** How many notifications digests told of, or will. */
export async function countDigested(db: Queryable, span: ToldSpan): Promise<ToldCount[]> {
  const found = await db.query<ToldCount>(
    `select to_char(decided_at at time zone $3, 'YYYY-MM-DD') as day, channel, 'digest' as urgency,
       entry->>'kind' as kind, model, count(*)::int as messages
     from digest_entry where decided_at >= $1 and decided_at < $2 and model = any($4)
     group by 1, 2, 4, 5 order by 1, 2, 4, 5`,
    [new Date(span.sinceMs), new Date(span.untilMs), span.timezone, span.models],
  );
  return found.rows;
}

/** Notifications that nobody was sent. */
export async function countShown(db: Queryable, { sinceMs, untilMs, models }: ToldSpan): Promise<number> {
  const found = await db.query<{ n: number }>(
    `select count(*)::int as n from notification_route
     where urgency = 'show' and decided_at >= $1 and decided_at < $2 and model = any($3)`,
    [new Date(sinceMs), new Date(untilMs), models],
  );
  return found.rows[0]?.n ?? 0;
}

export async function countRetrainRequests(db: Queryable, span: ToldSpan): Promise<number> {
  const found = await db.query<{ n: number }>(
    `select count(*)::int as n from retrain_run r join model_version v on v.id = r.model_version_id
     join model m on m.id = v.model_id
     where r.requested_at >= $1 and r.requested_at < $2 and m.name = any($3)`,
    [new Date(span.sinceMs), new Date(span.untilMs), span.models],
  );
  return found.rows[0]?.n ?? 0;
}
