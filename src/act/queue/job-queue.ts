import type { OutboxKind } from '../../core/jobs.ts';

export const JOB_KINDS = [
  'evaluate',
  'notify',
  'retrain',
  'retrain_poll',
] as const satisfies readonly OutboxKind[];

/** A job is a pointer: what is to be done stands in the outbox, so the queue never holds a secret or the truth. */
export interface Job {
  readonly outboxId: string;
  /** Aborted when the process will not wait any longer: what is not finished then is done again elsewhere. */
  readonly signal: AbortSignal;
}

/**
 * How a handler leaves a job. `retry`: the job is over, and its message waits in the outbox until then; it may ask so
 * as often as it likes. Anything thrown is an outage or a bug, and is retried with growing pauses.
 */
export type JobOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly reason: string };

/** Where a message waits that a handler wants to see again. */
export interface Postponing {
  postpone(outboxId: string, delayMs: number, reason: string): Promise<unknown>;
}

export type JobHandler = (job: Job) => Promise<JobOutcome>;

export interface AddOptions {
  /** How often the row has been enqueued before; a part of the job's id. */
  readonly enqueues: number;
}

/**
 * Work to be done, kept by Postgres or Redis. At least once: a handler may see a job twice, also at the same
 * time, and what makes that harmless is a row of its own.
 */
export interface JobQueue {
  /** The same outbox row and count twice is one job, as long as the first is in the queue. */
  add(kind: OutboxKind, outboxId: string, options: AddOptions): Promise<void>;
  /** Whether that job is still to be done: waiting, delayed or being worked on. */
  holds(kind: OutboxKind, outboxId: string, enqueues: number): Promise<boolean>;
  /** Begins to hand out jobs of a kind, at most `concurrency` at once in this process. */
  work(kind: OutboxKind, handler: JobHandler, concurrency: number): void;
  /** Takes no new jobs, waits for running ones at most `deadlineMs`, then lets go of them. */
  close(deadlineMs: number): Promise<void>;
}

/** BullMQ forbids a colon in ids. */
export function jobId(kind: OutboxKind, outboxId: string, enqueues: number): string {
  return `${kind}-${outboxId}-${enqueues}`;
}
