import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
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
export async function temporaryFolder(prefix: string): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  const guard = {
    stop: async () => await rm(path, { recursive: true, force: true }),
    signal: () => rmSync(path, { recursive: true, force: true }),
  };
  addExitGuard(guard);
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true });
      removeExitGuard(guard);
    },
  };
}
