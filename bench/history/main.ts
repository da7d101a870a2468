/** What stored windows take, by table: `node bench/history/main.ts --help`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { silentLog } from '../../src/core/log.ts';
import { migrate } from '../../src/store/connection/migrate.ts';
import { createPool } from '../../src/store/connection/pool.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded/start.ts';
import { fillHistory } from './fill.ts';
import { tableSizes } from './sizes.ts';

const { values: flags } = parseArgs({
  options: {
    windows: { type: 'string', default: '14' },
    rows: { type: 'string', default: '2000' },
    segments: { type: 'string', default: '20' },
    features: { type: 'string', default: '50' },
    database: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const HELP = `node bench/history/main.ts [--windows 14] [--rows 2000] [--segments 20] [--features 50] [--database URL]

Stores windows of one model as the service does (predictions, labels, both series) in an embedded PostgreSQL or in
an empty database, and prints what each table holds and takes. Takes three minutes.
`;

if (flags.help) process.stdout.write(HELP);
else await run();
process.exit();

async function run(): Promise<void> {
  if (flags.database !== undefined) return await measure(flags.database);
  const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-history-'));
  const { url, stop } = await startEmbeddedPostgres({ directory: join(folder, 'postgres'), log: silentLog });
  try {
    await measure(url);
  } finally {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(url: string): Promise<void> {
  const shape = {
    windows: Number(flags.windows),
    rows: Number(flags.rows),
    segments: Number(flags.segments),
    features: Number(flags.features),
  };
  await migrate({ connectionString: url, log: silentLog });
  const pool = createPool({ connectionString: url, max: 4, applicationName: 'history', log: silentLog });
  await fillHistory(pool, shape, async (n) => {
    console.error(`window ${n + 1} of ${shape.windows}`);
    // As PostgreSQL does by itself within the hour until the next window.
    await pool.query('vacuum');
  });
  await pool.end();
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  await print(db, shape.windows);
  await db.end();
}

async function print(db: pg.Client, windows: number): Promise<void> {
  const sizes = await tableSizes(db);
  const kB = (bytes: number): string => (bytes / windows / 1_000).toFixed(1).padStart(10);
  console.log(
    `kB a window     ${'disk'.padStart(10)}${'live'.padStart(10)}${'indexes'.padStart(10)}      rows`,
  );
  const line = (name: string, { disk, live, indexes, rows }: Omit<(typeof sizes)[number], 'table'>): void =>
    console.log(
      `${name.padEnd(16)}${kB(disk)}${kB(live)}${kB(indexes)}${(rows / windows).toFixed(1).padStart(10)}`,
    );
  for (const size of sizes) line(size.table, size);
  const sum = (of: 'disk' | 'live' | 'indexes' | 'rows'): number =>
    sizes.reduce((all, size) => all + size[of], 0);
  line('all', { disk: sum('disk'), live: sum('live'), indexes: sum('indexes'), rows: sum('rows') });
}
