import { MINUTE_MS } from '../../../core/clock.ts';

/** What is known of a mail server that does not answer. */
export interface BreakerState {
  /** In a row. */
  readonly failures: number;
  /** Since when mails wait; null: they are still tried. */
  readonly openedAtMs: number | null;
  /** When one of them may be tried next. */
  readonly retryAtMs: number | null;
  readonly lastError: string;
}

/** `probe`: one mail, to see whether the server is back; all others wait. */
export type BreakerAnswer =
  | { readonly kind: 'go' | 'probe' }
  | {
      readonly kind: 'wait';
      readonly untilMs: number;
      readonly openedAtMs: number;
      readonly lastError: string;
    };

/** Server failures in a row until nobody tries any more. */
export const OPENS_AFTER = 5;
const FIRST_PAUSE_MS = MINUTE_MS;
const LONGEST_PAUSE_MS = 15 * MINUTE_MS;
/** Longer than any attempt takes; a probe that was never reported has died. */
const PROBE_MS = 2 * MINUTE_MS;

/** Whether a mail may be tried now, and the state that follows; null: nothing is known against the server. */
export function askBreaker(
  state: BreakerState | null,
  nowMs: number,
): { readonly answer: BreakerAnswer; readonly next: BreakerState | null } {
  if (state === null || state.openedAtMs === null || state.retryAtMs === null) {
    return { answer: { kind: 'go' }, next: state };
  }
  const { openedAtMs, lastError } = state;
  if (nowMs < state.retryAtMs) {
    return { answer: { kind: 'wait', untilMs: state.retryAtMs, openedAtMs, lastError }, next: state };
  }
  return { answer: { kind: 'probe' }, next: { ...state, retryAtMs: nowMs + PROBE_MS } };
}

/** The server did not answer, or said that it is closed. */
export function breakerFailed(state: BreakerState | null, error: string, nowMs: number): BreakerState {
  const failures = (state?.failures ?? 0) + 1;
  const openedAtMs = state?.openedAtMs ?? (failures >= OPENS_AFTER ? nowMs : null);
  const pauses = Math.max(0, failures - OPENS_AFTER);
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(pauses, 10));
  return {
    failures,
    openedAtMs,
    retryAtMs: openedAtMs === null ? null : nowMs + pauseMs,
    lastError: error,
  };
}
