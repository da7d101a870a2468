import { setTimeout as sleep } from 'node:timers/promises';
import { boundedLog } from '../../core/bounded-log.ts';
import { errorMessage } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { OUTBOX_CHANNEL } from './outbox.ts';
import type { Pool } from '../connection/pool.ts';

export interface OutboxWake {
  close(): Promise<void>;
}

const RECONNECT_MS = 1_000;

/**
 * Calls `onWake` when any process has committed a message, and once after each (re)connection, because what was
 * committed while nobody listened was not heard. Holds one connection of the pool. Only a wake-up: whoever
 * listens polls as well.
 */
export function listenOutbox(pool: Pool, onWake: () => void, log: Log): OutboxWake {
  const stop = new AbortController();
  const troubles = boundedLog(log, 'listening for outbox messages');

  const listenOnce = async (): Promise<void> => {
    const client = await pool.connect();
    const lost = new Promise<void>((resolve) => {
      client.on('error', () => resolve());
      client.once('end', () => resolve());
      stop.signal.addEventListener('abort', () => resolve(), { once: true });
      // It was closed while the connection was made: nobody says so again.
      if (stop.signal.aborted) resolve();
    });
    client.on('notification', onWake);
    try {
      await client.query(`listen ${OUTBOX_CHANNEL}`);
      onWake();
      await lost;
    } finally {
      // Destroyed, not returned: the next borrower must not inherit a subscription.
      client.release(true);
    }
  };

  const running = (async () => {
    while (!stop.signal.aborted) {
      await listenOnce().catch((error: unknown) =>
        troubles.warn({ error: errorMessage(error) }, 'cannot listen for outbox messages'),
      );
      await sleep(RECONNECT_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();

  return {
    close: async () => {
      stop.abort();
      await running;
    },
  };
}
