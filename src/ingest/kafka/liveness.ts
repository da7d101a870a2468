import type { Clock } from '../../core/clock.ts';
import type { SourceHealth } from '../../core/events/log-source.ts';

/** What is wrong while the source still works. One text per concern; a concern ends when it is cleared. */
export type Concern = 'connection' | 'topics' | 'handler';

export interface Liveness {
  touch(): void;
  /** For good: nothing but a new process brings the source back. */
  die(reason: string): void;
  concern(about: Concern, reason: string | null): void;
  health(): SourceHealth;
}

/**
 * kafkajs can stop without a word. So life is measured by what it does, fetches and heartbeats, and not by
 * what it says about itself.
 */
export function createLiveness(clock: Clock, silentAfterMs: number): Liveness {
  let lastActivityMs = clock.nowMs();
  let cause: string | null = null;
  const concerns = new Map<Concern, string>();

  return {
    touch() {
      lastActivityMs = clock.nowMs();
    },
    die(reason) {
      cause ??= reason;
    },
    concern(about, reason) {
      if (reason === null) concerns.delete(about);
      else concerns.set(about, reason);
    },
    health() {
      const silentMs = clock.nowMs() - lastActivityMs;
      const reasons = [...concerns.values()];
      if (silentMs > silentAfterMs)
        reasons.unshift(`no contact with Kafka for ${Math.round(silentMs / 1_000)} s`);
      if (cause !== null) reasons.unshift(cause);
      return {
        alive: cause === null && silentMs <= silentAfterMs,
        reason: reasons.length === 0 ? null : reasons.join('; '),
        lastActivityMs,
      };
    },
  };
}
