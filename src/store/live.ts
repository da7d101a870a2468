import type { LiveEvent } from '../core/events/live-event.ts';
import type { Log } from '../core/log.ts';
import { type Listening, listenTo } from './connection/listen.ts';
import type { Pool } from './connection/pool.ts';

const CHANNEL = 'shiftwatch_live';
/** Something may have been told while nobody heard. */
const ANYTHING: LiveEvent = { type: 'pipeline', model: null, id: null };

/** Hears what the database tells (`migrations/0045_live.sql`), on one connection, held only while somebody listens. */
export class LiveEvents {
  readonly #pool: Pool;
  readonly #log: Log;
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  #listening: Listening | null = null;

  constructor(pool: Pool, log: Log) {
    this.#pool = pool;
    this.#log = log;
  }

  /** Until the function that it answers is called. A listener hears of a (re)connection as of a change of anything. */
  listen(hear: (event: LiveEvent) => void): () => void {
    this.#listeners.add(hear);
    const tell = (event: LiveEvent): void => {
      for (const each of this.#listeners) each(event);
    };
    this.#listening ??= listenTo(
      this.#pool,
      CHANNEL,
      {
        onNotice: (payload) => tell(JSON.parse(payload) as LiveEvent),
        onConnected: () => tell(ANYTHING),
      },
      this.#log,
    );
    return () => {
      this.#listeners.delete(hear);
      if (this.#listeners.size > 0) return;
      void this.#listening?.close();
      this.#listening = null;
    };
  }
}
