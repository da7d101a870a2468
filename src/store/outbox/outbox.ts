import type { Clock } from '../../core/clock.ts';
import type { OutboxKind, OutboxMessage } from '../../core/jobs.ts';
import { currentTrace, type TraceParent } from '../../core/trace/steps.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Pool, Queryable, Tx } from '../connection/pool.ts';
import { inTransaction } from '../connection/pool.ts';
import { storableJson, storableText } from '../connection/storable-json.ts';
import { readNotification } from '../connection/read-notification.ts';

/** Told at commit that the outbox has news; a wake-up only, the rows are the truth. */
export const OUTBOX_CHANNEL = 'shiftwatch_outbox';

/**
 * Writes a message in the transaction that decided it: it will be handled if and only if that commits. A key
 * that is there already means that the message is, too.
 *
 * @param key names the decision, for example `notify:12:firing:345:oncall-mail`
 * @param availableAtMs not before this instant; absent: at once
 */
export async function appendOutbox(
  tx: Tx,
  message: OutboxMessage,
  key: string,
  availableAtMs?: number,
): Promise<{ readonly id: string; readonly created: boolean }> {
  const at = availableAtMs === undefined ? null : new Date(availableAtMs);
  const added = await tx.query<{ id: string }>(
    `insert into outbox (kind, key, payload, available_at, trace_parent) values ($1, $2, $3, coalesce($4, now()), $5)
     on conflict (key) do nothing returning id::text as id`,
    [message.kind, key, storableJson(message), at, currentTrace()],
  );
  const id = added.rows[0]?.id;
  if (id !== undefined) {
    // Many in one transaction are one notification.
    await tx.query(`select pg_notify($1, '')`, [OUTBOX_CHANNEL]);
    return { id, created: true };
  }
  const earlier = await tx.query<{ id: string }>('select id::text as id from outbox where key = $1', [key]);
  const earlierId = earlier.rows[0]?.id;
  if (earlierId === undefined) throw new Error(`outbox row ${key} vanished`);
  return { id: earlierId, created: false };
}

export interface OutboxJob {
  readonly id: string;
  readonly kind: OutboxKind;
  /** How often it has been handed to the queue before. */
  readonly enqueues: number;
}

/**
 * Messages that wait for the queue, locked; those another relay holds are left out. One is due when either clock says so:
 * what was written just now must not wait because this machine's clock is behind the database's.
 */
export async function claimOutbox(tx: Tx, nowMs: number, limit: number): Promise<OutboxJob[]> {
  const claimed = await tx.query<OutboxJob>(
    `select id::text as id, kind, enqueues from outbox
     where done_at is null and enqueued_at is null and available_at <= greatest($1, now())
     order by available_at, outbox.id limit $2 for update skip locked`,
    [new Date(nowMs), limit],
  );
  return claimed.rows;
}

/** When the next message falls due that none is handed over for yet; null: none waits. */
export async function nextDueMs(db: Queryable): Promise<number | null> {
  const found = await db.query<{ dueMs: number }>(
    `select ${epochMs('available_at')} as "dueMs" from outbox where done_at is null and enqueued_at is null
     order by available_at limit 1`,
  );
  return found.rows[0]?.dueMs ?? null;
}

/** Messages the queue was given long ago and that are still not done, locked. */
export async function claimOverdueOutbox(
  tx: Tx,
  enqueuedBeforeMs: number,
  limit: number,
): Promise<OutboxJob[]> {
  const claimed = await tx.query<OutboxJob>(
    `select id::text as id, kind, enqueues from outbox
     where done_at is null and enqueued_at < $1
     order by enqueued_at, outbox.id limit $2 for update skip locked`,
    [new Date(enqueuedBeforeMs), limit],
  );
  return claimed.rows;
}

export async function markEnqueued(tx: Tx, ids: readonly string[], nowMs: number): Promise<void> {
  await tx.query(`update outbox set enqueued_at = $2, enqueues = enqueues + 1 where id = any($1::bigint[])`, [
    ids,
    new Date(nowMs),
  ]);
}

const MAX_REASON = 500;

/**
 * Puts a message back that its handler wants to see again, in one statement: its job is over, and a relay hands it over
 * anew when its time has come. It then has another count, since the queue may not have let go of the job it was.
 */
async function postponeOutbox(db: Queryable, id: string, untilMs: number, reason: string): Promise<void> {
  await db.query(
    `with postponed as (
       update outbox set available_at = $2, enqueued_at = null, enqueues = enqueues + 1,
         postpones = postpones + 1, postponed_for = $3
       where id = $1 and done_at is null returning id
     ) select pg_notify($4, '') from postponed`,
    [id, new Date(untilMs), storableText(reason).slice(0, MAX_REASON), OUTBOX_CHANNEL],
  );
}

/** What was put back for this reason is looked at now. Answers how many. */
export async function retryPostponed(db: Queryable, reason: string): Promise<number> {
  const retried = await db.query(
    `update outbox set available_at = now()
     where done_at is null and enqueued_at is null and postponed_for = $1 and available_at > now()`,
    [reason],
  );
  if (retried.rowCount === 0) return 0;
  await db.query(`select pg_notify($1, '')`, [OUTBOX_CHANNEL]);
  return retried.rowCount ?? 0;
}

