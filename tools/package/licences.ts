import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Inside } from './inside.ts';

/** What the licences of others ask for: their text beside what is made of their files. @throws where a package has none */
export function licencesOf(packages: readonly Inside[]): string {
  return packages
    .map(({ folder, manifest }) => {
      const texts = readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isFile() && /^(licen[sc]e|notice|copying)/i.test(entry.name))
        .map(({ name }) => readFileSync(join(folder, name), 'utf8').trim());
      if (manifest.license === undefined && texts.length === 0) {
        throw new Error(`${manifest.name} names no licence`);
      }
      return [`${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})`, ...texts].join(
        '\n\n',
      );
    })
    .sort()
    .join(`\n\n${'-'.repeat(80)}\n\n`)
    .concat('\n');
}
