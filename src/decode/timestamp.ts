import type { EpochUnit } from '../core/events/log-mapping.ts';
import type { Result } from '../core/result.ts';
import { fail, ok } from '../core/result.ts';
import { shown } from './text.ts';

/** Its last instant. */
const LATEST_MS = Date.UTC(2200, 0, 1);
const MAX_TEXT_LENGTH = 64;

const ZONE = String.raw`(?<zone>Z|z|[+-]\d{2}(?::?\d{2})?)?`;
const EXTENDED = new RegExp(
  String.raw`^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:[Tt ](?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,18}))?)?\s?${ZONE})?$`,
);
const BASIC = new RegExp(
  String.raw`^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})(?:T(?<hour>\d{2})(?<minute>\d{2})(?:(?<second>\d{2})(?:[.,](?<fraction>\d{1,18}))?)?${ZONE})?$`,
);
/** 1767225600.123 × 1000 ends in …122.99998: doubles of that size are 0.0002 ms apart. */
const SECOND_ROUNDING_MS = 0.001;
const NUMERIC = /^\d{1,20}(?:\.\d{1,18})?$/;
/** So many digits are nanoseconds, and more than a double holds. */
const NANOSECONDS = /^(\d{18,20})(?:\.\d+)?$/;
const NS_PER_MS = 1_000_000n;
/** Doubles of the size of nanoseconds since 1970 are up to 1,024 apart. */
const DOUBLE_STEP_NS = 1_024;

/**
 * Epoch units are recognised by magnitude. Each holds for three powers of ten, so that today (1.8e9 s) is far
 * from every border: seconds reach to the year 5138, milliseconds start in March 1973.
 */
const EPOCH_SCALES = [
  { unit: 's', below: 1e11, toMs: (value: number) => Math.floor(value * 1_000 + SECOND_ROUNDING_MS) },
  { unit: 'ms', below: 1e14, toMs: (value: number) => Math.floor(value) },
  { unit: 'us', below: 1e17, toMs: (value: number) => Math.floor(value / 1e3) },
  { unit: 'ns', below: 1e20, toMs: (value: number) => Math.floor(value / 1e6) },
] as const;

/**
 * The unit a timestamp is assumed to be in; null for ISO 8601 and for what is no timestamp. A log whose stamps
 * come in two units has two producers that disagree, which is worth telling although each is read right.
 *
 * @example epochUnit(1772366400) // 's'
 */
export function epochUnit(value: unknown): EpochUnit | null {
  const number = epochNumber(value);
  if (number === null || !(number >= 0)) return null;
  return (
    scaleOf(typeof value === 'number' || typeof value === 'bigint' ? value : String(value).trim())?.unit ??
    null
  );
}

/** By the digits, where they are there: 99999999999999999 as a double is 10^17, which would be nanoseconds of 1973. */
function scaleOf(given: number | bigint | string): (typeof EPOCH_SCALES)[number] | undefined {
  const size = typeof given === 'string' ? BigInt(given.split('.')[0] ?? '') : given;
  return EPOCH_SCALES.find(({ below }) => size < below);
}

/** An epoch number whose unit is known, in milliseconds; null when it is no number. */
export function msOfEpoch(value: unknown, unit: EpochUnit): number | null {
  const number = epochNumber(value);
  if (number === null) return null;
  return exactMs(value, unit) ?? EPOCH_SCALES.find((scale) => scale.unit === unit)?.toMs(number) ?? null;
}

/** From the digits, where they are there and a double would not hold them all. */
function exactMs(value: unknown, unit: EpochUnit | undefined): number | null {
  if (unit === 's' && typeof value === 'string') {
    const [seconds = '', fraction = ''] = value.trim().split('.');
    return Number(seconds) * 1_000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
  }
  const whole = unit === 'ns' ? wholeNanoseconds(value) : null;
  return whole === null ? null : Number(whole / NS_PER_MS);
}

