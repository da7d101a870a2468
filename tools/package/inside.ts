import { readFileSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './entries.ts';

const PACKAGE = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//;

export interface Inside {
  readonly folder: string;
  /** As package-lock.json calls it. */
  readonly place: string;
  readonly manifest: { readonly name: string; readonly version: string; readonly license?: string };
}

/** The packages of others that the files are of, each once. */
export function packagesInside(files: readonly string[]): Inside[] {
  const installed = realpathSync(join(ROOT, 'node_modules'));
  const folders = new Set(files.flatMap((file) => PACKAGE.exec(file)?.[1] ?? []));
  return [...folders].map((folder) => ({
    folder,
    place: join('node_modules', relative(installed, realpathSync(folder))),
    manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Inside['manifest'],
  }));
}
