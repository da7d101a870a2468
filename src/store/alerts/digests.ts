import type { DigestEntry } from '../../core/alerts/digest.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable, Tx } from '../connection/pool.ts';
import { storableJson } from '../connection/storable-json.ts';

/** Written in the transaction that decided it. A key that is there already means that the entry is, too. */
export async function appendDigestEntry(
  tx: Tx,
  channel: string,
  key: string,
  entry: DigestEntry,
): Promise<void> {
  await tx.query(
    `insert into digest_entry (channel, key, model, incident_id, decided_at, entry) values ($1, $2, $3, $4, $5, $6)
     on conflict (channel, key) do nothing`,
    [channel, key, entry.model, entry.incidentId, new Date(entry.atMs), storableJson(entry)],
  );
}

/**
 * Locks a digest until the end of the transaction and says up to when it has been sent: of several processes one
 * composes it. One seen for the first time begins now.
 */
export async function lockDigestSchedule(
  tx: Tx,
  channel: string,
  cron: string,
  nowMs: number,
): Promise<{ readonly lastDueMs: number }> {
  const locked = await tx.query<{ lastDueMs: number }>(
    `insert into digest_schedule as s (channel, cron, last_due_at) values ($1, $2, $3)
     on conflict (channel, cron) do update set last_due_at = s.last_due_at
     returning ${epochMs('last_due_at')} as "lastDueMs"`,
    [channel, cron, new Date(nowMs)],
  );
  return locked.rows[0] ?? { lastDueMs: nowMs };
}

/** Without a lock, to look. Null: it has never been looked at by the service. */
export async function digestSentUpToMs(db: Queryable, channel: string, cron: string): Promise<number | null> {
  const found = await db.query<{ dueMs: number }>(
    `select ${epochMs('last_due_at')} as "dueMs" from digest_schedule where channel = $1 and cron = $2`,
    [channel, cron],
  );
  return found.rows[0]?.dueMs ?? null;
}

export async function honourDigestSchedule(
  tx: Tx,
  channel: string,
  cron: string,
  dueAtMs: number,
): Promise<void> {
  await tx.query('update digest_schedule set last_due_at = $3 where channel = $1 and cron = $2', [
    channel,
    cron,
    new Date(dueAtMs),
  ]);
}

export interface WaitingEntry {
  readonly id: number;
  readonly entry: DigestEntry;
}

/** What waits for a channel about some models, in the order in which it was decided. */
export async function waitingEntries(
  db: Queryable,
  channel: string,
  models: readonly string[],
): Promise<WaitingEntry[]> {
  const found = await db.query<WaitingEntry>(
    `select id, entry from digest_entry
     where channel = $1 and model = any($2) and digest_id is null order by decided_at, id`,
    [channel, models],
  );
  return found.rows;
}

export interface NewDigest {
  readonly channel: string;
  readonly cron: string;
  readonly dueAtMs: number;
  readonly notifications: number;
  readonly incidents: number;
  /** Null: there is nothing to say. */
  readonly outboxId: string | null;
}

/** Keeps that a digest was due, and which entries it told of. */
export async function recordDigest(tx: Tx, digest: NewDigest, entryIds: readonly number[]): Promise<void> {
  await tx.query(
    `with made as (
       insert into digest (channel, cron, due_at, notifications, incidents, outbox_id)
       values ($1, $2, $3, $4, $5, $6) returning id
     )
     update digest_entry set digest_id = (select id from made) where id = any($7)`,
    [
      digest.channel,
      digest.cron,
      new Date(digest.dueAtMs),
      digest.notifications,
      digest.incidents,
      digest.outboxId,
      entryIds,
    ],
  );
}

export interface StrandedEntries {
  readonly channel: string;
  readonly model: string;
  readonly entries: number;
}

/** What waits, by where it would go. */
export async function waitingByChannel(db: Queryable): Promise<StrandedEntries[]> {
  const found = await db.query<StrandedEntries>(
    `select channel, model, count(*)::int as entries from digest_entry where digest_id is null
     group by channel, model order by channel, model`,
  );
  return found.rows;
}
