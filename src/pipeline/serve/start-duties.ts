import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { SECOND_MS, type Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import { forgetProcess, reportDuties, takeLeases } from '../../store/duties.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { type Duty, repeat, type Repeating } from './duty.ts';

export interface DutiesOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
  readonly timing?: DutiesTiming;
}

export interface DutiesTiming {
  /** How long a leader leads without being heard of. */
  readonly leaseMs: number;
  /** How often it is heard of, and others look whether they lead now. */
  readonly renewMs: number;
  /** How often a process says how its duties go. */
  readonly reportMs: number;
}

/** A leader that died is followed within eight seconds, one that stopped within two. */
const TIMING: DutiesTiming = { leaseMs: 6 * SECOND_MS, renewMs: 2 * SECOND_MS, reportMs: 10 * SECOND_MS };
/** News of a duty that begins to fail does not wait, but many at once are told together. */
const SOON_MS = SECOND_MS;
const FORGET_WITHIN_MS = SECOND_MS;

export interface RunningDuties {
  /** A duty that this process does not have is woken in vain. */
  wake(name: string): void;
  stop(): Promise<void>;
}

/**
 * Starts every duty as a loop of its own: none waits for another, and none fails because another does. How they go is
 * told in Postgres, where `doctor`, `status` and the metrics of any process find it; which process leads is agreed there.
 */
export function startDuties(duties: readonly Duty[], options: DutiesOptions): RunningDuties {
  const { pool, clock, log, timing = TIMING } = options;
  const process = processName();
  const led = duties.filter(({ leader }) => leader === true).map(({ name }) => name);
  const leadsUntil = new Map<string, number>();
  let soon: NodeJS.Timeout | null = null;

  const onChange = (): void => {
    soon ??= setTimeout(() => {
      soon = null;
      reporting.wake();
    }, SOON_MS);
  };

  const loops = new Map<string, Repeating>(
    duties.map((duty) => {
      const leads =
        duty.leader === true ? () => performance.now() < (leadsUntil.get(duty.name) ?? 0) : () => true;
      return [duty.name, repeat(duty, { ...options, leads, onChange })] as const;
    }),
  );

  const renew = async (): Promise<void> => {
    // From before the question on: whoever takes it over later than that is surely later than this.
    const untilMs = performance.now() + timing.leaseMs;
    const held = new Set(await takeLeases(pool, process, led, timing.leaseMs));
    for (const name of led) {
      const isNew = held.has(name) && (leadsUntil.get(name) ?? 0) < performance.now();
      if (held.has(name)) leadsUntil.set(name, untilMs);
      else leadsUntil.delete(name);
      if (isNew) loops.get(name)?.wake();
    }
  };
  const report = async (): Promise<void> => {
    const reports = duties.map(({ name, role, everyMs }) => {
      const status = loops.get(name)?.status();
      if (status === undefined) throw new Error(`duty ${name} was not started`);
      return { name, role, everyMs, ...status };
    });
    await reportDuties(pool, process, reports);
  };
  const own = (name: string, everyMs: number, run: () => Promise<void>): Repeating =>
    repeat({ name, role: 'api', everyMs, run }, { clock, log });
  const reporting = own('telling of duties', timing.reportMs, report);
  const renewing = led.length === 0 ? null : own('leading', timing.renewMs, renew);

  return {
    wake: (name) => loops.get(name)?.wake(),
    stop: async () => {
      if (soon !== null) clearTimeout(soon);
      await Promise.all([
        renewing?.stop(),
        reporting.stop(),
        ...[...loops.values()].map((loop) => loop.stop()),
      ]);
      // A database that is away would be waited for; the rows go by themselves.
      const forgetting = forgetProcess(pool, process).catch(() => undefined);
      await Promise.race([
        forgetting,
        new Promise((resolve) => setTimeout(resolve, FORGET_WITHIN_MS).unref()),
      ]);
    },
  };
}

/** Two processes on one host, or after each other with one number, are two. */
function processName(): string {
  return `${hostname()} ${globalThis.process.pid} ${randomUUID().slice(0, 8)}`;
}
