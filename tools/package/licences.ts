import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** What the licences of others ask for: their text beside what is made of their files. @throws where a package has none */
export function licencesOf(files: readonly string[]): string {
  const folders = new Set(files.flatMap((file) => PACKAGE.exec(file)?.[1] ?? []));
  return [...folders]
    .map((folder) => {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name: string;
        version: string;
        license?: string;
      };
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
