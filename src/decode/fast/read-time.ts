import { isPlausibleTime, parseTimestamp } from '../timestamp.ts';

const DATE_LENGTH = 10;
const ZERO = 0x30;
const COLON = 0x3a;
const DOT = 0x2e;
const LETTER_T = 0x54;
const LETTER_Z = 0x5a;
const SECONDS_END = 19;
const MOST_FRACTION_DIGITS = 9;

/**
 * Reads `2026-03-01T12:00:00.123Z`, the spelling nearly all logs use, without building a string. The day is parsed by
 * the ordinary parser and remembered, since the next event nearly always has the same. False for everything else.
 *
 * The time goes to `into[0]`: a number that is answered may be put on the heap each time.
 */
export class TimeReader {
  private readonly day = new Uint8Array(DATE_LENGTH);
  private midnightMs = Number.NaN;

  read(bytes: Uint8Array, from: number, to: number, into: Float64Array): boolean {
    if (to - from <= SECONDS_END || bytes[from + DATE_LENGTH] !== LETTER_T) return false;
    if (bytes[to - 1] !== LETTER_Z) return false;
    if (!this.isSameDay(bytes, from) && !this.learnDay(bytes, from)) return false;
    if (bytes[from + 13] !== COLON || bytes[from + 16] !== COLON) return false;
    const hour = twoDigits(bytes, from + 11);
    const minute = twoDigits(bytes, from + 14);
    const second = twoDigits(bytes, from + 17);
    const millisecond = fractionMs(bytes, from + SECONDS_END, to - 1);
    // 60 is a leap second, as for the ordinary parser.
    if (!(hour <= 23 && minute <= 59 && second <= 60 && millisecond >= 0)) return false;
    const timestampMs = this.midnightMs + ((hour * 60 + minute) * 60 + second) * 1_000 + millisecond;
    into[0] = timestampMs;
    return isPlausibleTime(timestampMs);
  }

  private isSameDay(bytes: Uint8Array, from: number): boolean {
    for (let i = 0; i < DATE_LENGTH; i++) if (bytes[from + i] !== this.day[i]) return false;
    return true;
  }

  private learnDay(bytes: Uint8Array, from: number): boolean {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, DATE_LENGTH).toString('latin1');
    // Eight digits and two dashes: shorter basic forms padded by other bytes must not pass.
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
    const midnight = parseTimestamp(text);
    if (!midnight.ok) return false;
    this.midnightMs = midnight.value;
    this.day.set(bytes.subarray(from, from + DATE_LENGTH));
    return true;
  }
}

/** NaN unless both are digits. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - ZERO;
  const ones = (bytes[at + 1] ?? 0) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Finer than a millisecond is cut off, as by the ordinary parser. Nothing is 0; −1 when it is no fraction. */
function fractionMs(bytes: Uint8Array, from: number, to: number): number {
  if (from === to) return 0;
  const digits = to - from - 1;
  if (bytes[from] !== DOT || digits < 1 || digits > MOST_FRACTION_DIGITS) return -1;
  let millisecond = 0;
  for (let i = 0; i < Math.max(3, digits); i++) {
    const digit = i < digits ? (bytes[from + 1 + i] ?? 0) - ZERO : 0;
    if (digit < 0 || digit > 9) return -1;
    if (i < 3) millisecond = millisecond * 10 + digit;
  }
  return millisecond;
}
