import { type Clock, MINUTE_MS, SECOND_MS } from './clock.ts';
import type { Log } from './log.ts';

export interface RepeatedLinesOptions {
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** What the trouble is, as its first line says it. */
  readonly message: string;
  readonly clock: Clock;
  /** Without a word of it for so long, the trouble is over. */
  readonly quietMs?: number;
  /** Calls back once the time has passed, without keeping the process; answers how to call that off. */
  readonly later?: (ms: number, then: () => void) => () => void;
}

interface Episode {
  readonly sinceMs: number;
  /** What was said word for word. */
  readonly told: Set<string>;
  count: number;
  untold: number;
  lastAtMs: number;
  /** When the next sum is due, and how long after it the one that follows. */
  sumAtMs: number;
  pauseMs: number;
}

const QUIET_MS = 30 * SECOND_MS;
const FIRST_SUM_MS = 10 * SECOND_MS;
const LONGEST_SUM_MS = 10 * MINUTE_MS;
/** Texts that hold a port or a name are never the same twice. */
const MOST_TEXTS = 5;

/**
 * A trouble that a library tells of again and again, in few lines of the log: what is new of it at once, what repeats
 * as a count at growing intervals, and its end once it has been quiet for a while or somebody says so.
 */
export class RepeatedLines {
  readonly #options: RepeatedLinesOptions;
  readonly #quietMs: number;
  readonly #later: (ms: number, then: () => void) => () => void;
  #episode: Episode | null = null;
  #callOff: (() => void) | null = null;

  constructor(options: RepeatedLinesOptions) {
    this.#options = options;
    this.#quietMs = options.quietMs ?? QUIET_MS;
    this.#later = options.later ?? unreferenced;
  }

  /** @param text what happened; the same text is one line */
  say(text: string, fields: object = {}): void {
    const { log, message, clock } = this.#options;
    const nowMs = clock.nowMs();
    const episode = (this.#episode ??= begin(nowMs));
    episode.count += 1;
    episode.lastAtMs = nowMs;
    if (!episode.told.has(text) && episode.told.size < MOST_TEXTS) {
      episode.told.add(text);
      log.warn({ ...fields, error: text }, message);
    } else {
      episode.untold += 1;
      if (nowMs >= episode.sumAtMs) {
        log.warn({ ...fields, error: text, times: episode.untold }, `${message}, still`);
        episode.untold = 0;
        episode.pauseMs = Math.min(LONGEST_SUM_MS, 2 * episode.pauseMs);
        episode.sumAtMs = nowMs + episode.pauseMs;
      }
    }
    if (this.#callOff === null) this.#listen(this.#quietMs);
  }

  /** All is well again. */
  over(): void {
    this.close();
    const episode = this.#episode;
    if (episode === null) return;
    this.#episode = null;
    const { count: times, sinceMs, lastAtMs } = episode;
    this.#options.log.info({ times, lastedMs: lastAtMs - sinceMs }, `${this.#options.message} is over`);
  }

  /** Says nothing more by itself. */
  close(): void {
    this.#callOff?.();
    this.#callOff = null;
  }

  #listen(forMs: number): void {
    this.#callOff = this.#later(forMs, () => {
      this.#callOff = null;
      const quietForMs = this.#options.clock.nowMs() - (this.#episode?.lastAtMs ?? 0);
      if (quietForMs >= this.#quietMs) this.over();
      else this.#listen(this.#quietMs - quietForMs);
    });
  }
}

function begin(nowMs: number): Episode {
  return {
    sinceMs: nowMs,
    told: new Set(),
    count: 0,
    untold: 0,
    lastAtMs: nowMs,
    sumAtMs: nowMs + FIRST_SUM_MS,
    pauseMs: FIRST_SUM_MS,
  };
}

function unreferenced(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms);
  timer.unref();
  return () => clearTimeout(timer);
}
