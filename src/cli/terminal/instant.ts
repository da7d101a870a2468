import { parseTimestamp } from '../../decode/timestamp.ts';

const WRITTEN = /^\d{4}-\d{2}-\d{2}(?:T|$)/;

/**
 * Epoch milliseconds of a time that somebody typed, read as a log's: a date alone is its midnight, without a zone it is UTC,
 * and 30 February is none. Null for what is no time.
 *
 * @example instantOfText('2026-03-01') // 1772323200000
 */
export function instantOfText(text: string): number | null {
  const parsed = WRITTEN.test(text) ? parseTimestamp(text) : null;
  return parsed?.ok === true ? parsed.value : null;
}
