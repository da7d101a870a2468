/**
 * Builds the browser application into the folder that is named, in a process of its own: `node build-main.ts FOLDER [LIST]`.
 * LIST becomes the files that it is made of, as JSON.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build, type Plugin } from 'vite';
import { tokensCss } from '../../words/tokens.ts';
import { ROOT } from './app-sources.ts';

const TOKENS = 'virtual:tokens.css';
/** Below this a compressed copy saves nothing that is felt. */
const WORTH_COMPRESSING_BYTES = 1_024;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** The palette that pages and mails are drawn with, as a style sheet: one source for all of them. */
function tokens(): Plugin {
  return {
    name: 'tokens',
    resolveId: (id) => (id === TOKENS ? `\0${TOKENS}` : null),
    load: (id) => (id === `\0${TOKENS}` ? tokensCss() : null),
  };
}

async function main(folder: string, list?: string): Promise<void> {
  const draft = `${folder}.${process.pid}`;
  await mkdir(dirname(folder), { recursive: true });
  try {
    const made = await build({
      root: join(ROOT, 'src/browser'),
      configFile: false,
      logLevel: 'warn',
      publicDir: false,
      plugins: [tokens()],
      build: {
        outDir: draft,
        emptyOutDir: true,
        target: 'es2022',
        modulePreload: { polyfill: false },
        reportCompressedSize: false,
        // Small pictures would be inlined as data: addresses, which the policy does not allow in styles.
        assetsInlineLimit: 0,
      },
    });
    if (list !== undefined) await writeFile(list, JSON.stringify(modulesOf(made)));
    await compressBelow(draft);
    // Whoever was first is as good: the name is the hash of the sources.
    await rename(draft, folder).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function modulesOf(made: Awaited<ReturnType<typeof build>>): string[] {
  const outputs = [made].flat().flatMap((one) => ('output' in one ? one.output : []));
  return outputs.flatMap((chunk) => (chunk.type === 'chunk' ? Object.keys(chunk.modules) : []));
}

async function compressBelow(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    if (bytes.length < WORTH_COMPRESSING_BYTES) continue;
    await writeFile(`${path}.br`, await brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
    await writeFile(`${path}.gz`, await zip(bytes, { level: 9 }));
  }
}

const [, , folder, list] = process.argv;
if (folder === undefined) throw new Error('name the folder to build into');
await main(folder, list);
