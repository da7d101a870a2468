import type { OutboxMessage } from '../core/jobs.ts';

/** What a handler needs of the outbox. */
export interface OutboxMessages {
  load(id: string): Promise<{ readonly message: OutboxMessage; readonly done: boolean } | null>;
  /** Handled for good. */
  finish(id: string, outcome: string, nowMs: number): Promise<unknown>;
}
