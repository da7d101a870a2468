/** What stored windows take, by table: `node bench/history/main.ts --help`. */
import { parseArgs } from 'node:util';
import pg from 'pg';
import type { Pool } from '../../src/store/connection/pool.ts';
import { fillHistory } from './fill.ts';
import { onDatabase } from './on-database.ts';
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
else await onDatabase(flags.database, measure);
process.exit();

async function measure(pool: Pool, url: string): Promise<void> {
  const shape = {
    windows: Number(flags.windows),
    rows: Number(flags.rows),
    segments: Number(flags.segments),
    features: Number(flags.features),
  };
  await fillHistory(pool, shape, async (n) => {
    console.error(`window ${n + 1} of ${shape.windows}`);
    // As PostgreSQL does by itself within the hour until the next window.
    await pool.query('vacuum');
  });
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
