import { expect, it } from 'vitest';
import { epochUnit, parseTimestamp } from '../../src/decode/timestamp.ts';

const NOON_MS = 1_772_366_400_000;

it.each([
  ['2026-03-01T12:00:00Z', NOON_MS],
  ['2026-03-01T12:00:00', NOON_MS],
  ['2026-03-01 12:00', NOON_MS],
  ['2026-03-01T14:00:00+02:00', NOON_MS],
  ['2026-03-01T06:30:00-0530', NOON_MS],
  ['2026-03-01 13:00:00+01', NOON_MS],
  ['20260301T120000Z', NOON_MS],
  ['2026-03-01T12:00:00.123456789Z', NOON_MS + 123],
  ['2026-03-01T12:00:00,5Z', NOON_MS + 500],
  ['2026-03-01T12:00:00.0079999999999Z', NOON_MS + 7],
  ['1772366400.0079999999999', NOON_MS + 7],
  ['2026-03-01', NOON_MS - 43_200_000],
  ['20260301', NOON_MS - 43_200_000],
  ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
  [NOON_MS / 1_000, NOON_MS],
  [NOON_MS, NOON_MS],
  [NOON_MS * 1_000, NOON_MS],
  [NOON_MS * 1_000_000, NOON_MS],
  [1_767_225_600.123, 1_767_225_600_123],
  ['1772366400', NOON_MS],
  ['1772366400000000000', NOON_MS],
  // The last nanosecond of a millisecond, which is the next one as a double.
  ['1772366400000999999', NOON_MS],
  [1_772_366_400_000_999_999n, NOON_MS],
  ['1772366400000999999.9', NOON_MS],
  [0, 0],
  ['1969-12-31T23:30:00-01:00', 1_800_000],
])('reads %s', (given, expected) => {
  expect(parseTimestamp(given)).toEqual({ ok: true, value: expected });
});

it.each([
  'yesterday',
  '',
  '2026-02-30T00:00:00Z',
  '2026-13-01',
  '2026-03-01T24:00:00Z',
  '2026-03-01T12:60:00Z',
  '2026-03-01T12:00:00+24:00',
  '0001-01-01T00:00:00Z',
  '0099-01-01T00:00:00Z',
  '1969-12-31T23:59:59Z',
  '12:00',
  '1'.repeat(100),
  // Microseconds of the year 5138. As doubles they are 10^17, nanoseconds of 1973.
  '99999999999999999',
  99_999_999_999_999_999n,
  -1,
  1e20,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  true,
  {},
  ['2026-03-01'],
])('refuses %s and says what would do', (given) => {
  expect(parseTimestamp(given)).toMatchObject({ ok: false, error: expect.stringContaining('ISO 8601') });
});

it.each([
  ['99999999999', 's'],
  ['99999999999.99999999', 's'],
  ['100000000000', 'ms'],
  ['99999999999999999', 'us'],
  [99_999_999_999_999_999n, 'us'],
  ['100000000000000000', 'ns'],
] as const)('tells the unit of %s by its digits: %s', (given, unit) => {
  expect(epochUnit(given)).toBe(unit);
});
