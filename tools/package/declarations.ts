/** The types of what can be imported: declarations of the entries, and of what these name. */
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { presentEntries, ROOT } from './entries.ts';

/** Not what comments show. */
const SPECIFIER = /(^(?:import|export)\s(?:[^'";]*?\sfrom\s)?|\bimport\()(['"])([^'"]+)\2/gm;

/**
 * Writes them below the folder, where they lie as their sources do.
 * @throws where one names types of a package or of Node, which whoever installs ours may not have
 */
export function declarations(folder: string): void {
  const drafts = mkdtempSync(join(ROOT, 'build/types-'));
  try {
    const sources = Object.values(presentEntries());
    const config = join(drafts, 'tsconfig.json');
    writeFileSync(
      config,
      JSON.stringify({
        extends: '../../tsconfig.json',
        compilerOptions: {
          noEmit: false,
          declaration: true,
          emitDeclarationOnly: true,
          resolveJsonModule: true,
          rootDir: ROOT,
          outDir: join(drafts, 'out'),
        },
        include: [],
        files: [...sources, ...globSync('src/**/*.d.ts', { cwd: ROOT })].map((file) => join(ROOT, file)),
      }),
    );
    execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', config], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    for (const source of sources)
      copy(join(drafts, 'out'), source.replace(/\.ts$/, '.d.ts'), folder, new Set());
  } finally {
    rmSync(drafts, { recursive: true, force: true });
  }
}

function copy(from: string, file: string, to: string, done: Set<string>): void {
  if (done.has(file)) return;
  done.add(file);
  const text = readFileSync(join(from, file), 'utf8');
  mkdirSync(dirname(join(to, file)), { recursive: true });
  // Once for those who import, once for those who require: the compiler takes a declaration for what its name says.
  for (const kind of ['ts', 'cts']) {
    const written = text.replaceAll(SPECIFIER, (_, lead: string, quote: string, name: string) => {
      if (!name.startsWith('.')) throw new Error(`the declarations of ${file} name ${name}`);
      copy(from, join(dirname(file), name.replace(/\.ts$/, '.d.ts')), to, done);
      return `${lead}${quote}${name.replace(/\.ts$/, kind === 'ts' ? '.js' : '.cjs')}${quote}`;
    });
    writeFileSync(join(to, file.replace(/ts$/, kind)), written);
  }
}
