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

/** The message of anything thrown, for logs and for wrapping. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
