import type { Config } from '../../config/resolve.ts';
import { unreadChannels } from '../../config/unread-channels.ts';
import { ago, plural } from '../../words/page-format.ts';
import type { PipelineFacts } from '../../store/read-models/pipeline.ts';
import { type DoctorFinding, failure, warning } from './finding.ts';
import { oneLine } from '../terminal/text-table.ts';

type MailFacts = Pick<PipelineFacts, 'mail_servers' | 'mail_unsubscribed'>;

/** What stands between alerts and the people who should read them, for `status`. */
export function mailTroubles(facts: MailFacts, channels: Config['channels'], nowMs: number): string[] {
  const { mail_unsubscribed: unsubscribed } = facts;
  const some =
    unsubscribed.length === 0
      ? []
      : [`Mail: ${plural(unsubscribed.length, 'recipient')} unsubscribed: shiftwatch recipients list`];
  return [...unread(facts, channels), ...serversDown(facts, nowMs), ...some];
}

function unread({ mail_unsubscribed: unsubscribed }: MailFacts, channels: Config['channels']): string[] {
  const stopped = new Set(unsubscribed.map(({ address }) => address));
  return unreadChannels(channels, stopped).map(
    (name) => `NOBODY READS channel ${name}: all its recipients have unsubscribed`,
  );
}

function serversDown({ mail_servers: servers }: MailFacts, nowMs: number): string[] {
  return servers.flatMap(({ host, opened_at: openedAt, failures, last_error: error }) =>
    openedAt === null
      ? []
      : [
          `MAIL SERVER DOWN: ${host} has not answered ${plural(failures, 'time')} in a row, mails wait since ${ago(openedAt, nowMs)}: ${oneLine(error)}`,
        ],
  );
}

export function judgeMail(facts: MailFacts, channels: Config['channels'], nowMs: number): DoctorFinding[] {
  return [
    ...unread(facts, channels).map((said) =>
      failure('channel', said, 'Name somebody else under `to`, or `shiftwatch recipients resume ADDRESS`.'),
    ),
    ...serversDown(facts, nowMs).map((said) =>
      warning('mail', said, 'Mails go out as soon as it answers; a channel may name another as `fallback`.'),
    ),
  ];
}