/** The queue still holds these: ask again later. */
export async function postponeOverdue(tx: Tx, ids: readonly string[], nowMs: number): Promise<void> {
  await tx.query(`update outbox set enqueued_at = $2 where id = any($1::bigint[])`, [ids, new Date(nowMs)]);
}

export interface StoredMessage {
  readonly message: OutboxMessage;
  readonly key: string;
  /** The same in a database that is restored from a backup of this one: when its first table was made. */
  readonly installation: string;
  readonly done: boolean;
  /** How often its handler has put it off. */
  readonly postpones: number;
  /** The step that wrote it; null: it was not traced. */
  readonly traceParent: TraceParent | null;
}

export async function loadOutbox(db: Queryable, id: string): Promise<StoredMessage | null> {
  const found = await db.query<Omit<StoredMessage, 'message'> & { payload: OutboxMessage }>(
    `select payload, done_at is not null as done, postpones, key, trace_parent as "traceParent",
       (select min(run_on)::text from shiftwatch_migration) as installation
     from outbox where id = $1`,
    [id],
  );
  const row = found.rows[0];
  if (row === undefined) return null;
  const { payload, ...rest } = row;
  const message =
    payload.kind === 'notify'
      ? { ...payload, notification: readNotification(payload.notification) }
      : payload;
  return { ...rest, message };
}

async function loadOpen<K extends OutboxKind>(
  db: Queryable,
  id: string,
  kind: K,
): Promise<(StoredMessage & { readonly message: Extract<OutboxMessage, { kind: K }> }) | null> {
  const stored = await loadOutbox(db, id);
  if (stored === null || stored.done) return null;
  const { message } = stored;
  return isOf(message, kind) ? { ...stored, message } : null;
}

function isOf<K extends OutboxKind>(
  message: OutboxMessage,
  kind: K,
): message is Extract<OutboxMessage, { kind: K }> {
  return message.kind === kind;
}

/**
 * Since when a message that follows from an incident waits for the channel to have been told of that incident; null: it
 * was, or nobody meant to. Jobs run side by side, and a `resolved` with nothing to draw is sent sooner than the alert.
 */
export async function waitsForFiringSinceMs(db: Queryable, id: string): Promise<number | null> {
  const found = await db.query<{ sinceMs: number }>(
    `select ${epochMs('own.created_at')} as "sinceMs" from outbox own join outbox firing on firing.id < own.id
     where own.id = $1 and firing.kind = 'notify' and firing.done_at is null
       and firing.payload->'notification'->>'kind' = 'firing'
       and firing.payload->>'channel' = own.payload->>'channel'
       and firing.payload->'notification'->>'incidentId' = own.payload->'notification'->>'incidentId'
     limit 1`,
    [id],
  );
  return found.rows[0]?.sinceMs ?? null;
}

/** Handled for good. The first outcome stays. */
export async function finishOutbox(
  db: Queryable,
  id: string,
  outcome: string,
  nowMs: number,
): Promise<boolean> {
  const finished = await db.query(
    'update outbox set done_at = $3, outcome = $2 where id = $1 and done_at is null',
    [id, outcome, new Date(nowMs)],
  );
  return finished.rowCount === 1;
}

/** The outbox as the relay sees it. */
export function relayOutbox(pool: Pool) {
  return {
    nextDueMs: () => nextDueMs(pool),
    transaction: <T>(work: (tx: RelayTransaction) => Promise<T>): Promise<T> =>
      inTransaction(pool, (tx) =>
        work({
          claim: (nowMs, limit) => claimOutbox(tx, nowMs, limit),
          claimOverdue: (enqueuedBeforeMs, limit) => claimOverdueOutbox(tx, enqueuedBeforeMs, limit),
          markEnqueued: (ids, nowMs) => markEnqueued(tx, ids, nowMs),
          postponeOverdue: (ids, nowMs) => postponeOverdue(tx, ids, nowMs),
        }),
      ),
  };
}

interface RelayTransaction {
  claim(nowMs: number, limit: number): Promise<OutboxJob[]>;
  claimOverdue(enqueuedBeforeMs: number, limit: number): Promise<OutboxJob[]>;
  markEnqueued(ids: readonly string[], nowMs: number): Promise<void>;
  postponeOverdue(ids: readonly string[], nowMs: number): Promise<void>;
}

/** The outbox as the queue sees it: where a message waits that is to be seen again. */
export function postponing(pool: Pool, clock: Clock) {
  return {
    postpone: (id: string, delayMs: number, reason: string) =>
      postponeOutbox(pool, id, clock.nowMs() + delayMs, reason),
  };
}

/** The outbox as the handlers of its messages see it. */
export function outboxMessages(pool: Pool) {
  return {
    load: <K extends OutboxKind>(id: string, kind: K) => loadOpen(pool, id, kind),
    waitsForFiringSinceMs: (id: string) => waitsForFiringSinceMs(pool, id),
    append: async (message: OutboxMessage, key: string) =>
      (await inTransaction(pool, (tx) => appendOutbox(tx, message, key))).created,
    finish: (id: string, outcome: string, nowMs: number) => finishOutbox(pool, id, outcome, nowMs),
  };
}
