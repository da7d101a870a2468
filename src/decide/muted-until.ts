import type { MuteSchedule } from '../core/alerts/mute-schedule.ts';
import { stretchesWithin } from '../core/alerts/schedule-stretches.ts';

/** Days looked ahead. What goes on for longer is asked again by then. */
const MOST_STRETCHES = 64;

/**
 * When a schedule that mutes at this instant will stop to, null when it does not mute. Stretches that follow each other
 * without a pause count as one.
 */
export function mutedUntil(schedule: MuteSchedule, nowMs: number): number | null {
  let until = stretchEnd(schedule, nowMs);
  for (let count = 1; until !== null && count < MOST_STRETCHES; count += 1) {
    const next = stretchEnd(schedule, until);
    if (next === null) return until;
    until = next;
  }
  return until;
}

function stretchEnd(schedule: MuteSchedule, nowMs: number): number | null {
  const ends = stretchesWithin(schedule, nowMs, nowMs + 1).map(({ endMs }) => endMs);
  return ends.length === 0 ? null : Math.max(...ends);
}
