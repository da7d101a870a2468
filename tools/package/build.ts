/** `npm run build`: makes `dist`, which is what the package runs. A clone runs the sources and needs none of it. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { billOf } from './bill.ts';
import { bundle } from './bundle.ts';
import { declarations } from './declarations.ts';
import { presentEntries, ROOT } from './entries.ts';
import { packagesInside } from './inside.ts';
import { licencesOf } from './licences.ts';
import lock from '../../package-lock.json' with { type: 'json' };

mkdirSync(join(ROOT, 'build'), { recursive: true });
const draft = mkdtempSync(join(ROOT, 'build/dist-'));
// Whoever runs it may be another than whoever built it.
chmodSync(draft, 0o755);
try {
  const builder = join(ROOT, 'src/dashboard/app/build-main.ts');
  const listing = join(draft, 'dashboard.json');
  execFileSync(process.execPath, [builder, join(draft, 'dashboard'), listing], {
    // What it says of a mistake is in the error.
    stdio: 'pipe',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  execFileSync(process.execPath, [join(ROOT, 'src/kernel/build-main.ts'), join(draft, 'kernel.wasm')], {
    stdio: 'pipe',
  });
  const shown = JSON.parse(readFileSync(listing, 'utf8')) as string[];
  rmSync(listing);
  const inside = packagesInside([...(await bundle(draft)), ...shown]);
  for (const name of Object.keys(presentEntries())) {
    // Node requires ES modules since 22.12.
    writeFileSync(join(draft, `${name}.cjs`), `module.exports = require('./${name}.js');\n`);
  }
  writeFileSync(join(draft, 'LICENSES.txt'), licencesOf(inside));
  const bill = billOf(
    lock.packages,
    inside.map(({ place }) => place),
  );
  writeFileSync(join(draft, 'sbom.cdx.json'), `${JSON.stringify(bill, null, 2)}\n`);
  declarations(join(draft, 'types'));
  // One rename at the end, so that a build cut short is never taken for a whole one.
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
  renameSync(draft, join(ROOT, 'dist'));
} finally {
  rmSync(draft, { recursive: true, force: true });
}
