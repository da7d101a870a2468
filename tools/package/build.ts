/** `npm run build`: makes `dist`, which is what the package runs. A clone runs the sources and needs none of it. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { declarations } from './declarations.ts';
import { presentEntries, ROOT } from './entries.ts';
import { licencesOf } from './licences.ts';

mkdirSync(join(ROOT, 'build'), { recursive: true });
const draft = mkdtempSync(join(ROOT, 'build/dist-'));
// Whoever runs it may be another than whoever built it.
chmodSync(draft, 0o755);
try {
  const builder = join(ROOT, 'src/dashboard/app/build-main.ts');
  execFileSync(process.execPath, [builder, join(draft, 'dashboard')], {
    // What it says of a mistake is in the error.
    stdio: 'pipe',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const files = await bundle(draft);
  for (const name of Object.keys(presentEntries())) {
    // Node requires ES modules since 22.12.
    writeFileSync(join(draft, `${name}.cjs`), `module.exports = require('./${name}.js');\n`);
  }
  writeFileSync(join(draft, 'LICENSES.txt'), licencesOf(files));
  declarations(join(draft, 'types'));
  // One rename at the end, so that a build cut short is never taken for a whole one.
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
  renameSync(draft, join(ROOT, 'dist'));
} finally {
  rmSync(draft, { recursive: true, force: true });
}
