import type { AttemptRecord, Delivery, DeliveryState, NewDelivery } from '../../core/jobs.ts';
import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import type { Pool, Queryable } from '../connection/pool.ts';
import { storableText } from '../connection/storable-json.ts';

/**
 * The one delivery of a message to a target. Whoever asks first creates it; everybody after gets the same row,
 * with the same message id, so a message that is sent twice still carries one name.
 */
export async function openDelivery(db: Queryable, wanted: NewDelivery): Promise<Delivery> {
  const { id, outboxId, kind, target, messageId } = wanted;
  await db.query(
    `insert into delivery (id, outbox_id, kind, target, state, message_id) values ($1, $2, $3, $4, 'queued', $5)
     on conflict (outbox_id, target) do nothing`,
    [id, outboxId, kind, target, messageId],
  );
  const found = await db.query<Delivery>(
    `select ${DELIVERY_COLUMNS} from delivery d where outbox_id = $1 and target = $2`,
    [outboxId, target],
  );
  const delivery = found.rows[0];
  if (delivery === undefined) throw new Error('a delivery vanished');
  return delivery;
}

/**
 * Takes the right to attempt a delivery. Refused when it is finished (`sent`, `dead`), or when somebody else's attempt is under
 * way and not older than the lease: an older one has crashed, and whether its message went out is unknown. It is then
 * written down as `lost`.
 */
export async function leaseDelivery(
  db: Queryable,
  id: string,
  leaseMs: number,
  nowMs: number,
): Promise<Result<Delivery, 'sent' | 'dead' | 'in_flight'>> {
  const leased = await db.query<Delivery>(
    `with before as (
       select id, state, attempts, updated_at from delivery
       where id = $1 and (state in ('queued', 'failed') or (state = 'sending' and updated_at <= $3))
       for update
     ), lost as (
       insert into delivery_attempt (delivery_id, attempt, at, outcome, detail)
       select id, attempts, updated_at, '${LOST}', $4 from before where state = 'sending'
       on conflict do nothing
     )
     update delivery d set state = 'sending', attempts = d.attempts + 1, updated_at = $2
     from before where d.id = before.id
     returning ${DELIVERY_COLUMNS}`,
    [id, new Date(nowMs), new Date(nowMs - leaseMs), LOST_DETAIL],
  );
  if (leased.rows[0] !== undefined) return ok(leased.rows[0]);
  const current = await db.query<{ state: DeliveryState }>('select state from delivery where id = $1', [id]);
  const state = current.rows[0]?.state;
  // Between the two statements somebody may have finished or failed: "in flight" makes the caller look again.
  return fail(state === 'sent' || state === 'dead' ? state : 'in_flight');
}

/** An attempt that was never written down. */
const LOST = 'lost';
const LOST_DETAIL = 'its process ended before it was written down; whether it was sent is not known';

/**
 * Gives a delivery up without an attempt. Answers how it stands: somebody else's attempt is left to end, and what was
 * sent stays sent.
 */
async function refuseDelivery(
  db: Queryable,
  id: string,
  reason: string,
  nowMs: number,
): Promise<'dead' | 'sent' | 'in_flight'> {
  await db.query(
    `update delivery set state = 'dead', last_error = $2, updated_at = $3
     where id = $1 and state in ('queued', 'failed')`,
    [id, reason, new Date(nowMs)],
  );
  const found = await db.query<{ state: DeliveryState }>('select state from delivery where id = $1', [id]);
  const state = found.rows[0]?.state;
  return state === 'dead' || state === 'sent' ? state : 'in_flight';
}

const MAX_DETAIL = 1_000;

/**
 * Writes down how an attempt ended. An attempt whose lease had run out does not overrule the one that followed,
 * except that a message which has been sent stays sent.
 */
export async function recordAttempt(db: Queryable, record: AttemptRecord): Promise<void> {
  const detail = record.detail === null ? null : storableText(record.detail).slice(0, MAX_DETAIL);
  const { deliveryId, attempt, outcome, status, state } = record;
  await db.query(
    `with noted as (
       insert into delivery_attempt (delivery_id, attempt, at, outcome, status, detail, duration_ms)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (delivery_id, attempt) do update
       set outcome = excluded.outcome, status = excluded.status, detail = excluded.detail,
         duration_ms = excluded.duration_ms
       where delivery_attempt.outcome = '${LOST}'
     )
     update delivery set state = $8, updated_at = $9::timestamptz, last_error = case when $8 = 'sent' then null else $10 end,
       sent_at = case when $8 = 'sent' then $9::timestamptz end
     where id = $1 and state <> 'sent' and (attempts = $2 or $8 = 'sent')`,
    [
      deliveryId,
      attempt,
      new Date(record.atMs),
      outcome,
      status,
      detail,
      Math.round(record.durationMs),
      state,
      new Date(record.atMs + record.durationMs),
      detail === null ? outcome : `${outcome}: ${detail}`,
    ],
  );
}

const DELIVERY_COLUMNS = `d.id, outbox_id::text as "outboxId", kind, target, d.state, message_id as "messageId",
  d.attempts, attempts_before as "attemptsBefore", last_error as "lastError",
  (extract(epoch from d.created_at) * 1000)::float8 as "madeAtMs"`;

/** The deliveries as the handlers see them. */
export function deliveryStore(pool: Pool) {
  return {
    open: (wanted: NewDelivery) => openDelivery(pool, wanted),
    lease: (id: string, leaseMs: number, nowMs: number) => leaseDelivery(pool, id, leaseMs, nowMs),
    record: (record: AttemptRecord) => recordAttempt(pool, record),
    refuse: (id: string, reason: string, nowMs: number) => refuseDelivery(pool, id, reason, nowMs),
  };
}
