import type { RequestQueue } from './internals.ts';

const CHECK_PENDING_MS = 10;
const SOON_MS = 1;

/**
 * kafkajs 2.2 sets a timer by the time until which a broker throttles it, which it takes for long past when none does:
 * a negative delay at every connect, which Node 24 warns about (kafkajs issue 1751). Node takes a negative delay for the
 * shortest; so does this, and nobody is warned. Warnings of others, and who listens for them, are left alone.
 */
export function mendThrottleTimer(queue: RequestQueue): void {
  queue.scheduleCheckPendingRequests = function schedule(this: RequestQueue): void {
    if (this.throttleCheckTimeoutId !== null) return;
    const throttledMs = this.throttledUntil - Date.now();
    const restMs = this.pending.length > 0 ? CHECK_PENDING_MS : SOON_MS;
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      throttledMs > 0 ? throttledMs : restMs,
    );
  };
}
