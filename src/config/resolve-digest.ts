import type { DigestSpec } from '../core/model.ts';
import { isTimeOfDay } from './schema/cron.ts';
import type { ConfigFile, ModelEntry } from './schema/root.ts';

type ChannelEntry = ConfigFile['channels'][string];

/** Null: no digest. Without channels of its own it goes where the alerts go, as far as they take digests. */
export function resolveDigest(
  { digest, channels: alertChannels }: ModelEntry['alerts'],
  channels: ConfigFile['channels'],
): DigestSpec | null {
  if (digest === 'off') return null;
  return {
    cron: cronOf(digest.at),
    channels:
      digest.channels ??
      alertChannels.filter((name) => {
        const channel = channels[name];
        return channel !== undefined && takesDigest(channel);
      }),
  };
}

/** Receivers that keep incidents have no place for a letter about many. */
export function takesDigest({ type, format }: ChannelEntry): boolean {
  return type !== 'pagerduty' && type !== 'alertmanager' && format !== 'alertmanager';
}

function cronOf(at: string): string {
  if (!isTimeOfDay(at)) return at;
  const [hour, minute] = at.split(':').map(Number);
  return `${minute} ${hour} * * *`;
}
