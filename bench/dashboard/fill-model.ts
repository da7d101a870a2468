/** One model of many features over months: an hour is made by the service, the other hours and features are copies of it that move a little. */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { HOUR_MS } from '../../src/core/clock.ts';
import type { Pool } from '../../src/store/connection/pool.ts';
import { heatCellsOf } from '../../src/store/history/heat-cells.ts';
import { makePartitionsAhead } from '../../src/store/history/partitions.ts';
import { fillHistory } from '../history/fill.ts';
import { multiply } from '../history/multiply.ts';

const MADE_FEATURES = 10;
const DAYS = 90;

/** @param features a multiple of ten */
export async function fillModel(pool: Pool, features: number, hours: number): Promise<void> {
  const shape = { windows: 1, rows: 1_000, segments: 2, features: MADE_FEATURES };
  const thisHourMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  await makePartitionsAhead(pool);
  await fillHistory(pool, shape, async () => {}, thisHourMs - hours * HOUR_MS);
  const copies = features / MADE_FEATURES - 1;
  const columns = await copiedColumns(pool, copies);
  await pool.query(
    `insert into measurement (${columns}) select ${columns.replace(' name,', " m.name || '_' || n,")}
     from measurement m, generate_series(1, $1::int) n where m.subject = 'feature'`,
    [copies],
  );
  await widenComparisons(pool, copies);
  await multiply(pool, { models: 1, hours, countsDays: DAYS, comparisonsDays: DAYS });
  await pool.query('select setseed(0.42)');
  await pool.query(
    `update measurement set jensen_shannon = least(1, jensen_shannon * (0.3 + 1.4 * random()))
     where subject = 'feature' and segment = ''`,
  );
  await pool.query(
    `update verdict d set (heat_names, heat_cells) = ${heatCellsOf('d.window_id', 'd.segment')} where series = 'closed'`,
  );
  const tables = await pool.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  );
  for (const { name } of tables.rows) await pool.query(`vacuum (analyze) ${name}`);
}

async function copiedColumns(pool: Pool, copies: number): Promise<string> {
  const { rows } = await pool.query<{ columns: string }>(
    `select string_agg(attname, ', ' order by attnum) as columns from pg_attribute
     where attrelid = 'measurement'::regclass and attnum > 0 and not attisdropped`,
  );
  if (!Number.isInteger(copies) || copies < 0) throw new Error('features go by tens');
  return rows[0]!.columns;
}

async function widenComparisons(pool: Pool, copies: number): Promise<void> {
  const { rows } = await pool.query<{ place: string; held: string; columns: Buffer }>(
    `select tableoid::regclass::text as held, ctid::text as place, columns from comparison where about = 'inputs' and series = 'closed'`,
  );
  for (const { held, place, columns } of rows) {
    const made = JSON.parse(zstdDecompressSync(columns).toString()) as [string, { name: string }][];
    const more = made
      .filter(([subject]) => subject === 'feature')
      .flatMap(([subject, comparison]) =>
        Array.from({ length: copies }, (_, n) => [
          subject,
          { ...comparison, name: `${comparison.name}_${n + 1}` },
        ]),
      );
    const packed = zstdCompressSync(JSON.stringify([...made, ...more]));
    await pool.query(`update ${held} set columns = $1 where ctid = $2::tid`, [packed, place]);
  }
}
