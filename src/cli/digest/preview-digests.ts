import { mailText } from '../../act/channels/mail/mail-text.ts';
import { formatTime } from '../../words/format.ts';
import { messageContent } from '../../act/message/message-content.ts';
import { digestNews, nextDigests, type NextDigest } from '../../pipeline/messages/send-digests.ts';
import { waitingByChannel, type StrandedEntries } from '../../store/alerts/digests.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { withDatabase } from '../terminal/with-database.ts';

/** Changes nothing: the digest will be sent when it is due, with what has come by then. */
export async function previewDigests(io: OperationsIo, asJson: boolean): Promise<void> {
  const nowMs = io.clock.nowMs();
  const { next, stranded, publicUrl, timezone } = await withDatabase(io, async ({ pool, config }) => {
    const digests = await nextDigests(pool, config.models, config.timezone, nowMs);
    const waiting = await waitingByChannel(pool);
    return {
      next: digests,
      stranded: waiting.filter((each) => !goesSomewhere(each, digests)),
      publicUrl: config.publicUrl,
      timezone: config.timezone,
    };
  });
  if (asJson) {
    io.print(`${JSON.stringify({ digests: next.map(jsonOf), stranded }, null, 2)}\n`);
  } else {
    for (const each of next) io.print(describe(each, publicUrl, timezone));
    if (next.length === 0)
      io.say('No model sends digests: `alerts.digest` is off, or no channel takes them.\n');
  }
  for (const { channel, model, entries } of stranded) {
    io.say(`note: ${entries} of model ${model} wait for ${channel}, which gets no digest of it any more\n`);
  }
}

function goesSomewhere({ channel, model }: StrandedEntries, next: readonly NextDigest[]): boolean {
  return next.some(({ round }) => round.channel === channel && round.models.includes(model));
}

function jsonOf({ round, dueAtMs, digest }: NextDigest): object {
  const { notifications, incidents, moreIncidents, groups } = digest;
  return {
    channel: round.channel,
    cron: round.cron,
    models: round.models,
    due_at: dueAtMs === null ? null : new Date(dueAtMs).toISOString(),
    notifications,
    incidents,
    more_incidents: moreIncidents,
    groups,
  };
}

function describe(
  { round, dueAtMs, digest }: NextDigest,
  publicUrl: string | null,
  timeZone: string,
): string {
  const when = dueAtMs === null ? 'never' : formatTime(dueAtMs, timeZone);
  const head = `${round.channel}: due ${when}, about ${round.models.join(', ')}\n`;
  if (digest.incidents === 0) return `${head}\nNothing waits; nothing will be sent.\n\n`;
  const text = mailText(messageContent(digestNews(digest), { publicUrl, timeZone }), null, null);
  return `${head}\n${text.replaceAll(/^(?=.)/gm, '  ')}\n`;
}
