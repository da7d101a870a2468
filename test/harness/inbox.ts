import { DEADLINES } from './deadlines.ts';

interface Waiter<T> {
  readonly matches: (item: T) => boolean;
  readonly found: (item: T) => void;
}

/** Things that arrived, and a way to wait for one that has arrived or will. */
export class Inbox<T> {
  readonly items: T[] = [];
  readonly #waiters = new Set<Waiter<T>>();
  readonly #describe: (item: T) => string;

  constructor(describe: (item: T) => string) {
    this.#describe = describe;
  }

  put(item: T): void {
    this.items.push(item);
    for (const waiter of this.#waiters) if (waiter.matches(item)) waiter.found(item);
  }

  /** The first item that matches; one that is already here counts. */
  waitFor(matches: (item: T) => boolean = () => true, timeoutMs = DEADLINES.waitMs): Promise<T> {
    const here = this.items.find((item) => matches(item));
    if (here !== undefined) return Promise.resolve(here);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        const came = this.items.map((item) => `\n  ${this.#describe(item)}`).join('') || ' nothing';
        reject(new Error(`Nothing that matches came within ${timeoutMs} ms. What came:${came}`));
      }, timeoutMs);
      const waiter: Waiter<T> = {
        matches,
        found: (item) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(item);
        },
      };
      this.#waiters.add(waiter);
    });
  }
}
