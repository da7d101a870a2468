import { InvalidArgumentError } from 'commander';
import { DAY_MS } from '../../core/clock.ts';
import { DURATION_PATTERN, durationMs } from '../../config/duration.ts';

const WEEKS = /^(\d{1,6})w$/;

/**
 * `15m`, `1h`, `1d` as in the configuration, and weeks.
 *
 * @throws InvalidArgumentError, a mistake of usage, for anything else, and for nothing
 * @example windowSizeMs('1w') // 604800000
 */
export function windowSizeMs(text: string): number {
  const weeks = WEEKS.exec(text)?.[1];
  const sizeMs =
    weeks === undefined ? (DURATION_PATTERN.test(text) ? durationMs(text) : 0) : Number(weeks) * 7 * DAY_MS;
  if (sizeMs > 0) return sizeMs;
  throw new InvalidArgumentError('Write a whole number and a unit: 15m, 1h, 1d, 1w.');
}
