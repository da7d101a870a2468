import type { OutboxKind, OutboxMessage } from '../core/jobs.ts';
import type { TraceParent } from '../core/trace/steps.ts';
import type { NamedMessage } from './delivery-id.ts';

export interface OpenMessage<K extends OutboxKind> extends NamedMessage {
  readonly message: Extract<OutboxMessage, { kind: K }>;
  /** Of what decided it, where that was traced. */
  readonly traceParent?: TraceParent | null;
}

/** What a handler needs of the outbox. */
export interface OutboxMessages {
  /** What is still to be done; null: it is done, or not there, or of another kind. A queue may remember what a restored database never knew. */
  load<K extends OutboxKind>(id: string, kind: K): Promise<OpenMessage<K> | null>;
  /** Since when it waits for its channel to be told that the incident fires; null: it need not. */
  waitsForFiringSinceMs(id: string): Promise<number | null>;
  /** One more message; false: one with this key is there already. */
  append(message: OutboxMessage, key: string): Promise<boolean>;
  /** Handled for good. */
  finish(id: string, outcome: string, nowMs: number): Promise<unknown>;
}
