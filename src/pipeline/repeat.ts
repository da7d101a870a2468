import { boundedLog } from '../core/bounded-log.ts';
import { errorMessage } from '../core/errors.ts';
import type { Log } from '../core/log.ts';

export interface Repeating {
  /** Do not wait for the next turn. */
  wake(): void;
  /** Resolves when a turn in progress has ended; there is no further one. */
  stop(): Promise<void>;
}

/**
 * Does `turn` again and again, `everyMs` after the last one ended, or at once when woken or when a turn says that
 * there is more to do. A turn that throws met an outage (the database restarts, the network is away): it is
 * logged and tried again with growing pauses, for as long as it takes.
 */
export function repeat(
  name: string,
  everyMs: number,
  log: Log,
  turn: () => Promise<boolean | void>,
): Repeating {
  const troubles = boundedLog(log, name);
  let stopped = false;
  let woken = false;
  let failures = 0;
  let interrupt: (() => void) | null = null;

  const pause = async (ms: number): Promise<void> => {
    if (stopped || woken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    interrupt = null;
  };

  const running = (async () => {
    while (!stopped) {
      woken = false;
      let more = false;
      try {
        more = (await turn()) === true;
        failures = 0;
      } catch (error) {
        failures += 1;
        troubles.warn(
          { loop: name, error: errorMessage(error), failures },
          `${name} failed and will be tried again`,
        );
      }
      if (!more) await pause(failures === 0 ? everyMs : Math.min(30_000, 250 * 2 ** failures));
    }
  })();

  return {
    wake: () => {
      woken = true;
      interrupt?.();
    },
    stop: async () => {
      stopped = true;
      interrupt?.();
      await running;
    },
  };
}
