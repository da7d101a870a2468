import { errorMessage } from '../core/errors.ts';
import type { Log } from '../core/log.ts';

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

  add(name: string, stop: Stop): void {
    this.#stops.push({ name, stop });
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    await this.#stopping;
  }

  async #stopAll(): Promise<void> {
    for (const { name, stop } of this.#stops.reverse()) {
      try {
        await stop();
      } catch (error) {
        this.#log.warn({ part: name, error: errorMessage(error) }, `${name} did not stop cleanly`);
      }
    }
  }
}
