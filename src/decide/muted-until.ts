import type { CalendarDay, MuteSchedule } from '../core/alerts/mute-schedule.ts';
import { DAY_MS, instantOf, MINUTE_MS, wallClock } from '../core/clock.ts';

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

/** A stretch belongs to the day it begins on; the one of yesterday may still last. */
function stretchEnd(schedule: MuteSchedule, nowMs: number): number | null {
  const today = startOfDay(wallClock(nowMs, schedule.timeZone));
  const ends = [today - DAY_MS, today]
    .filter((day) => isMuteDay(schedule, day))
    .map((day) => stretchOf(schedule, day))
    .filter(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs)
    .map(({ endMs }) => endMs);
  return ends.length === 0 ? null : Math.max(...ends);
}

function stretchOf({ hours, timeZone }: MuteSchedule, day: number): { startMs: number; endMs: number } {
  const from = hours === null ? 0 : hours.fromMinute * MINUTE_MS;
  const to = hours === null ? DAY_MS : hours.toMinute * MINUTE_MS;
  const end = to > from ? to : to + DAY_MS;
  return { startMs: instantOf(day + from, timeZone), endMs: instantOf(day + end, timeZone) };
}

function startOfDay(wallMs: number): number {
  return Math.floor(wallMs / DAY_MS) * DAY_MS;
}

function isMuteDay({ days, dates }: MuteSchedule, dayMs: number): boolean {
  const date = new Date(dayMs);
  const weekday = date.getUTCDay() === 0 ? 7 : date.getUTCDay();
  if (days !== null && !days.includes(weekday)) return false;
  return dates === null || dates.some(({ from, to }) => isWithin(date, from, to));
}

function isWithin(date: Date, from: CalendarDay, to: CalendarDay): boolean {
  const year = date.getUTCFullYear();
  const key = dayKey(year, date.getUTCMonth() + 1, date.getUTCDate());
  const first = dayKey(from.year ?? year, from.month, from.day);
  const last = dayKey(to.year ?? year, to.month, to.day);
  // Without years the span may lie over New Year: 12-24..01-02.
  return first <= last ? key >= first && key <= last : key >= first || key <= last;
}

function dayKey(year: number, month: number, day: number): number {
  return (year * 100 + month) * 100 + day;
}
