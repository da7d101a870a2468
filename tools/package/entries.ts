import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** What can be imported of the package, and the source it is made of. */
const ENTRIES: Readonly<Record<string, string>> = {
  index: 'src/index.ts',
  stats: 'src/stats/index.ts',
  client: 'src/client/index.ts',
};

/** One without its source is none. */
export function presentEntries(): Record<string, string> {
  return Object.fromEntries(Object.entries(ENTRIES).filter(([, file]) => existsSync(join(ROOT, file))));
}
