import { errorMessage } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';

type Stop = () => Promise<void> | void;

/**
 * What has been started so far, and how to stop it: in reverse order, each whether or not the others could. A
 * start that fails halfway stops what it had started and nothing else.
 */
export class Started {
  readonly #stops: { name: string; stop: Stop }[] = [];
  readonly #log: Log;
  #stopping: Promise<void> | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  /** What comes up after the stop began is stopped as well, and its start is told so: nothing may follow on it. */
  add(name: string, stop: Stop): void {
    if (this.#stopping === null) {
      this.#stops.push({ name, stop });
      return;
    }
    this.#stopping = this.#stopping.then(async () => await this.#stopOne(name, stop));
    throw new Error(`${name} came up while everything was being stopped`);
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    await this.#stopping;
  }

  async #stopAll(): Promise<void> {
    for (const { name, stop } of this.#stops.reverse()) await this.#stopOne(name, stop);
  }

  async #stopOne(name: string, stop: Stop): Promise<void> {
    try {
      await stop();
    } catch (error) {
      this.#log.warn({ part: name, error: errorMessage(error) }, `${name} did not stop cleanly`);
    }
  }
}
