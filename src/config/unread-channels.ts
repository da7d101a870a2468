import { bareAddress } from '../core/mail-address.ts';
import type { Config } from './resolve.ts';

/** Mail channels none of whose recipients wants mails any more. */
export function unreadChannels(channels: Config['channels'], stopped: ReadonlySet<string>): string[] {
  return [...channels]
    .filter(
      ([, channel]) => channel.type === 'email' && channel.to.every((to) => stopped.has(bareAddress(to))),
    )
    .map(([name]) => name);
}
