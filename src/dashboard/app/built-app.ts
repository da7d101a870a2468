import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';

/** One file of the built application, as it is sent. */
export interface AppFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly brotli: Buffer | null;
  readonly gzip: Buffer | null;
}

/** The built application: its shell, and its files by address. */
export interface BuiltApp {
  readonly shell: AppFile;
  readonly files: ReadonlyMap<string, AppFile>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Reads a built application into memory (below a megabyte). Null: there is none in this folder. */
export async function readBuiltApp(folder: string): Promise<BuiltApp | null> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = new Map<string, AppFile>();
  for (const entry of entries) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const [bytes, brotli, gzip] = await Promise.all([
      readFile(path),
      readFile(`${path}.br`).catch(() => null),
      readFile(`${path}.gz`).catch(() => null),
    ]);
    files.set(`/${relative(folder, path)}`, { type, bytes, brotli, gzip });
  }
  const shell = files.get('/index.html');
  return shell === undefined ? null : { shell, files };
}
