import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { errorMessage } from '../../core/errors.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { ComparisonAsked } from '../../api/api-deps.ts';

const SHIFTWATCH = fileURLToPath(new URL('../../../bin/shiftwatch.js', import.meta.url));
/** 0: nothing was found; 3: something was. */
const COMPARED: readonly (number | null)[] = [0, 3];
const MOST_SAID_CHARACTERS = 4_000;

/**
 * `shiftwatch compare` of two files in a process of its own, which can be ended at any moment, and whose memory is not
 * the service's. Its JSON goes into a file.
 *
 * @returns why the two cannot be compared, in the command's words, without the places of the files
 */
export async function runComparison(
  asked: ComparisonAsked,
  signal: AbortSignal,
): Promise<Result<null, string>> {
  const { flags, reference, current, answer, folder } = asked;
  const out = await open(answer, 'w', 0o600);
  let said = '';
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      const child = spawn(
        process.execPath,
        [SHIFTWATCH, 'compare', '--json', ...flags, '--', reference, current],
        {
          cwd: folder,
          stdio: ['ignore', out.fd, 'pipe'],
          signal,
          killSignal: 'SIGKILL',
          // The service's secrets are none of its business.
          env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, NO_COLOR: '1' },
        },
      );
      child.stderr?.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString('utf8')).slice(-MOST_SAID_CHARACTERS);
      });
      child.on('error', reject);
      child.on('close', resolve);
    });
    return COMPARED.includes(code) ? ok(null) : fail(wordsOf(said, asked));
  } catch (error) {
    if (signal.aborted) return fail('It was ended before it was done.');
    throw new Error(`shiftwatch compare could not be started: ${errorMessage(error)}`, { cause: error });
  } finally {
    await out.close();
  }
}

/** The line of the error and what mends it; files as the request calls them. */
function wordsOf(said: string, { reference, current, folder }: ComparisonAsked): string {
  const lines = said.trim().split('\n');
  const at = lines.findIndex((line) => line.startsWith('error: '));
  const words = (at === -1 ? lines.slice(-3) : lines.slice(at)).join('\n').replace(/^error: /, '');
  const bare = words.replaceAll(reference, 'reference').replaceAll(current, 'current').replaceAll(folder, '');
  return bare === '' ? 'The comparison ended without a word; was there too little memory?' : bare;
}
