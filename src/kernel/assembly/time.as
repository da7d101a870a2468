// `2026-03-01T12:00:00.123Z`, the spelling nearly all logs use. Everything else is left to the ordinary parser.

const ZERO: u32 = 0x30;
const DASH: u32 = 0x2d;
const COLON: u32 = 0x3a;
const DOT: u32 = 0x2e;
const LETTER_T: u32 = 0x54;
const LETTER_Z: u32 = 0x5a;
const SECONDS_END: usize = 19;
const MOST_FRACTION_DIGITS: usize = 9;
const DAY_MS: f64 = 86400000;
/** 2200-01-01. */
const LATEST_MS: f64 = 7258118400000;
const NONE: u32 = 0xffff;

/** Of the time read last. */
export let ms: f64 = 0;

/** The day read last: events come day by day. */
let day: u64 = 0;
let dayEnd: u32 = 0;
let midnightMs: f64 = 0;

export function readTime(from: usize, to: usize): bool {
  if (to - from <= SECONDS_END) return false;
  if (<u32>load<u8>(from + 10) != LETTER_T || <u32>load<u8>(to - 1) != LETTER_Z) return false;
  if (<u32>load<u8>(from + 13) != COLON || <u32>load<u8>(from + 16) != COLON) return false;
  if ((load<u64>(from) != day || <u32>load<u16>(from + 8) != dayEnd) && !learnDay(from)) return false;
  const hour = twoDigits(from + 11);
  const minute = twoDigits(from + 14);
  const second = twoDigits(from + 17);
  // 60 is a leap second, as for the ordinary parser.
  if (hour > 23 || minute > 59 || second > 60) return false;
  const fraction = fractionMs(from + SECONDS_END, to - 1);
  if (fraction == NONE) return false;
  ms = midnightMs + <f64>(((hour * 60 + minute) * 60 + second) * 1000 + fraction);
  return ms <= LATEST_MS;
}

function learnDay(from: usize): bool {
  if (<u32>load<u8>(from + 4) != DASH || <u32>load<u8>(from + 7) != DASH) return false;
  const century = twoDigits(from);
  const ofCentury = twoDigits(from + 2);
  const month = twoDigits(from + 5);
  const dayOfMonth = twoDigits(from + 8);
  if (century == NONE || ofCentury == NONE || month == NONE || dayOfMonth == NONE) return false;
  const year = century * 100 + ofCentury;
  if (year < 1970 || month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > daysInMonth(year, month)) return false;
  // Days since 1970 of the proleptic Gregorian calendar, the year beginning in March.
  const y = month <= 2 ? year - 1 : year;
  const m = month <= 2 ? month + 9 : month - 3;
  const days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + dayOfMonth - 1 - 719468;
  midnightMs = <f64>days * DAY_MS;
  day = load<u64>(from);
  dayEnd = <u32>load<u16>(from + 8);
  return true;
}

function daysInMonth(year: u32, month: u32): u32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** `NONE` unless both are digits. */
function twoDigits(at: usize): u32 {
  const tens = <u32>load<u8>(at) - ZERO;
  const ones = <u32>load<u8>(at + 1) - ZERO;
  return tens <= 9 && ones <= 9 ? tens * 10 + ones : NONE;
}

/** Finer than a millisecond is cut off, as by the ordinary parser. Nothing is 0. */
function fractionMs(from: usize, to: usize): u32 {
  if (from == to) return 0;
  const digits = to - from - 1;
  if (<u32>load<u8>(from) != DOT || digits < 1 || digits > MOST_FRACTION_DIGITS) return NONE;
  let millisecond: u32 = 0;
  for (let i: usize = 0; i < max<usize>(3, digits); i++) {
    const digit = i < digits ? <u32>load<u8>(from + 1 + i) - ZERO : 0;
    if (digit > 9) return NONE;
    if (i < 3) millisecond = millisecond * 10 + digit;
  }
  return millisecond;
}
