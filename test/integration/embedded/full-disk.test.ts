import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { atEnd } from '../../harness/cleanup.ts';

const PROGRAM = fileURLToPath(new URL('fixtures/full-disk.ts', import.meta.url));
/** A disk that ends with the process: mounted where nobody else sees it. */
const MOUNTED = [
  '--mount',
  'sh',
  '-c',
  'mount -t tmpfs -o size=220m tmpfs "$1" && cd "$1" && shift && "$@"',
  'sh',
];
const [mayMount = []] = [[], ['--user', '--map-root-user']].filter(
  (options) => spawnSync('unshare', [...options, ...MOUNTED, tmpdir(), 'true']).status === 0,
);
const canMount = spawnSync('unshare', [...mayMount, ...MOUNTED, tmpdir(), 'true']).status === 0;

it.runIf(canMount)(
  'a database whose disk is full is not ready, and is again once there is room',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-full-disk-'));
    atEnd(() => rmSync(folder, { recursive: true, force: true }));
    const ran = spawnSync('unshare', [...mayMount, ...MOUNTED, folder, process.execPath, PROGRAM], {
      encoding: 'utf8',
    });
    expect(ran.stderr).toBe('');
    expect(JSON.parse(ran.stdout)).toEqual({
      empty: null,
      full: {
        ready: false,
        database: 'not_writable',
        migrations: 'current',
        detail: expect.stringMatching(/No space left on device/),
      },
      freed: null,
    });
  },
  300_000,
);
