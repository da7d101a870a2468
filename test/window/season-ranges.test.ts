import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/core/clock.ts';
import type { SeasonKind } from '../../src/core/findings.ts';
import { isInSeason, seasonRanges } from '../../src/window/season-ranges.ts';

const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16);

function ranges(start: string, by: SeasonKind, timeZone: string): string[] {
  return seasonRanges(Date.parse(start), by === 'previous_year' ? DAY_MS : HOUR_MS, by, timeZone).map(
    ({ fromMs, toMs }) => `${iso(fromMs)}/${iso(toMs)}`,
  );
}

describe('seasonRanges', () => {
  it.each<[what: string, start: string, by: SeasonKind, zone: string, first: string[]]>([
    [
      'the hour of the week before',
      '2026-03-09T08:00Z',
      'hour_of_week',
      'UTC',
      ['2026-03-02T07:30/2026-03-02T08:30', '2026-02-23T07:30/2026-02-23T08:30'],
    ],
    [
      'eight in the morning before and after the clocks went forward (29 March)',
      '2026-03-30T06:00Z',
      'hour_of_week',
      'Europe/Berlin',
      ['2026-03-23T06:30/2026-03-23T07:30'],
    ],
    [
      'a Sunday of 23 hours is a whole day',
      '2026-04-05T10:00Z',
      'day_of_week',
      'Europe/Berlin',
      ['2026-03-28T23:00/2026-03-29T22:00'],
    ],
    [
      'a day that has begun elsewhere only',
      '2026-03-09T02:00Z',
      'day_of_week',
      'America/New_York',
      ['2026-03-01T05:00/2026-03-02T05:00'],
    ],
    [
      'half a week on either side of the date a year ago',
      '2026-07-15T00:00Z',
      'previous_year',
      'UTC',
      ['2025-07-11T12:00/2025-07-18T12:00'],
    ],
    [
      '29 February was the 28th',
      '2024-02-29T12:00Z',
      'previous_year',
      'UTC',
      ['2023-02-25T00:00/2023-03-04T00:00'],
    ],
  ])('%s', (_, start, by, zone, first) => {
    expect(ranges(start, by, zone).slice(0, first.length)).toEqual(first);
  });

  it('looks back eight weeks, or three years', () => {
    expect(ranges('2026-03-09T08:00Z', 'hour_of_week', 'UTC')).toHaveLength(8);
    expect(ranges('2026-03-09T08:00Z', 'previous_year', 'UTC')).toHaveLength(3);
  });
});

describe('isInSeason', () => {
  it.each<[what: string, start: string, sizeMs: number, other: string, zone: string, is: boolean]>([
    ['eight in the morning', '2026-04-01T06:00Z', HOUR_MS, '2025-03-29T07:00Z', 'Europe/Berlin', true],
    ['nine in the morning', '2026-04-01T06:00Z', HOUR_MS, '2025-03-29T08:00Z', 'Europe/Berlin', false],
    ['the first half past two', '2026-10-27T01:30Z', HOUR_MS, '2025-10-26T00:30Z', 'Europe/Berlin', true],
    ['the second half past two', '2026-10-27T01:30Z', HOUR_MS, '2025-10-26T01:30Z', 'Europe/Berlin', true],
    ['a whole day', '2026-07-15T00:00Z', DAY_MS, '2025-07-12T00:00Z', 'UTC', true],
    ['a day of the week before', '2026-07-15T00:00Z', DAY_MS, '2025-07-11T00:00Z', 'UTC', false],
  ])('of last year: %s', (_, start, sizeMs, other, zone, is) => {
    const ranges = seasonRanges(Date.parse(start), sizeMs, 'previous_year', zone);
    expect(isInSeason(ranges, Date.parse(other))).toBe(is);
  });
});
