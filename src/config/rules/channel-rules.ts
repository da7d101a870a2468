import type { Finding } from '../problem.ts';
import { CHANNEL_KEYS, type ChannelKey } from '../schema/channels.ts';
import type { ConfigFile } from '../schema/root.ts';

/** Each type of channel has keys of its own: what is missing, and what means nothing there. */
export function channelFindings({ channels }: ConfigFile): Finding[] {
  return Object.entries(channels).flatMap(([name, channel]) => {
    const { must, may } = CHANNEL_KEYS[channel.type];
    const given = Object.keys(channel).filter((key): key is ChannelKey => key !== 'type');
    return [
      ...must
        .filter((key) => channel[key] === undefined)
        .map((key) => ({
          path: ['channels', name, key],
          message: `is required with type ${channel.type}`,
        })),
      ...given
        .filter((key) => channel[key] !== undefined && !must.includes(key) && !may.includes(key))
        .map((key) => ({
          path: ['channels', name, key],
          message: `has no meaning with type ${channel.type}; it takes ${[...must, ...may].join(', ')}`,
          atKey: true,
        })),
    ];
  });
}
