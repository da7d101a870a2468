import type { Finding } from '../problem.ts';
import type { ConfigFile } from '../schema/root.ts';
import { unknownName } from './unknown-name.ts';

/** A fallback is another channel that exists, and whoever follows them comes to an end. */
export function fallbackFindings({ channels }: ConfigFile): Finding[] {
  const known = Object.keys(channels);
  return known.flatMap((name) => {
    const { fallback, fallback_after: after } = channels[name] ?? {};
    const path = ['channels', name, 'fallback'];
    if (fallback === undefined) {
      if (after === undefined) return [];
      const message = 'has no meaning without `fallback`, which names the channel to be told instead';
      return [{ path: ['channels', name, 'fallback_after'], message, atKey: true }];
    }
    if (!known.includes(fallback)) {
      // It can be no fallback of its own.
      const others = known.filter((other) => other !== name);
      if (others.length > 0) return [unknownName(path, 'channels', fallback, others)];
      return [{ path, message: 'there is no other channel to tell: add one, or remove this line' }];
    }
    const circle = circleFrom(name, channels);
    if (circle === null) return [];
    const message = `goes round in a circle (${circle.join(' → ')}): remove one of these fallbacks`;
    return [{ path, message }];
  });
}

/** The channels from one back to itself; null: the chain ends. */
function circleFrom(start: string, channels: ConfigFile['channels']): string[] | null {
  const chain = [start];
  for (let at = channels[start]?.fallback; at !== undefined; at = channels[at]?.fallback) {
    chain.push(at);
    if (at === start) return chain;
    // A circle further on, of which this one is no part: its own members say so.
    if (chain.indexOf(at) < chain.length - 1) return null;
  }
  return null;
}
