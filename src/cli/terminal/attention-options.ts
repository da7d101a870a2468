import { InvalidArgumentError, Option } from 'commander';
import { DURATION_FORMAT, DURATION_PATTERN, durationMs } from '../../config/duration.ts';
import { UsageError } from '../../core/errors.ts';
import { instantOfText } from './instant.ts';
import { userName } from './user-name.ts';

/** Options of commands that say something about alerts: for how long, and who says it. */

export function durationOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    if (DURATION_PATTERN.test(text) && durationMs(text) > 0) return durationMs(text);
    throw new InvalidArgumentError(`Expected ${DURATION_FORMAT}.`);
  });
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;

export function timeOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    const ms = TIME.test(text) ? instantOfText(text) : null;
    if (ms !== null) return ms;
    throw new InvalidArgumentError(
      'Expected an ISO 8601 time with its offset, such as 2026-03-11T08:00:00Z.',
    );
  });
}

/** Either name is taken everywhere; commander calls the value by the second. */
export function authorOption(
  flags: '--by, --author <name>' | '--author, --by <name>' = '--by, --author <name>',
): Option {
  return new Option(flags, 'who says so')
    .default(userName(), 'the user of this machine')
    .argParser((text: string) => {
      if (/^[^\p{Cc}]{1,100}$/u.test(text.trim())) return text.trim();
      throw new InvalidArgumentError('Expected 1 to 100 characters.');
    });
}

/** Null: neither was given. */
export function endOf(
  { for: lengthMs, until }: { readonly for?: number; readonly until?: number },
  startMs: number,
): number | null {
  if (lengthMs !== undefined && until !== undefined) {
    throw new UsageError('--for and --until say the same', { fix: 'Give one of them.' });
  }
  return lengthMs === undefined ? (until ?? null) : startMs + lengthMs;
}
