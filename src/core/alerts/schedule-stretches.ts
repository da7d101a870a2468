import { DAY_MS, instantOf, MINUTE_MS, wallClock } from '../clock.ts';
import type { CalendarDay, MuteSchedule } from './mute-schedule.ts';

export interface ScheduleStretch {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

/** Days of one time that are looked through for a stretch. */
const MOST_DAYS = 400;

/**
 * The stretches of a schedule that any moment from `fromMs` to before `toMs` lies in; one belongs to the day it begins on, and
 * that of the day before may still last. Of more than 400 days the first ones are looked through. O(days).
 */
export function stretchesWithin(schedule: MuteSchedule, fromMs: number, toMs: number): ScheduleStretch[] {
  const first = startOfDay(wallClock(fromMs, schedule.timeZone)) - DAY_MS;
  const last = startOfDay(wallClock(Math.max(fromMs, toMs - 1), schedule.timeZone));
  const count = Math.min(MOST_DAYS, Math.round((last - first) / DAY_MS) + 1);
  return Array.from({ length: count }, (_, i) => first + i * DAY_MS)
    .filter((day) => isDayOf(schedule, day))
    .map((day) => stretchOf(schedule, day))
    .filter(({ startMs, endMs }) => startMs < Math.max(toMs, fromMs + 1) && endMs > fromMs);
}

function stretchOf({ hours, timeZone }: MuteSchedule, day: number): ScheduleStretch {
  const from = hours === null ? 0 : hours.fromMinute * MINUTE_MS;
  const to = hours === null ? DAY_MS : hours.toMinute * MINUTE_MS;
  const end = to > from ? to : to + DAY_MS;
  return { startMs: instantOf(day + from, timeZone), endMs: instantOf(day + end, timeZone) };
}

function startOfDay(wallMs: number): number {
  return Math.floor(wallMs / DAY_MS) * DAY_MS;
}

function isDayOf({ days, dates }: MuteSchedule, dayMs: number): boolean {
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
