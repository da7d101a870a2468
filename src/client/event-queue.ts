import type { ClientEvent } from './client-events.ts';

export interface QueueLimits {
  readonly batchSize: number;
  readonly batchBytes: number;
  readonly lingerMs: number;
  /** What is held at most, with what is on its way; beyond it new events are dropped. */
  readonly maxQueueBytes: number;
}

export interface QueuedEvent {
  readonly type: ClientEvent['type'];
  readonly key: string;
  readonly text: string;
  readonly bytes: number;
}

/** What became of a batch; reasons of single events by their place in it. Null: to be tried again after a pause. */
export type CarryOutcome =
  | { readonly kind: 'delivered'; readonly refused: ReadonlyMap<number, string> }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'again'; readonly pauseMs: number | null };

/** How batches go out: over HTTP, or through Kafka. Answers with what happened, and never throws. */
export interface Carrier {
  carry(batch: readonly QueuedEvent[], key: string): Promise<CarryOutcome>;
  close(): Promise<void>;
}

/** What became of every event: `logged` is always the sum of the others. */
export interface EventCounts {
  readonly logged: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly refused: number;
  readonly waiting: number;
}

export type OnDrop = (event: ClientEvent, reason: string) => void;

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 30_000;
/** What an event costs beside its text: its object, its place in the list. */
const OVERHEAD_BYTES = 200;

/** Events that wait, within a bound; sent by batches, one after the other. */
export class EventQueue {
  readonly #limits: QueueLimits;
  readonly #carrier: Carrier;
  readonly #onDrop: OnDrop;
  readonly #reasons = new Map<string, number>();
  #waiting: QueuedEvent[] = [];
  #waitingBytes = 0;
  #heldBytes = 0;
  #delivered = 0;
  #dropped = 0;
  #refused = 0;
  /** Taken, and not answered for. */
  readonly #onItsWay = new Set<QueuedEvent>();
  #isClosed = false;
  #isHurried = false;
  #timer: NodeJS.Timeout | null = null;
  #pumping: Promise<void> | null = null;
  /** Ends a pause before its time. */
  #wake: (() => void) | null = null;

  constructor(limits: QueueLimits, carrier: Carrier, onDrop: OnDrop) {
    this.#limits = limits;
    this.#carrier = carrier;
    this.#onDrop = onDrop;
  }

