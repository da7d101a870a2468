import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../clock.ts';

const UNITS_MS: readonly (readonly [unit: string, ms: number])[] = [
  ['w', 7 * DAY_MS],
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['m', MINUTE_MS],
  ['s', SECOND_MS],
  ['ms', 1],
];

/** As an address writes the size of windows: `1h`, `500rows`. */
export const SIZE_TEXT: RegExp = /^([1-9]\d{0,8})(w|d|h|m|s|ms|rows)$/;

/**
 * Milliseconds, or rows as a negative number, which is how the store tells the two apart. Null: it is no size.
 *
 * @example sizeFromText('500rows') // -500
 */
export function sizeFromText(text: string): number | null {
  const [, count = '', unit = ''] = SIZE_TEXT.exec(text) ?? [];
  if (count === '') return null;
  if (unit === 'rows') return -Number(count);
  return Number(count) * (UNITS_MS.find(([each]) => each === unit)?.[1] ?? 0);
}

/** The shortest spelling; weeks are days, as in the configuration. @example sizeToText(-500) // '500rows' */
export function sizeToText(size: number): string {
  if (size < 0) return `${-size}rows`;
  const [unit, ms] = UNITS_MS.slice(1).find(([, each]) => size % each === 0) ?? ['ms', 1];
  return `${size / ms}${unit}`;
}
