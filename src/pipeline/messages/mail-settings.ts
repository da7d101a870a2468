import { mailHost, type MailSettings } from '../../act/channels/mail/compose-mail.ts';
import type { Config } from '../../config/resolve.ts';

export function mailSettings(config: Pick<Config, 'smtp' | 'publicUrl' | 'timezone'>): MailSettings {
  const from = config.smtp?.from ?? '';
  return {
    from,
    publicUrl: config.publicUrl,
    host: mailHost(from),
    timeZone: config.timezone,
  };
}
