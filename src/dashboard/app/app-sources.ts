import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's folder. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** What the application is made of: itself, and the rooms whose words and shapes it shares. */
const ROOMS = ['src/browser', 'src/core', 'src/picture', 'src/words', 'src/dashboard/app'];
const PACKAGES = ['vite', 'react', 'react-dom', 'swr', 'wouter', '@tanstack/react-virtual'];

/**
 * A name for what the application is built from: the sources' bytes and the versions of what is bundled. About 15 ms.
 * @throws where a package is not installed (`npm ci --omit=optional` keeps them; a copy of `src` alone has none).
 */
export function sourcesHash(): string {
  const hash = createHash('sha256');
  for (const room of ROOMS) {
    const files = readdirSync(join(ROOT, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    for (const file of files)
      hash.update(file.slice(ROOT.length)).update('\0').update(readFileSync(file)).update('\0');
  }
  const require = createRequire(import.meta.url);
  for (const name of PACKAGES) {
    // Some packages export no package.json: the nearest one above what they do export is theirs.
    hash.update(`${name}@${versionOf(require.resolve(name), name)}\0`);
  }
  return hash.digest('hex').slice(0, 20);
}

function versionOf(entry: string, name: string): string {
  const folder = entry.slice(0, entry.lastIndexOf(`node_modules/${name}/`) + `node_modules/${name}/`.length);
  const described = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return described.version;
}
