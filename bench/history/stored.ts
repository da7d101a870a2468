/**
 * Windows by the thousand, really stored, queried, and let go of while others are counted: `node bench/history/stored.ts --help`.
 * Some hours are made by the service; the others are their rows again under ids and times of their own.
 */
import { parseArgs } from 'node:util';
import pg from 'pg';
import { HOUR_MS } from '../../src/core/clock.ts';
import type { Pool } from '../../src/store/connection/pool.ts';
import { makePartitionsAhead } from '../../src/store/history/partitions.ts';
import { ask } from './ask.ts';
import { fillHistory } from './fill.ts';
import { letGo } from './let-go.ts';
import { multiply } from './multiply.ts';
import { onDatabase } from './on-database.ts';
import { tableSizes } from './sizes.ts';

const { values: flags } = parseArgs({
  options: {
    models: { type: 'string', default: '1' },
    hours: { type: 'string', default: '8760' },
    made: { type: 'string', default: '1' },
    segments: { type: 'string', default: '20' },
    rows: { type: 'string', default: '2000' },
    features: { type: 'string', default: '50' },
    counts: { type: 'string', default: '90' },
    comparisons: { type: 'string', default: '30' },
    database: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const HELP = `node bench/history/stored.ts [--models 1] [--hours 8760] [--made 1] [--segments 20] [--rows 2000] [--features 50]
  [--counts 90] [--comparisons 30] [--database URL]

Stores hourly windows of so many models over so many hours: measurements and verdicts of all, counts and comparisons of the last days.
So many of the first model's hours are made by the service from events, all others are copies of these.
Asks for what people look at, and lets go of the first third of the time while events are posted. Prints sizes and times.
A year of one model takes ten minutes and 15 GB; a day of 1,000 (--models 1000 --hours 24 --made 24 --segments 10 --rows 1000) ten and 30 GB.
`;

const extent = {
  models: Number(flags.models),
  hours: Number(flags.hours),
  countsDays: Number(flags.counts),
  comparisonsDays: Number(flags.comparisons),
};
const shape = {
  windows: Number(flags.made),
  rows: Number(flags.rows),
  segments: Number(flags.segments),
  features: Number(flags.features),
};

if (flags.help) process.stdout.write(HELP);
else await onDatabase(flags.database, measure);
process.exit();

async function measure(pool: Pool, url: string): Promise<void> {
  await makePartitionsAhead(pool);
  const thisHourMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const madeFrom = Date.now();
  await fillHistory(pool, shape, async () => {}, thisHourMs - extent.hours * HOUR_MS);
  console.log(`${shape.windows} made by the service in ${seconds(madeFrom)} s`);
  const copiedFrom = Date.now();
  await multiply(pool, extent);
  console.log(`the others stored in ${seconds(copiedFrom)} s`);
  await vacuum(pool);
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  await printSizes(db);
  await ask(pool, url, extent.models);
  await letGo(pool, shape, extent);
  await printSizes(db);
  await db.end();
}

/** As autovacuum would by then: it looks at partitions, and never at what they are partitions of. */
async function vacuum(pool: Pool): Promise<void> {
  const tables = await pool.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  );
  for (const { name } of tables.rows) await pool.query(`vacuum (analyze) ${name}`);
}

async function printSizes(db: pg.Client): Promise<void> {
  for (const { table, disk, live, indexes, rows } of (await tableSizes(db)).slice(0, 6))
    console.log(
      `${table.padEnd(18)}${(disk / 1e6).toFixed(0).padStart(9)} MB on disk ${(live / 1e6).toFixed(0).padStart(9)} live ${(indexes / 1e6).toFixed(0).padStart(8)} indexes ${String(rows).padStart(11)} rows`,
    );
}

function seconds(beganMs: number): string {
  return ((Date.now() - beganMs) / 1_000).toFixed(0);
}
