import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's folder. */
export const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
export const ASSEMBLY = join(PACKAGE, 'src/kernel/assembly');

/** A name for what the kernel is compiled from. */
export function kernelHash(): string {
  const hash = createHash('sha256');
  const files = readdirSync(ASSEMBLY).sort();
  for (const file of [
    ...files.map((name) => join(ASSEMBLY, name)),
    join(PACKAGE, 'src/kernel/build-main.ts'),
  ]) {
    hash.update(file.slice(PACKAGE.length)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex').slice(0, 20);
}
