import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { atEnd } from './cleanup.ts';
import { addressOf } from './services.ts';

/**
 * A prefix for this test's keys, deleted after the file. The server is shared, perhaps with somebody's real
 * data: it is never flushed.
 */
export function redisPrefix(label: string): string {
  const prefix = `shiftwatch-test-${label}-${randomBytes(4).toString('hex')}`;
  const address = addressOf('redis');
  atEnd(async () => {
    const client = new Redis(address);
    try {
      for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1_000 })) {
        if (keys.length > 0) await client.unlink(keys);
      }
    } finally {
      client.disconnect();
    }
  });
  return prefix;
}
