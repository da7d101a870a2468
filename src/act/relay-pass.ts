/** One look of the relay at the outbox. */
import type { Clock } from '../core/clock.ts';
import type { OutboxKind } from '../core/jobs.ts';
import type { Log } from '../core/log.ts';
import type { JobQueue } from './queue/job-queue.ts';

interface RelayRow {
  readonly id: string;
  readonly kind: OutboxKind;
  readonly enqueues: number;
}

/** A transaction's view of the outbox: the rows it answers are locked until it ends. */
interface RelayTx {
  claim(nowMs: number, limit: number): Promise<readonly RelayRow[]>;
  claimOverdue(enqueuedBeforeMs: number, limit: number): Promise<readonly RelayRow[]>;
  markEnqueued(ids: readonly string[], nowMs: number): Promise<void>;
  postponeOverdue(ids: readonly string[], nowMs: number): Promise<void>;
}

export interface RelayOutbox {
  /** When the next message falls due; null: none waits. */
  nextDueMs(): Promise<number | null>;
  transaction<T>(work: (tx: RelayTx) => Promise<T>): Promise<T>;
}

interface PassOptions {
  readonly outbox: RelayOutbox;
  readonly queue: Pick<JobQueue, 'add' | 'holds'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly overdueMs: number;
  readonly batch: number;
  /** Aborted when the queue's answers are no longer waited for. */
  readonly signal: AbortSignal;
}

interface Passes {
  /** What waits goes to the queue, what it has had for long is asked for. Answers how many messages it was given. */
  pass(isClosed: () => boolean): Promise<number>;
  /** The next pass asks for all that the queue was ever given: a backup may have been restored since, of one of the two. */
  askForAll(): void;
}

export function createPasses({ outbox, queue, clock, log, overdueMs, batch, signal }: PassOptions): Passes {
  /** Until what was handed over before then has been asked for. */
  let startedMs: number | null = null;

  const addAll = async (tx: RelayTx, rows: readonly RelayRow[]): Promise<void> => {
    if (rows.length === 0) return;
    const adding = rows.map(async (row) => await queue.add(row.kind, row.id, { enqueues: row.enqueues }));
    await unlessLetGo(Promise.all(adding), signal);
    await tx.markEnqueued(idsOf(rows), clock.nowMs());
  };

  const passWaiting = (): Promise<number> =>
    outbox.transaction(async (tx) => {
      const rows = await tx.claim(clock.nowMs(), batch);
      await addAll(tx, rows);
      return rows.length;
    });

  const passOverdue = (enqueuedBeforeMs: number): Promise<{ claimed: number; moved: number }> =>
    outbox.transaction(async (tx) => {
      const rows = await tx.claimOverdue(enqueuedBeforeMs, batch);
      const asking = rows.map(async (row) => await queue.holds(row.kind, row.id, row.enqueues - 1));
      const held = await unlessLetGo(Promise.all(asking), signal);
      const lost = rows.filter((_, index) => held[index] !== true);
      const waiting = rows.filter((_, index) => held[index] === true);
      if (waiting.length > 0) await tx.postponeOverdue(idsOf(waiting), clock.nowMs());
      if (lost.length > 0) log.warn({ count: lost.length }, 'the queue lost jobs; they are enqueued again');
      await addAll(tx, lost);
      return { claimed: rows.length, moved: lost.length };
    });

  return {
    async pass(isClosed) {
      let total = 0;
      while (startedMs !== null && !isClosed()) {
        const { claimed, moved } = await passOverdue(startedMs);
        total += moved;
        if (claimed < batch) startedMs = null;
      }
      total += (await passOverdue(clock.nowMs() - overdueMs)).moved;
      for (;;) {
        const moved = await passWaiting();
        total += moved;
        if (moved < batch || isClosed()) return total;
      }
    },
    askForAll() {
      startedMs = clock.nowMs();
    },
  };
}

/** Rejects when it is no longer waited for. */
async function unlessLetGo<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return await new Promise((resolve, reject) => {
    const letGo = (): void => reject(new Error('stopped before the queue had answered'));
    if (signal.aborted) letGo();
    signal.addEventListener('abort', letGo, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', letGo));
  });
}

function idsOf(rows: readonly RelayRow[]): string[] {
  return rows.map((row) => row.id);
}
