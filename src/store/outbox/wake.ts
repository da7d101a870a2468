import type { Log } from '../../core/log.ts';
import { type Listening, listenTo } from '../connection/listen.ts';
import type { Pool } from '../connection/pool.ts';
import { OUTBOX_CHANNEL } from './outbox.ts';

/**
 * Calls `onWake` when any process has committed a message, and once after each (re)connection. Only a wake-up: whoever
 * listens polls as well.
 */
export function listenOutbox(pool: Pool, onWake: () => void, log: Log): Listening {
  return listenTo(pool, OUTBOX_CHANNEL, { onNotice: onWake, onConnected: onWake }, log);
}
