/** The JavaScript of the package: our sources and what they import of others, but for what has to lie in files of its own. */
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { presentEntries, ROOT } from './entries.ts';
import manifest from '../../package.json' with { type: 'json' };

/** Files that are started by their path, and as what. Dashboard and kernel come built: builders have no place in the package. */
const THREADS: Readonly<Record<string, string>> = {
  'src/pipeline/evaluate/evaluation-thread.ts': 'evaluation-thread',
  'src/files/compare/worker.ts': 'compare-thread',
};
const LEFT_OUT: ReadonlySet<string> = new Set([
  'src/dashboard/app/build-main.ts',
  'src/kernel/build-main.ts',
]);

/** Native, or looked up by their own paths while they run; whoever installs the package installs them. */
const external = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });

/**
 * Files are found by `new URL(…, import.meta.url)` and fonts by `import.meta.resolve`. All chunks lie in one folder of
 * the package, so each such place is written anew as seen from there.
 */
function paths(folder: string, copied: string[]): Plugin {
  return {
    name: 'paths',
    transform(code, id) {
      if (!id.startsWith(join(ROOT, 'src/'))) return null;
      return code
        .replaceAll(/new URL\(\s*(['`])([^'`]+)\1,\s*import\.meta\.url\)/g, (_, quote, path) => {
          const place = relative(ROOT, join(dirname(id), path));
          const thread = THREADS[place];
          if (thread === undefined && /\.tsx?$/.test(place) && !LEFT_OUT.has(place)) {
            throw new Error(`${id} starts ${place}, which no chunk is made of`);
          }
          const seen = thread === undefined ? `../${place}` : `./${thread}.js`;
          return `new URL(${quote}${seen}${quote}, import.meta.url)`;
        })
        .replaceAll(/import\.meta\.resolve\('([^']+)'\)/g, (_, name) => {
          const file = createRequire(id).resolve(name);
          copyFileSync(file, join(folder, basename(file)));
          copied.push(file);
          return `new URL('./${basename(file)}', import.meta.url).href`;
        });
    },
  };
}

/** Writes the chunks into the folder. Answers the files that they are made of, or that lie beside them. About ten seconds. */
export async function bundle(folder: string): Promise<string[]> {
  const threads = Object.entries(THREADS).map(([file, name]) => [name, file]);
  const entries: Record<string, string> = {
    ...presentEntries(),
    cli: 'src/cli/main.ts',
    ...Object.fromEntries(threads),
  };
  const copied: string[] = [];
  const made = await rolldown({
    cwd: ROOT,
    input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(ROOT, file)])),
    platform: 'node',
    external: [/^node:/, ...external.flatMap((name) => [name, new RegExp(`^${name}/`)])],
    plugins: [paths(folder, copied)],
    onLog(level, log, forward) {
      // Packages of others may evaluate what they like; nothing else is let pass.
      if (log.code !== 'EVAL') forward(level === 'warn' ? 'error' : level, log);
    },
  });
  // Names stay as they are: errors are read by people.
  const { output } = await made.write({
    dir: folder,
    format: 'esm',
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    chunkFileNames: '[name]-[hash].js',
  });
  await made.close();
  const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? Object.keys(chunk.modules) : []));
  return [...modules, ...copied];
}
