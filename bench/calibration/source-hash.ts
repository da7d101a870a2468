import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';

const RELATIVE_IMPORT = /\bfrom '(\.[^']+)'/g;

/** A hash of a module and of all it imports from this repository, directly or not: what its results depend on. */
export function sourceHash(root: string, entry: string): string {
  const hash = createHash('sha256');
  for (const file of modulesOf(entry)) hash.update(relative(root, file)).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

function modulesOf(entry: string): string[] {
  const found = new Set([entry]);
  // Files added on the way are visited too: a set is walked in order of insertion.
  for (const file of found) {
    for (const [, path] of readFileSync(file, 'utf8').matchAll(RELATIVE_IMPORT)) {
      if (path !== undefined) found.add(resolve(dirname(file), path));
    }
  }
  return [...found].toSorted();
}
