import type { CalendarDay, CalendarEvent, DateSpan, MuteSchedule } from '../core/alerts/mute-schedule.ts';
import { type CalendarEntry, DATES_PATTERN, DAYS_PATTERN, type MuteEntry, WEEKDAYS } from './schema/mute.ts';

/** @param timeZone of the file, for schedules that name none */
export function resolveMutes(
  entries: readonly MuteEntry[],
  timeZone: string,
): { readonly mute?: readonly MuteSchedule[] } {
  return entries.length === 0 ? {} : { mute: entries.map((entry) => resolveMute(entry, timeZone)) };
}

/** @param timeZone of the file, for events that name none */
export function resolveCalendar(
  entries: readonly CalendarEntry[],
  timeZone: string,
): { readonly calendar?: readonly CalendarEvent[] } {
  if (entries.length === 0) return {};
  return {
    calendar: entries.map((entry) => ({ ...resolveMute(entry, timeZone), explains: entry.explains })),
  };
}

function resolveMute(entry: MuteEntry, timeZone: string): MuteSchedule {
  return {
    name: entry.name,
    days: entry.days === undefined ? null : [...new Set(entry.days.flatMap(daysOf))].sort((a, b) => a - b),
    dates: entry.dates?.map(dateSpan) ?? null,
    hours:
      entry.from === undefined || entry.to === undefined
        ? null
        : { fromMinute: minuteOf(entry.from), toMinute: minuteOf(entry.to) },
    timeZone: entry.timezone ?? timeZone,
  };
}

/** @example daysOf('fri-mon') // [5, 6, 7, 1] */
export function daysOf(text: string): number[] {
  const [, first = '', last = first] = DAYS_PATTERN.exec(text) ?? [];
  const from = WEEKDAYS.findIndex((day) => day === first);
  const to = WEEKDAYS.findIndex((day) => day === last);
  const count = ((to - from + 7) % 7) + 1;
  return Array.from({ length: count }, (_, index) => ((from + index) % 7) + 1);
}

export function dateSpan(text: string): DateSpan {
  const [, first = '', last = first] = DATES_PATTERN.exec(text) ?? [];
  return { from: calendarDay(first), to: calendarDay(last) };
}

function calendarDay(text: string): CalendarDay {
  const figures = text.split('-').map(Number);
  const [day = 0, month = 0, year = null] = figures.reverse();
  return { year, month, day };
}

function minuteOf(text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  return hour * 60 + minute;
}
