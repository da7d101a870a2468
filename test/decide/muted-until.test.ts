import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/clock.ts';
import type { MuteSchedule } from '../../src/core/alerts/mute-schedule.ts';
import { mutedUntil } from '../../src/decide/muted-until.ts';
import { instantOf, wallClock } from '../../src/core/clock.ts';

const BERLIN = 'Europe/Berlin';
const ANY: MuteSchedule = { name: 'n', days: null, dates: null, hours: null, timeZone: BERLIN };
const hours = (from: number, to: number): MuteSchedule['hours'] => ({
  fromMinute: from * 60,
  toMinute: to * 60,
});
const NIGHTS: MuteSchedule = { ...ANY, hours: hours(22, 6) };
const WEEKEND_NIGHTS: MuteSchedule = { ...NIGHTS, days: [6, 7] };
const YEARS_END: MuteSchedule = {
  ...ANY,
  dates: [{ from: { year: null, month: 12, day: 24 }, to: { year: null, month: 1, day: 2 } }],
};
const BERLIN_MARCH_29: MuteSchedule = {
  ...ANY,
  dates: [{ from: { year: 2026, month: 3, day: 29 }, to: { year: 2026, month: 3, day: 29 } }],
};

describe('mutedUntil', () => {
  it.each([
    ['by day', NIGHTS, '2026-06-01T12:00+02:00', null],
    ['from the first minute', NIGHTS, '2026-06-01T22:00+02:00', '2026-06-02T06:00+02:00'],
    ['not the minute before', NIGHTS, '2026-06-01T21:59+02:00', null],
    ['past midnight', NIGHTS, '2026-06-02T03:00+02:00', '2026-06-02T06:00+02:00'],
    ['to the last minute', NIGHTS, '2026-06-02T06:00+02:00', null],
    [
      'a night belongs to the day it begins on',
      WEEKEND_NIGHTS,
      '2026-06-08T05:00+02:00',
      '2026-06-08T06:00+02:00',
    ],
    ['not the morning before', WEEKEND_NIGHTS, '2026-06-06T05:00+02:00', null],
    ['the night in which an hour is skipped', NIGHTS, '2026-03-28T23:00+01:00', '2026-03-29T06:00+02:00'],
    ['the night in which an hour comes twice', NIGHTS, '2026-10-24T23:00+02:00', '2026-10-25T06:00+01:00'],
    ['a day of 23 hours', BERLIN_MARCH_29, '2026-03-29T00:00+01:00', '2026-03-30T00:00+02:00'],
    [
      'ends in the skipped hour: when it is skipped',
      { ...ANY, hours: hours(1, 2.5) },
      '2026-03-29T01:30+01:00',
      '2026-03-29T03:00+02:00',
    ],
    [
      'begins in the skipped hour',
      { ...ANY, hours: hours(2.5, 4) },
      '2026-03-29T03:00+02:00',
      '2026-03-29T04:00+02:00',
    ],
    [
      'ends in the doubled hour: the first time',
      { ...ANY, hours: hours(1, 2.5) },
      '2026-10-25T02:29+02:00',
      '2026-10-25T02:30+02:00',
    ],
    ['not the second time', { ...ANY, hours: hours(1, 2.5) }, '2026-10-25T02:10+01:00', null],
    ['over New Year, without years', YEARS_END, '2026-12-24T00:00+01:00', '2027-01-03T00:00+01:00'],
    ['in January, too', YEARS_END, '2026-01-02T23:59+01:00', '2026-01-03T00:00+01:00'],
    ['not after', YEARS_END, '2026-01-03T00:00+01:00', null],
    [
      'dates and hours together',
      { ...YEARS_END, hours: hours(8, 9) },
      '2026-12-25T08:30+01:00',
      '2026-12-25T09:00+01:00',
    ],
  ] satisfies [string, MuteSchedule, string, string | null][])('%s', (_, schedule, at, until) => {
    expect(mutedUntil(schedule, Date.parse(at))).toBe(until === null ? null : Date.parse(until));
  });

  it('mutes exactly when a clock on the wall says so, and ends at the first minute it does not', () => {
    const zones = [
      'UTC',
      BERLIN,
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'America/Sao_Paulo',
    ];
    const START = Date.UTC(2026, 0, 1);
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), { nil: null }),
        fc.option(fc.tuple(fc.integer({ min: 0, max: 1_439 }), fc.integer({ min: 1, max: 1_440 })), {
          nil: null,
        }),
        fc.integer({ min: 0, max: 365 * 24 * 60 }),
        (timeZone, days, span, minute) => {
          fc.pre(span === null || span[0] !== span[1]);
          const schedule: MuteSchedule = {
            name: 'n',
            days,
            dates: null,
            hours: span === null ? null : { fromMinute: span[0], toMinute: span[1] },
            timeZone,
          };
          const now = START + minute * MINUTE_MS;
          // An hour that comes twice is muted once, which a clock on the wall cannot tell.
          fc.pre(!hasDoubledHour(now, timeZone));
          const until = mutedUntil(schedule, now);
          expect(until !== null).toBe(onTheWall(schedule, now));
          if (until === null || until - now > 14 * DAY_MS) return;
          expect(mutedUntil(schedule, until)).toBeNull();
          expect(mutedUntil(schedule, until - MINUTE_MS)).toBe(until);
        },
      ),
      { seed: 15, numRuns: 400 },
    );
  });
});

function onTheWall({ days, hours: span, timeZone }: MuteSchedule, ms: number): boolean {
  const wall = new Date(wallClock(ms, timeZone));
  const minute = wall.getUTCHours() * 60 + wall.getUTCMinutes();
  const weekday = wall.getUTCDay() === 0 ? 7 : wall.getUTCDay();
  const isDay = (day: number): boolean => days === null || days.includes(day);
  const yesterday = weekday === 1 ? 7 : weekday - 1;
  if (span === null) return isDay(weekday);
  const { fromMinute, toMinute } = span;
  if (fromMinute < toMinute) return isDay(weekday) && minute >= fromMinute && minute < toMinute;
  return (isDay(weekday) && minute >= fromMinute) || (isDay(yesterday) && minute < toMinute);
}

function hasDoubledHour(ms: number, timeZone: string): boolean {
  const offset = (at: number): number => wallClock(at, timeZone) - at;
  return offset(ms - 3 * HOUR_MS) > offset(ms + 3 * HOUR_MS);
}

describe('instantOf', () => {
  it('is the first instant whose clock shows that time or later', () => {
    const zones = [BERLIN, 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Pacific/Apia'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 366 * 24 * 4 }),
        (timeZone, quarter) => {
          const wall = Date.UTC(2026, 0, 1) + quarter * 15 * MINUTE_MS;
          const found = instantOf(wall, timeZone);
          expect(wallClock(found, timeZone)).toBeGreaterThanOrEqual(wall);
          expect(wallClock(found - MINUTE_MS, timeZone)).toBeLessThan(wall);
        },
      ),
      { seed: 15, numRuns: 400 },
    );
  });
});
