import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../core/clock.ts';

const UNITS_MS = { ms: 1, s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS } as const;
type Unit = keyof typeof UNITS_MS;

/** One whole number and one unit; `1h30m` is written `90m`. Nine digits keep every product below 2^53. */
export const DURATION_PATTERN = /^(\d{1,9})(ms|s|m|h|d)$/;
export const DURATION_FORMAT =
  'a duration: a whole number and a unit (ms, s, m, h, d), such as 30s, 10m, 1h, 7d';

/**
 * Milliseconds of a duration as written in the configuration.
 *
 * @throws RangeError when the text is not a duration: the schema has let only durations through
 * @example durationMs('10m') // 600000
 */
export function durationMs(text: string): number {
  const match = DURATION_PATTERN.exec(text);
  if (match === null) throw new RangeError(`not a duration: ${text}`);
  return Number(match[1]) * UNITS_MS[match[2] as Unit];
}

/**
 * The shortest spelling, in the largest unit that divides it.
 *
 * @example durationText(5400000) // '90m'
 */
export function durationText(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms >= UNITS_MS[unit] && ms % UNITS_MS[unit] === 0) return `${ms / UNITS_MS[unit]}${unit}`;
  }
  return `${ms}ms`;
}

/** How long windows are, or from how many rows on they end. One of the two is null. */
export interface WindowSize {
  readonly size_ms: number | null;
  readonly size_rows: number | null;
}

/** @example windowSizeText({ size_ms: null, size_rows: 1000 }) // '1,000 rows' */
export function windowSizeText({ size_ms: ms, size_rows: rows }: WindowSize): string {
  return ms === null ? `${(rows ?? 0).toLocaleString('en')} rows` : durationText(ms);
}
