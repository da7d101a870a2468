import type { Clock } from '../../../core/clock.ts';
import type { Log } from '../../../core/log.ts';
import { askBreaker, breakerFailed } from './breaker.ts';
import type { BreakerAnswer, BreakerState } from './breaker.ts';

export interface BreakerStore {
  /** Changes what is known of a host, one change after the other; null: nothing is known against it. */
  change<T>(
    host: string,
    step: (state: BreakerState | null) => { readonly next: BreakerState | null; readonly answer: T },
  ): Promise<T>;
}

/**
 * Stands before one mail server, for all processes: when it does not answer, mails wait in the outbox instead of using up
 * their attempts, and one at a time looks whether it is back.
 */
export interface SmtpBreaker {
  readonly host: string;
  ask(): Promise<BreakerAnswer>;
  /** Null: it answered, whatever it said. */
  report(error: string | null): Promise<void>;
}

export function createSmtpBreaker(host: string, store: BreakerStore, clock: Clock, log: Log): SmtpBreaker {
  return {
    host,
    ask: () => store.change(host, (state) => askBreaker(state, clock.nowMs())),
    async report(error) {
      const { before, after } = await store.change(host, (state) => {
        const next = error === null ? null : breakerFailed(state, error, clock.nowMs());
        return { next, answer: { before: state, after: next } };
      });
      const wasOpen = before !== null && before.openedAtMs !== null;
      if (after !== null && after.openedAtMs !== null && !wasOpen) {
        const { failures, lastError } = after;
        log.error(
          { host, failures, reason: 'server_down', error: lastError },
          'the mail server does not answer; mails wait',
        );
      } else if (after === null && wasOpen) {
        log.info({ host, reason: 'server_up' }, 'the mail server answers again');
      }
    },
  };
}
