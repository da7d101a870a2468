import type { Digest } from '../../core/alerts/digest.ts';
import type { Log } from '../../core/log.ts';
import type { DigestNews } from '../../core/jobs.ts';
import type { ModelSpec } from '../../core/model.ts';
import { composeDigest } from '../../decide/compose-digest.ts';
import { scheduleDue } from '../../decide/schedule-due.ts';
import {
  digestSentUpToMs,
  honourDigestSchedule,
  lockDigestSchedule,
  recordDigest,
  waitingEntries,
  type WaitingEntry,
} from '../../store/alerts/digests.ts';
import { pagedIncidents } from '../../store/alerts/incident-urgency.ts';
import { appendOutbox } from '../../store/outbox/outbox.ts';
import { inTransaction, type Pool, type Queryable, type Tx } from '../../store/connection/pool.ts';

/** A channel that is told at set times, and of which models. */
export interface DigestRound {
  readonly channel: string;
  readonly cron: string;
  readonly models: readonly string[];
}

/** Models that share a channel and a time share a digest. */
export function digestRounds(models: readonly Pick<ModelSpec, 'name' | 'alerts'>[]): DigestRound[] {
  const rounds = models.flatMap(({ name, alerts: { digest = null } }) =>
    digest === null ? [] : digest.channels.map((channel) => ({ channel, cron: digest.cron, model: name })),
  );
  return [...Map.groupBy(rounds, ({ channel, cron }) => JSON.stringify([channel, cron])).values()].flatMap(
    (of) =>
      of.slice(0, 1).map(({ channel, cron }) => ({ channel, cron, models: of.map(({ model }) => model) })),
  );
}

export interface SendDigestsOptions {
  readonly pool: Pool;
  readonly models: readonly Pick<ModelSpec, 'name' | 'alerts'>[];
  readonly timezone: string;
  readonly log: Log;
}

/** Sends the digests that have come due. After an outage over several due times there is one, not one for each. */
export async function sendDigests(options: SendDigestsOptions, nowMs: number): Promise<number> {
  let sent = 0;
  for (const round of digestRounds(options.models)) {
    const wasSent = await inTransaction(
      options.pool,
      async (tx) => await sendIfDue(tx, round, options, nowMs),
    );
    if (wasSent) sent += 1;
  }
  return sent;
}

async function sendIfDue(
  tx: Tx,
  round: DigestRound,
  { timezone, log }: SendDigestsOptions,
  nowMs: number,
): Promise<boolean> {
  const { channel, cron, models } = round;
  const { lastDueMs } = await lockDigestSchedule(tx, channel, cron, nowMs);
  const schedule = scheduleDue(cron, lastDueMs, nowMs, timezone);
  if (!schedule.ok || schedule.value.dueAtMs === null) return false;
  const { dueAtMs } = schedule.value;
  await honourDigestSchedule(tx, channel, cron, dueAtMs);
  const waiting = await waitingEntries(tx, channel, models);
  const digest = await describeDigest(tx, channel, waiting, { fromMs: lastDueMs, dueAtMs });
  const outboxId =
    waiting.length === 0
      ? null
      : (
          await appendOutbox(
            tx,
            { kind: 'notify', channel, notification: digestNews(digest) },
            `digest:${channel}:${cron}:${dueAtMs}`,
          )
        ).id;
  const { notifications, incidents } = digest;
  await recordDigest(
    tx,
    { channel, cron, dueAtMs, notifications, incidents, outboxId },
    waiting.map(({ id }) => id),
  );
  log.info(
    { channel, notifications, incidents, reason: outboxId === null ? 'nothing_to_say' : 'schedule_due' },
    'digest considered',
  );
  return outboxId !== null;
}

async function describeDigest(
  db: Queryable,
  channel: string,
  waiting: readonly WaitingEntry[],
  { fromMs, dueAtMs }: Pick<Digest, 'fromMs' | 'dueAtMs'>,
): Promise<Digest> {
  const entries = waiting.map(({ entry }) => entry);
  const paged = await pagedIncidents(db, [...new Set(entries.map(({ incidentId }) => incidentId))]);
  return { channel, fromMs, dueAtMs, ...composeDigest(entries, paged) };
}

export function digestNews(digest: Digest): DigestNews {
  const { channel, dueAtMs } = digest;
  return {
    about: 'digest',
    kind: 'digest',
    incidentId: `digest-${channel}`,
    model: channel,
    modelVersion: '',
    sinceMs: dueAtMs,
    digest,
  };
}

export interface NextDigest {
  readonly round: DigestRound;
  /** Null: the schedule names no time any more. */
  readonly dueAtMs: number | null;
  readonly digest: Digest;
}

/** What each digest would say were it sent now, and when it will be; changes nothing. */
export async function nextDigests(
  db: Queryable,
  models: SendDigestsOptions['models'],
  timezone: string,
  nowMs: number,
): Promise<NextDigest[]> {
  const next: NextDigest[] = [];
  for (const round of digestRounds(models)) {
    const { channel, cron } = round;
    const sentUpToMs = (await digestSentUpToMs(db, channel, cron)) ?? nowMs;
    const schedule = scheduleDue(cron, sentUpToMs, nowMs, timezone);
    const dueAtMs = schedule.ok ? (schedule.value.dueAtMs ?? schedule.value.nextDueMs) : null;
    const waiting = await waitingEntries(db, channel, round.models);
    const span = { fromMs: sentUpToMs, dueAtMs: dueAtMs ?? nowMs };
    next.push({ round, dueAtMs, digest: await describeDigest(db, channel, waiting, span) });
  }
  return next;
}
