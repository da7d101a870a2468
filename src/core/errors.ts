/**
 * A failure a person can fix. Its message is one plain sentence, `fix` the next step. The command line prints
 * both and exits with 1; anything that is not a UserError is a bug and prints its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly fix: string | null;

  constructor(message: string, options: { fix?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.fix = options.fix ?? null;
  }
}

/**
 * A mistake on the command line that shows without looking at any file, configuration or database, however late it is
 * found. The command line exits with 2.
 */
export class UsageError extends UserError {}

/** The message of anything thrown, for logs and for wrapping. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const MAX_MESSAGE = 300;
const ADDRESS = /\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/@]*@)?([^\s/?#"'`]*)[^\s"'`]*/gi;
const ASSIGNED =
  /\b(pass(?:word|wd)?|secret|token|api[-_]?key|authorization)\b(["']?\s*[:=]\s*)(?:bearer\s+|basic\s+)?\S+/gi;

/**
 * The message of anything thrown, to be kept and shown to others than who reads the log: one line of bounded length, of
 * addresses only scheme and host, nothing that is said to be a password.
 *
 * @example boundedMessage(new Error('no answer from\npostgres://me:hush@db:5432/x')) // 'no answer from postgres://db:5432'
 */
export function boundedMessage(error: unknown): string {
  const line = errorMessage(error)
    .slice(0, 4 * MAX_MESSAGE)
    .replaceAll(/\s+/g, ' ')
    .trim();
  const plain = line.replaceAll(ADDRESS, '$1$2').replaceAll(ASSIGNED, '$1$2***');
  return plain.length <= MAX_MESSAGE ? plain : `${plain.slice(0, MAX_MESSAGE - 1)}…`;
}