/** Nanoseconds with all their digits; null where they are none, or have been a double. */
function wholeNanoseconds(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value >= 0n && value >= 10n ** 17n ? value : null;
  const digits = typeof value === 'string' ? NANOSECONDS.exec(value.trim())?.[1] : undefined;
  return digits === undefined ? null : BigInt(digits);
}

/**
 * Whether rounding to a double may have moved a number of nanoseconds into another millisecond: then only the digits that
 * were sent tell which one it is.
 *
 * @example isRoundedOver(1795696445999999999) // true
 */
export function isRoundedOver(value: unknown): value is number {
  if (typeof value !== 'number' || !(value >= 1e17)) return false;
  const past = value % 1e6;
  return past < DOUBLE_STEP_NS || past > 1e6 - DOUBLE_STEP_NS;
}

function epochNumber(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || value.length > MAX_TEXT_LENGTH) return null;
  const text = value.trim();
  // Eight or twelve digits and more may be a date of ISO 8601 in its basic form.
  return NUMERIC.test(text) && !BASIC.test(text) ? Number(text) : null;
}

/**
 * An event's time in epoch milliseconds: ISO 8601 (extended or basic; without a zone it is UTC; a date alone is
 * its midnight) or an epoch number in s, ms, µs or ns, also in quotes. Finer than a millisecond is cut off.
 * Before 1970 is refused: such stamps are unset fields (`0001-01-01`, negative numbers), not events.
 *
 * @example parseTimestamp('2026-03-01T12:00:00Z') // { ok: true, value: 1772366400000 }
 */
export function parseTimestamp(value: unknown): Result<number, string> {
  const timestampMs =
    typeof value === 'number' || typeof value === 'bigint' ? fromEpoch(value) : fromText(value);
  if (timestampMs !== null && isPlausibleTime(timestampMs)) return ok(timestampMs);
  return fail(
    `timestamp is ${shown(value)}; accepted are ISO 8601 ("2026-03-01T12:00:00Z") and epoch s, ms, µs or ns, from 1970 to 2200`,
  );
}

function fromEpoch(given: number | bigint | string): number | null {
  const value = Number(given);
  if (!(value >= 0)) return null;
  const scale = scaleOf(given);
  return exactMs(given, scale?.unit) ?? scale?.toMs(value) ?? null;
}

function fromText(value: unknown): number | null {
  if (typeof value !== 'string' || value.length > MAX_TEXT_LENGTH) return null;
  const text = value.trim();
  const match = EXTENDED.exec(text) ?? BASIC.exec(text);
  if (match?.groups !== undefined) return fromParts(match.groups);
  return NUMERIC.test(text) ? fromEpoch(text) : null;
}

function fromParts(parts: Record<string, string | undefined>): number | null {
  const number = (name: string): number => Number(parts[name] ?? 0);
  const [year, month, day] = [number('year'), number('month'), number('day')];
  const [hour, minute, second] = [number('hour'), number('minute'), number('second')];
  // Also because Date.UTC takes the years 0 to 99 for 1900 to 1999.
  // West of Greenwich 1970 began in 1969.
  if (year < 1969) return null;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  // 60 is a leap second; it counts as the first second of the next minute.
  if (hour > 23 || minute > 59 || second > 60) return null;
  const zoneMs = zoneOffsetMs(parts['zone']);
  if (zoneMs === null) return null;
  const millisecond = Number((parts['fraction'] ?? '').slice(0, 3).padEnd(3, '0'));
  return Date.UTC(year, month - 1, day, hour, minute, second, millisecond) - zoneMs;
}

function daysInMonth(year: number, month: number): number {
  // Day 0 is the last day of the month before.
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function zoneOffsetMs(zone: string | undefined): number | null {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || 0);
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** From 1970 to 2200: beyond, it is a mix-up of units or a placeholder, and would take time itself along. */
export function isPlausibleTime(timestampMs: number): boolean {
  return timestampMs >= 0 && timestampMs <= LATEST_MS;
}
