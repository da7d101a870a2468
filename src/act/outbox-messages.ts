import type { OutboxMessage } from '../core/jobs.ts';

/** What a handler needs of the outbox. */
export interface OutboxMessages {
  load(id: string): Promise<{ readonly message: OutboxMessage; readonly done: boolean } | null>;
  /** Since when it waits for its channel to be told that the incident fires; null: it need not. */
  waitsForFiringSinceMs(id: string): Promise<number | null>;
  /** One more message; false: one with this key is there already. */
  append(message: OutboxMessage, key: string): Promise<boolean>;
  /** Handled for good. */
  finish(id: string, outcome: string, nowMs: number): Promise<unknown>;
}
