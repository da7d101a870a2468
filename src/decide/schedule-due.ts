import { Cron } from 'croner';
import { fail, ok } from '../core/result.ts';
import type { Result } from '../core/result.ts';

export interface ScheduleDue {
  readonly due: boolean;
  /** The newest instant at or before now that the schedule names; null when nothing is due. */
  readonly dueAtMs: number | null;
  /** Null when the schedule names no instant any more. */
  readonly nextDueMs: number | null;
}

export type ScheduleError = 'invalid_schedule';

/**
 * Whether a five-field cron schedule has come due since it was last honoured. After an outage over several due
 * instants there is one run, not one for each. Across a change of the clock, a fixed hour that does not exist
 * runs right after the gap, and one that exists twice runs once.
 *
 * @param lastDueMs everything up to and including this instant has been honoured
 * For example: scheduleDue('0 3 1 * *', Date.UTC(2026, 1, 1, 3), Date.UTC(2026, 2, 1, 3), 'UTC') // due
 */
export function scheduleDue(
  cron: string,
  lastDueMs: number,
  nowMs: number,
  timezone: string,
): Result<ScheduleDue, ScheduleError> {
  let schedule: Cron;
  try {
    schedule = new Cron(cron, { paused: true, timezone, mode: '5-part' });
    // An unknown timezone is noticed only here.
    schedule.nextRun(new Date(nowMs));
  } catch {
    return fail('invalid_schedule');
  }
  const nextDueMs = schedule.nextRun(new Date(nowMs))?.getTime() ?? null;
  const newest = newestUpTo(schedule, nowMs);
  const due = newest !== null && newest > lastDueMs;
  return ok({ due, dueAtMs: due ? newest : null, nextDueMs });
}

/** Croner looks strictly before its argument, in whole seconds; an instant equal to now counts here. */
function newestUpTo(schedule: Cron, nowMs: number): number | null {
  const after = new Date(Math.floor(nowMs / 1000) * 1000 + 1000);
  return schedule.previousRuns(1, after)[0]?.getTime() ?? null;
}
