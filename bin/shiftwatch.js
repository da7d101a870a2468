#!/usr/bin/env node
// Plain JavaScript that any Node can read, so that an old one hands over to the right one, or says what it lacks.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NO_RIGHT_NODE, rightNode, runOn } from './right-node.js';

const node = rightNode();
if (node === process.execPath) {
  const { keepCompiled, withoutMaglev } = await import('./compile-cache.js');
  withoutMaglev();
  keepCompiled();
  // What runs migrations could load other kinds of them, and would keep a cache for that in the temporary folder.
  process.env.JITI_FS_CACHE ??= 'false';
  // A clone runs its sources, whatever was built of them before; the package has none.
  const sources = new URL('../src/cli/main.ts', import.meta.url);
  const { main } = await import(existsSync(sources) ? sources.href : '../dist/cli.js');
  process.exitCode = await main(process.argv.slice(2));
} else if (node === null) {
  process.stderr.write(NO_RIGHT_NODE);
  process.exitCode = 1;
} else {
  runOn(node, node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
}
