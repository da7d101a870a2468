/** The backup and the restore of docs/deployment.md, command by command, on a server of their own version. */
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { migrate } from '../../../src/store/connection/migrate.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { configOf } from '../../config/example.ts';
import { expectConserved } from '../../harness/database/conservation.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { freePort } from '../../harness/free-port.ts';

/** Debian's; tools of one version do not read servers of a later one. */
const DEBIAN = '/usr/lib/postgresql';
const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
const bin = versions
  .map((version) => join(DEBIAN, version, 'bin'))
  .find((path) => ['initdb', 'pg_ctl', 'pg_dump'].every((name) => existsSync(join(path, name))));
const NOBODY = 65_534;

function documentedCommands(): string[] {
  const text = readFileSync(new URL('../../../docs/deployment.md', import.meta.url), 'utf8');
  const block = /## Backups[\s\S]*?```sh\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  return block.trim().split('\n');
}

/** Predictions of three days, which are three partitions. */
async function postDays(pool: Pool, catalog: ModelCatalog): Promise<void> {
  const accept = createAcceptEvents({
    pool,
    catalog,
    segments: new SegmentRegistry(),
    limits: DEFAULT_DECODE_LIMITS,
    reevaluateAfterMs: 3_600_000,
  });
  const at = Date.UTC(2026, 2, 10, 12);
  const lines = Array.from({ length: 300 }, (_, i) =>
    JSON.stringify({
      type: 'prediction',
      model: 'm',
      prediction_id: `p-${i}`,
      prediction: i,
      features: { age: i },
      timestamp: at - (i % 3) * 24 * 3_600_000,
    }),
  );
  const body = Buffer.from(lines.join('\n'));
  const answer = await accept({ body, idempotencyKey: null, receivedAtMs: at });
  expect(answer).toMatchObject({ ok: true });
}

async function rowsOf(pool: Pool): Promise<Map<string, number>> {
  const tables = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  const counts = new Map<string, number>();
  for (const { name } of tables.rows) {
    const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n from ${name}`);
    counts.set(name, rows[0]?.n ?? 0);
  }
  return counts;
}

describe.skipIf(bin === undefined)('the documented restore', () => {
  it('ends without an error, and everything is there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-restore-'));
    atEnd(() => rmSync(folder, { recursive: true, force: true }));
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(folder, NOBODY, NOBODY);
    const port = String(await freePort());
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, PGHOST: '127.0.0.1', PGPORT: port };
    const asOwner = (command: string, ...args: string[]): void => {
      const whole = isRoot
        ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', command, ...args]
        : [command, ...args];
      execFileSync(whole[0] ?? '', whole.slice(1), { env, cwd: folder, stdio: 'ignore' });
    };
    const data = join(folder, 'data');
    asOwner('initdb', '-D', data, '-U', 'shiftwatch', '-E', 'UTF8', '--no-sync');
    const options = `-p ${port} -h 127.0.0.1 -k ${folder} -F`;
    asOwner('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start');
    atEnd(() => asOwner('pg_ctl', '-D', data, '-m', 'immediate', 'stop'));
    const shell = (command: string): void => {
      execFileSync('sh', ['-ec', command], { env, cwd: folder });
    };
    shell('createdb -U shiftwatch shiftwatch');

    const url = `postgres://shiftwatch@127.0.0.1:${port}/shiftwatch`;
    await migrate({ connectionString: url, log: silentLog });
    const open = (): Pool =>
      createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    const config = await configOf('models: [{ name: m, task: regression, windows: [{ size: 1h }] }]');
    const pool = open();
    await postDays(pool, await ModelCatalog.open(pool, config.models));
    const before = await rowsOf(pool);
    expect([...before.keys()].filter((table) => /_20\d+$/.test(table)).length).toBeGreaterThan(1);
    await pool.end();

    for (const command of documentedCommands()) {
      // The service is this test, and has stopped.
      if (/^docker compose (stop|start) shiftwatch$/.test(command)) continue;
      expect(command).toMatch(/^docker compose exec -T postgres /);
      shell(command.replace('docker compose exec -T postgres ', ''));
    }

    const restored = open();
    atEnd(() => restored.end());
    expect(await rowsOf(restored)).toEqual(before);
    await expectConserved(restored);
    // And it goes on: the same ids are known.
    await migrate({ connectionString: url, log: silentLog });
    await postDays(restored, await ModelCatalog.open(restored, config.models));
  });
});
