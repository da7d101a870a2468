import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addExitGuard, removeExitGuard } from './exit-guard.ts';

export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * A folder of its own, which is gone when it is removed, and when the process ends before: by a signal too, for as long as
 * somebody waits for what is done meanwhile.
 *
 * @param prefix of its name, with a hyphen at its end
 */
export function temporaryFolder(prefix: string): TemporaryFolder {
  let made: string | null = null;
  const guard = {
    stop: async () => {
      if (made !== null) await rm(made, { recursive: true, force: true });
    },
    signal: () => {
      if (made !== null) rmSync(made, { recursive: true, force: true });
    },
  };
  // Before there is a folder: a signal that nobody listens to yet would end the process and leave it.
  addExitGuard(guard);
  try {
    made = mkdtempSync(join(tmpdir(), prefix));
  } catch (error) {
    removeExitGuard(guard);
    throw error;
  }
  return {
    path: made,
    remove: async () => {
      await guard.stop();
      removeExitGuard(guard);
    },
  };
}
