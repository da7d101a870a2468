/** What is kept beside windows: incidents, retrainings, messages, dead letters, answers to batches. */
import type { Pool, Queryable } from '../connection/pool.ts';
import { inTransaction } from '../connection/pool.ts';
import type { HistoryPolicy } from './due-windows.ts';

/** Rows that are taken out in one transaction. */
const STEP = 1_000;

/** Statements with two parameters: what is as old as $1, the first $2 of it. They answer an `id` a row. */
interface Rows {
  readonly due: string;
  /** Of the ids $1; what belongs to them first. */
  readonly remove: readonly string[];
}

const OPEN_INCIDENTS = `select id::text from alert where state <> 'resolved'`;

const INCIDENTS: Rows = {
  due: `select a.id from alert a
    where a.state = 'resolved' and a.fired_at is not null and coalesce(a.resolved_at, a.updated_at) <= $1
    order by a.merged_into nulls last, a.id limit $2`,
  remove: [
    'update alert set merged_into = null where merged_into = any($1::bigint[])',
    'delete from held_notification where alert_id = any($1::bigint[])',
    'delete from alert_event where alert_id = any($1::bigint[])',
    'delete from incident_urgency where incident_id = any($1::text[])',
    'delete from alert where id = any($1::bigint[])',
  ],
};

/** Nobody was told of them. */
const PASSED: Rows = {
  ...INCIDENTS,
  due: `select id from alert where state = 'resolved' and fired_at is null
    and coalesce(resolved_at, updated_at) <= $1 order by id limit $2`,
};

const RETRAININGS: Rows = {
  due: `select id from retrain_run where closed_at <= $1 order by closed_at, id limit $2`,
  remove: [
    'delete from retrain_progress where run_id = any($1::uuid[])',
    'delete from retrain_incident where run_id = any($1::uuid[])',
    'delete from retrain_run where id = any($1::uuid[])',
  ],
};

/** Done, with all deliveries at their end, and not what a channel was told of an incident that is still open. */
const MESSAGES: Rows = {
  due: `select o.id from outbox o where o.done_at <= $1
    and not exists (select from delivery d where d.outbox_id = o.id
      and (d.state in ('queued', 'sending') or exists (select from disabled_endpoint e where e.delivery_id = d.id)))
    and coalesce(o.payload -> 'notification' ->> 'incidentId', '') not in (${OPEN_INCIDENTS})
    order by o.id limit $2`,
  remove: [
    'delete from digest_entry where digest_id in (select id from digest where outbox_id = any($1::bigint[]))',
    'delete from digest where outbox_id = any($1::bigint[])',
    'delete from delivery_attempt where delivery_id in (select id from delivery where outbox_id = any($1::bigint[]))',
    'delete from delivery where outbox_id = any($1::bigint[])',
    'delete from outbox where id = any($1::bigint[])',
  ],
};

const EMPTY_DIGESTS: Rows = {
  due: `select id from digest where outbox_id is null and due_at <= $1 order by id limit $2`,
  remove: [
    'delete from digest_entry where digest_id = any($1::bigint[])',
    'delete from digest where id = any($1::bigint[])',
  ],
};

const ROUTES: Rows = {
  due: `select id from notification_route where decided_at <= $1 and incident_id not in (${OPEN_INCIDENTS}) order by id limit $2`,
  remove: ['delete from notification_route where id = any($1::bigint[])'],
};

const DEAD_LETTERS: Rows = {
  due: `select id from dead_letter where received_at <= $1 order by id limit $2`,
  remove: ['delete from dead_letter where id = any($1::bigint[])'],
};

const BATCHES: Rows = {
  due: `select idempotency_key as id from event_batch where created_at <= $1 order by created_at limit $2`,
  remove: ['delete from event_batch where idempotency_key = any($1::text[])'],
};

const LOG_INCIDENTS: Rows = {
  due: `select id from log_incident where found_at <= $1 order by id limit $2`,
  remove: ['delete from log_incident where id = any($1::bigint[])'],
};

const SILENCES: Rows = {
  due: `select id from silence where coalesce(expired_at, ends_at) <= $1 order by id limit $2`,
  remove: ['delete from silence where id = any($1::bigint[])'],
};

const ANNOTATIONS: Rows = {
  due: `select id from annotation where coalesce(removed_at, until_at) <= $1 order by id limit $2`,
  remove: [
    'delete from expected_verdict where annotation_id = any($1::bigint[])',
    'delete from annotation where id = any($1::bigint[])',
  ],
};

const AUDIT: Rows = {
  due: `select id from audit_entry where at <= $1 order by at limit $2`,
  remove: ['delete from audit_entry where id = any($1::bigint[])'],
};

/** They have ended by themselves. */
const SESSIONS: Rows = {
  due: `select sha256 as id from login_session where expires_at <= $1 order by expires_at limit $2`,
  remove: ['delete from login_session where sha256 = any($1::bytea[])'],
};

export interface RetiredRows {
  readonly incidents: number;
  readonly retrainings: number;
  readonly messages: number;
  readonly dead_letters: number;
  readonly batches: number;
  readonly audit: number;
}

/** Only counted, in a dry run. */
export async function retireRows(
  pool: Pool,
  { retention, nowMs }: HistoryPolicy,
  isDry: boolean,
): Promise<RetiredRows> {
  const retire = async (rows: Rows, keptMs: number): Promise<number> =>
    isDry ? await countDue(pool, rows, nowMs - keptMs) : await removeDue(pool, rows, nowMs - keptMs);
  const { incidentsMs, messagesMs, deadLettersMs, batchesMs, auditMs, windowsMs } = retention;
  const messages = await retire(MESSAGES, messagesMs);
  await retire(EMPTY_DIGESTS, messagesMs);
  await retire(ROUTES, messagesMs);
  await retire(PASSED, windowsMs);
  await retire(LOG_INCIDENTS, incidentsMs);
  await retire(SILENCES, incidentsMs);
  await retire(ANNOTATIONS, incidentsMs);
  await retire(SESSIONS, 0);
  return {
    messages,
    incidents: await retire(INCIDENTS, incidentsMs),
    retrainings: await retire(RETRAININGS, incidentsMs),
    dead_letters: await retire(DEAD_LETTERS, deadLettersMs),
    batches: await retire(BATCHES, batchesMs),
    audit: await retire(AUDIT, auditMs),
  };
}

async function countDue(db: Queryable, { due }: Rows, untilMs: number): Promise<number> {
  const found = await db.query<{ n: number }>(`select count(*)::float8 as n from (${due}) due`, [
    new Date(untilMs),
    null,
  ]);
  return found.rows[0]!.n;
}

async function removeDue(pool: Pool, { due, remove }: Rows, untilMs: number): Promise<number> {
  for (let removed = 0; ;) {
    const step = await inTransaction(pool, async (tx) => {
      const found = await tx.query<{ id: number | string | Buffer }>(due, [new Date(untilMs), STEP]);
      const ids = found.rows.map(({ id }) => id);
      if (ids.length > 0) for (const statement of remove) await tx.query(statement, [ids]);
      return ids.length;
    });
    removed += step;
    if (step < STEP) return removed;
  }
}
