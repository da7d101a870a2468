import { fullJitterMs, spreadMs } from '../../core/backoff.ts';
import { boundedLog } from '../../core/bounded-log.ts';
import { SECOND_MS, type Clock } from '../../core/clock.ts';
import { boundedMessage } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';

/** Whose work a duty is: a role of a process. */
export type DutyRole = 'ingest' | 'evaluate' | 'act' | 'api';

/** One turn. True: there is more to do at once. */
export type Turn = (nowMs: number) => Promise<boolean | void>;

/** Something that is done again and again, for as long as a process runs. */
export interface Duty {
  readonly name: string;
  readonly role: DutyRole;
  readonly everyMs: number;
  /** True: there is more to do at once. A throw is an outage or a bug; the others go on. */
  run(): Promise<boolean | void>;
  /** One process of a fleet is enough. It only saves work: two may always do it at the same time. */
  readonly leader?: true;
}

/** How a duty has gone in this process. */
export interface DutyStatus {
  readonly sinceMs: number;
  readonly lastSuccessMs: number | null;
  readonly lastFailureMs: number | null;
  /** One bounded line without secrets; of the last failure, also when it went well since. */
  readonly lastError: string | null;
  /** In a row. */
  readonly failures: number;
}

export interface Repeating {
  status(): DutyStatus;
  /** Do not wait for the next turn. */
  wake(): void;
  /** Resolves when a turn in progress has ended; there is no further one. */
  stop(): Promise<void>;
}

export interface RepeatOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
  /** Whether it is this process's turn at all. */
  readonly leads?: () => boolean;
  /** It begins to fail, or goes well again. */
  readonly onChange?: () => void;
}

const FIRST_PAUSE_MS = SECOND_MS / 2;
const LONGEST_PAUSE_MS = 30 * SECOND_MS;

/**
 * Does a duty again and again: about `everyMs` after its last turn ended, or at once when woken or when a turn says that
 * there is more to do. A turn that throws met an outage (the database restarts, the network is away) or a bug: it is
 * tried again with growing pauses, for as long as it takes.
 */
export function repeat(duty: Duty, options: RepeatOptions): Repeating {
  const { clock, log, random = Math.random, leads = () => true, onChange } = options;
  const troubles = boundedLog(log, duty.name);
  let stopped = false;
  let woken = false;
  let interrupt: (() => void) | null = null;
  let status: DutyStatus = {
    sinceMs: clock.nowMs(),
    lastSuccessMs: null,
    lastFailureMs: null,
    lastError: null,
    failures: 0,
  };

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

  const turn = async (): Promise<boolean> => {
    const { failures } = status;
    try {
      const more = (await duty.run()) === true;
      status = { ...status, lastSuccessMs: clock.nowMs(), failures: 0 };
      if (failures > 0) onChange?.();
      return more;
    } catch (error) {
      const lastError = boundedMessage(error);
      status = { ...status, lastFailureMs: clock.nowMs(), lastError, failures: failures + 1 };
      troubles.warn(
        { duty: duty.name, error: lastError, failures: status.failures },
        `${duty.name} failed and will be tried again`,
      );
      if (failures === 0) onChange?.();
      return false;
    }
  };

  const running = (async () => {
    while (!stopped) {
      woken = false;
      // Whoever does not lead any more has no failures that matter.
      if (!leads()) status = { ...status, failures: 0 };
      else if (await turn()) continue;
      const { failures } = status;
      await pause(
        failures === 0
          ? spreadMs(duty.everyMs, random)
          : fullJitterMs(failures, FIRST_PAUSE_MS, LONGEST_PAUSE_MS, random),
      );
    }
  })();

  return {
    status: () => status,
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
