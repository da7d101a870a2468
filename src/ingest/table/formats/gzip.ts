import { UserError, errorMessage } from '../../../core/errors.ts';

/** What zlib says of a broken file, for people; anything else is passed on. */
export function notGzip(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (!code.startsWith('Z_')) return error;
  return new UserError(`${path} is not gzip, or is cut off: ${errorMessage(error)}`, {
    fix: 'Copy it again, or take .gz off its name when it is not compressed.',
    cause: error,
  });
}
