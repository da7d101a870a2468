import { unsubscribedAddress } from '../../act/channels/mail/unsubscribe-token.ts';
import type { MailStops } from '../../api/api-deps.ts';
import type { Config } from '../../config/resolve.ts';
import { unreadChannels } from '../../config/unread-channels.ts';
import type { Log } from '../../core/log.ts';
import { listUnsubscribed, loadMailSecret, stopMails } from '../../store/outbox/mail-recipients.ts';
import type { Pool } from '../../store/connection/pool.ts';

/** Takes the wish of a recipient who wants no more mails, and says so where nobody is left to read them. */
export function createMailStops(pool: Pool, channels: Config['channels'], log: Log): MailStops {
  return {
    addressOf: async (token) => unsubscribedAddress(token, await loadMailSecret(pool)),
    async stop(address, nowMs) {
      if (!(await stopMails(pool, address, nowMs))) return;
      log.warn({ recipient: address, reason: 'unsubscribed' }, 'a recipient wants no more mails');
      const stopped = new Set((await listUnsubscribed(pool)).map((row) => row.address));
      for (const channel of unreadChannels(channels, stopped)) {
        log.error({ channel, reason: 'all_unsubscribed' }, 'nobody of a channel wants mails any more');
      }
    },
  };
}
