import { expect, test } from 'vitest';
import { DAY_MS } from '../../../src/core/clock.ts';
import { calendarColumn, calendarPlaces } from '../../../src/stats/habits/calendar.ts';
import { createRandom } from '../../../src/stats/random.ts';

const ROWS = 3_000;

/** Nine weeks from a Friday in February on, clocks being changed in Europe within them. */
function times(days: number): Float64Array {
  const random = createRandom(7);
  return Float64Array.from({ length: ROWS }, () => Date.UTC(2026, 1, 20) + random() * days * DAY_MS);
}

const nineWeeks = times(63);
const places = calendarPlaces(nineWeeks);
const unitOf = (codeOf: (ms: number, row: number) => number): string | null =>
  calendarColumn(Int32Array.from(nineWeeks, codeOf), places)?.unit ?? null;

function zoned(ms: number, timeZone: string, part: 'hour' | 'weekday'): string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    [part]: part === 'hour' ? 'numeric' : 'short',
  });
  return format.formatToParts(ms).find(({ type }) => type === part)?.value ?? '';
}

test('what follows from the time of the row is found, by the smallest part of the calendar', () => {
  expect(unitOf((ms) => new Date(ms).getUTCHours())).toBe('hour_of_day');
  expect(unitOf((ms) => Math.floor(new Date(ms).getUTCHours() / 6))).toBe('hour_of_day');
  expect(unitOf((ms) => new Date(ms).getUTCDay())).toBe('day_of_week');
  expect(unitOf((ms) => ([0, 6].includes(new Date(ms).getUTCDay()) ? 1 : 0))).toBe('day_of_week');
  expect(unitOf((ms) => new Date(ms).getUTCDate())).toBe('day_of_month');
});

test('also on the clocks of others, though they are changed in between', () => {
  expect(unitOf((ms) => Number(zoned(ms, 'Europe/Vienna', 'hour')))).toBe('hour_of_day');
  const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
  expect(unitOf((ms) => (days.indexOf(zoned(ms, 'Asia/Tokyo', 'weekday')) >= 5 ? 1 : 0))).toBe(
    'hour_of_week',
  );
});

test('what merely stays for hours, is rare, or of chance is none', () => {
  const random = createRandom(8);
  expect(unitOf((ms) => Math.floor(ms / 7.2e6) % 11)).toBeNull();
  expect(unitOf(() => (random() < 0.005 ? 1 : 0))).toBeNull();
  expect(unitOf(() => Math.floor(5 * random()))).toBeNull();
  expect(unitOf(() => 0)).toBeNull();
});

test('of one week nothing can be said of weekdays', () => {
  const week = times(7);
  const codes = Int32Array.from(week, (ms) => (new Date(ms).getUTCDay() % 6 === 0 ? 1 : 0));
  expect(calendarColumn(codes, calendarPlaces(week))).toBeNull();
});
