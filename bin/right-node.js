// Plain JavaScript that any Node can read, since it is an old one that needs it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST = [22, 18];

/**
 * The Node to run on: this one where it is new enough, else the one that npm has installed beside us, else null. It is
 * looked for by its package, not on the path: npm 10, which comes with Node 20, does not link it into
 * `node_modules/.bin`, because the packages for other platforms that it leaves out bear a program of the same name.
 */
export function rightNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return process.execPath;
  const isWindows = process.platform === 'win32';
  const name = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const node = join(dirname(manifest), 'bin', isWindows ? 'node.exe' : 'node');
    return existsSync(node) ? node : null;
  } catch {
    return null;
  }
}

export const NO_RIGHT_NODE =
  `shiftwatch needs Node ${OLDEST.join('.')} or newer; this is ${process.version}.\n` +
  'In a clone, npm brings the right one for Linux and Windows, unless optional packages are left out: run `npm ci`,\n' +
  'then `npm start`, or `npx shiftwatch` for any command. Elsewhere, install Node 24.\n';

/** Not in the directory for temporary files, where anybody could lay down code for us to run. */
export const COMPILE_CACHE = fileURLToPath(new URL('../.cache/compile', import.meta.url));

/** Runs a program with this Node first on its path, and ends as it ends. */
export function runOn(node, program, args) {
  const path = [dirname(node), process.env.PATH].filter(Boolean).join(delimiter);
  const child = spawn(program, args, {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...process.env, PATH: path },
  });
  const forward = (signal) => {
    // Ctrl-C in a terminal has reached the child too; a second one would tell it to hurry.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  child.once('error', (error) => {
    process.stderr.write(`cannot run ${program}: ${error.message}\n`);
    process.exitCode = 127;
  });
  child.once('close', (code, signal) => {
    for (const each of signals) process.off(each, forward);
    if (signal !== null) process.kill(process.pid, signal);
    else if (process.exitCode === undefined) process.exitCode = code;
  });
}