  put(event: ClientEvent): void {
    const text = JSON.stringify(event);
    const bytes = Buffer.byteLength(text) + OVERHEAD_BYTES;
    const queued = { type: event.type, key: event.prediction_id, text, bytes };
    if (this.#isClosed || this.#heldBytes + bytes > this.#limits.maxQueueBytes) {
      this.#lose([queued], this.#isClosed ? 'closed' : 'queue_full', 'dropped');
      return;
    }
    this.#waiting.push(queued);
    this.#waitingBytes += bytes;
    this.#heldBytes += bytes;
    if (this.#isFull()) this.#pump();
    // A program that has nothing else to do may end: `beforeExit` flushes.
    else this.#timer ??= setTimeout(() => this.#pump(), this.#limits.lingerMs).unref();
  }

  counts(): EventCounts {
    const ended = { delivered: this.#delivered, dropped: this.#dropped, refused: this.#refused };
    const waiting = this.#waiting.length + this.#onItsWay.size;
    return { logged: ended.delivered + ended.dropped + ended.refused + waiting, ...ended, waiting };
  }

  reasons(): Record<string, number> {
    return Object.fromEntries(this.#reasons);
  }

  /** Waits until nothing waits any more, or the time is up; whether nothing does. */
  async flush(timeoutMs: number): Promise<boolean> {
    const endMs = performance.now() + timeoutMs;
    while (this.counts().waiting > 0) {
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) return false;
      this.#isHurried = true;
      this.#pump();
      const patience = pauseOf(Math.min(leftMs, 2 ** 31 - 1));
      await Promise.race([this.#pumping, patience.over]);
      patience.end();
    }
    return true;
  }

  /** What still waits after the time is counted as dropped, and so is what comes later. */
  async close(timeoutMs: number): Promise<void> {
    if (this.#isClosed) return;
    await this.flush(timeoutMs);
    this.#isClosed = true;
    const left = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    // Nobody waits any more for what is said of those on their way.
    this.#end([...this.#onItsWay], 'closed', 'dropped');
    this.#lose(left, 'closed', 'dropped');
    this.#wake?.();
    await this.#carrier.close();
  }

  #isFull(): boolean {
    return this.#waiting.length >= this.#limits.batchSize || this.#waitingBytes >= this.#limits.batchBytes;
  }

  #pump(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#pumping ??= this.#sendAll().finally(() => {
      this.#pumping = null;
    });
  }

  async #sendAll(): Promise<void> {
    // What is logged meanwhile goes with it, as long as it fills batches.
    do {
      const batch = this.#take();
      if (batch.length === 0) break;
      for (const event of batch) this.#onItsWay.add(event);
      await this.#deliver(batch);
    } while (this.#isFull() || (this.#isHurried && this.#waiting.length > 0));
    this.#isHurried = false;
    if (this.#waiting.length > 0 && !this.#isClosed) {
      this.#timer ??= setTimeout(() => this.#pump(), this.#limits.lingerMs).unref();
    }
  }

  #take(): QueuedEvent[] {
    let [count, bytes] = [0, 0];
    for (const event of this.#waiting) {
      const isFirst = count === 0;
      if (count >= this.#limits.batchSize || (!isFirst && bytes + event.bytes > this.#limits.batchBytes))
        break;
      count += 1;
      bytes += event.bytes;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  /** Until a batch is answered for; the same key makes the same batch count once. */
  async #deliver(batch: readonly QueuedEvent[]): Promise<void> {
    const key = crypto.randomUUID();
    for (let tries = 0; ; tries += 1) {
      const carried = await this.#carrier.carry(batch, key);
      if (carried.kind === 'delivered') return this.#settle(batch, carried.refused);
      if (carried.kind === 'refused') return this.#end(batch, carried.reason, 'refused');
      if (carried.kind === 'too_large') {
        if (batch.length === 1) return this.#end(batch, 'too_large', 'refused');
        const middle = batch.length >> 1;
        await this.#deliver(batch.slice(0, middle));
        return this.#deliver(batch.slice(middle));
      }
      if (this.#isClosed) return this.#end(batch, 'closed', 'dropped');
      await this.#pause(pauseMs(tries, carried.pauseMs));
      if (this.#isClosed) return this.#end(batch, 'closed', 'dropped');
    }
  }

  async #pause(ms: number): Promise<void> {
    const pause = pauseOf(ms);
    this.#wake = pause.end;
    await pause.over;
    this.#wake = null;
  }

  #settle(batch: readonly QueuedEvent[], refused: ReadonlyMap<number, string>): void {
    for (const [at, event] of batch.entries()) {
      const reason = refused.get(at);
      if (reason !== undefined) this.#end([event], reason, 'refused');
      else if (this.#onItsWay.delete(event)) {
        this.#heldBytes -= event.bytes;
        this.#delivered += 1;
      }
    }
  }

  #end(batch: readonly QueuedEvent[], reason: string, how: 'dropped' | 'refused'): void {
    const ended = batch.filter((event) => this.#onItsWay.delete(event));
    this.#heldBytes -= ended.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#lose(ended, reason, how);
  }

  #lose(events: readonly QueuedEvent[], reason: string, how: 'dropped' | 'refused'): void {
    if (events.length === 0) return;
    if (how === 'dropped') this.#dropped += events.length;
    else this.#refused += events.length;
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + events.length);
    for (const { text } of events) this.#onDrop(JSON.parse(text), reason);
  }
}

/** As long as asked for, else twice as long each time; with a draw, so that not all come at once. */
function pauseMs(tries: number, asked: number | null): number {
  if (asked !== null) return Math.min(asked, 2 * LONGEST_PAUSE_MS) + Math.random() * FIRST_PAUSE_MS;
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries, 16)) * (0.5 + Math.random() / 2);
}

function pauseOf(ms: number): { readonly over: Promise<void>; end(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  return {
    over: promise,
    end: () => {
      clearTimeout(timer);
      resolve();
    },
  };
}
