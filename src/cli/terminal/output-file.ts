import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { UserError, errorMessage } from '../../core/errors.ts';

export type Put = (bytes: string | Uint8Array) => Promise<void>;

/**
 * Writes a file piece by piece, no faster than it can be written.
 *
 * @throws UserError when it cannot be; what `write` throws by itself goes on as it is
 */
export async function writeOutput<T>(path: string, write: (put: Put) => Promise<T>): Promise<T> {
  const out = createWriteStream(path);
  // Told of at the next piece, or at the end.
  const closed = finished(out);
  closed.catch(() => undefined);
  try {
    const result = await write(async (bytes) => {
      if (out.errored !== null) throw out.errored;
      if (!out.write(bytes)) await once(out, 'drain');
    });
    out.end();
    await closed;
    return result;
  } catch (error) {
    if (out.errored === null) throw error;
    throw new UserError(`cannot write ${path}: ${errorMessage(out.errored)}`, {
      fix: isFull(out.errored)
        ? 'Make room there, or name a file elsewhere.'
        : 'Name a file in a folder that exists and that you may write to.',
      cause: error,
    });
  } finally {
    out.destroy();
  }
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

const isFull = (error: Error): boolean => 'code' in error && FULL.has(String(error.code));

/** What the machine refuses to commands that do nothing wrong, with what to do; null for everything else. */
export function refusedByMachine(error: unknown): UserError | null {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null;
  if (isFull(error)) {
    return new UserError(error.message, {
      fix: 'Make room there; TMPDIR names another folder for temporary files.',
      cause: error,
    });
  }
  if (error.syscall !== 'mkdtemp') return null;
  return new UserError(`no temporary folder can be made: ${error.message}`, {
    fix: 'Set TMPDIR to a folder that exists and that you may write to.',
    cause: error,
  });
}
