import { Cron } from 'croner';
import { DAY_MS } from '../../core/clock.ts';

/** Beyond this nobody counts: a schedule of every minute. */
const MOST_RUNS = 1_000;
const WEEK_MS = 7 * DAY_MS;

/** The most often that a schedule comes due in any seven days of a year. */
export function runsInBusiestWeek(cron: string): number {
  const schedule = new Cron(cron, { paused: true, mode: '5-part', timezone: 'UTC' });
  const runs = schedule.nextRuns(MOST_RUNS).map((at) => at.getTime());
  let most = 0;
  let first = 0;
  for (const [index, atMs] of runs.entries()) {
    while (atMs - (runs[first] ?? atMs) >= WEEK_MS) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** Five fields (seconds would promise a precision nobody keeps) that name at least one instant to come. */
export function isCron(text: string): boolean {
  try {
    return new Cron(text, { paused: true, mode: '5-part', timezone: 'UTC' }).nextRun() !== null;
  } catch {
    return false;
  }
}

/** @example isTimeOfDay('08:00') // true */
export function isTimeOfDay(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}
