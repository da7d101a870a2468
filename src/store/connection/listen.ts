import { setTimeout as sleep } from 'node:timers/promises';
import { boundedLog } from '../../core/bounded-log.ts';
import { errorMessage } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Pool } from './pool.ts';

export interface Listening {
  close(): Promise<void>;
}

export interface Hearing {
  /** A notice of any process, once its transaction has committed. */
  onNotice(payload: string): void;
  /** Once after each (re)connection: what was committed while nobody listened was not heard. */
  onConnected(): void;
}

const RECONNECT_MS = 1_000;

/** Listens to a channel of the database until closed; holds one connection of the pool. */
export function listenTo(pool: Pool, channel: string, hearing: Hearing, log: Log): Listening {
  const stop = new AbortController();
  const troubles = boundedLog(log, `listening to ${channel}`);

  const listenOnce = async (): Promise<void> => {
    const client = await pool.connect();
    const lost = new Promise<void>((resolve) => {
      client.on('error', () => resolve());
      client.once('end', () => resolve());
      stop.signal.addEventListener('abort', () => resolve(), { once: true });
      // It was closed while the connection was made: nobody says so again.
      if (stop.signal.aborted) resolve();
    });
    client.on('notification', ({ payload }) => hearing.onNotice(payload ?? ''));
    try {
      await client.query(`listen ${channel}`);
      hearing.onConnected();
      await lost;
    } finally {
      // Destroyed, not returned: the next borrower must not inherit a subscription.
      client.release(true);
    }
  };

  const running = (async () => {
    while (!stop.signal.aborted) {
      await listenOnce().catch((error: unknown) =>
        troubles.warn({ error: errorMessage(error) }, `cannot listen to ${channel}`),
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
