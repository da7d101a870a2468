import { describe, expect, it } from 'vitest';
import { fillHistory } from '../../../bench/history/fill.ts';
import { silentLog } from '../../../src/core/log.ts';
import { migrate } from '../../../src/store/connection/migrate.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { listPartitions, makePartitionsAhead } from '../../../src/store/history/partitions.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { expectConserved } from '../../harness/database/conservation.ts';
import { hasBackupTools, startBackedUpServer } from '../../harness/database/documented-backup.ts';

const SHAPE = { windows: 3, rows: 60, segments: 2, features: 4 };

/** Every table, with how many rows it has, and every sequence with where it is. */
async function held(pool: Pool): Promise<Map<string, number>> {
  const tables = await pool.query<{ name: string; at: number | null }>(
    `select format('%I.%I', schemaname, tablename) as name, null::float8 as at from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')
     union all select format('%I.%I', schemaname, sequencename), coalesce(last_value, 0)::float8 from pg_sequences order by 1`,
  );
  const counts = new Map<string, number>();
  for (const { name, at } of tables.rows) {
    if (at !== null) counts.set(name, at);
    else {
      const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n from ${name}`);
      counts.set(name, rows[0]?.n ?? 0);
    }
  }
  return counts;
}

describe.skipIf(!hasBackupTools)('the documented restore', () => {
  it('ends without an error, and everything is there', async () => {
    const server = await startBackedUpServer();
    await migrate({ connectionString: server.url, log: silentLog });
    const open = (): Pool =>
      createPool({ connectionString: server.url, max: 4, applicationName: 'test', log: silentLog });
    const pool = open();
    await makePartitionsAhead(pool);
    await fillHistory(pool, SHAPE, async (n) => {
      // The last window is opened before somebody has made its partition.
      if (n === SHAPE.windows - 2) await pool.query(`select setval('window_id_seq', 9000)`);
    });
    const [before, schema] = [await held(pool), await server.schema()];
    for (const table of ['window_part', 'measurement', 'comparison', 'verdict'])
      for (const part of [`${table}_from_1`, `${table}_rest`])
        expect(before.get(`public.${part}`), part).toBeGreaterThan(0);
    const days = [...before.keys()].filter((table) => /prediction_\w+_20\d+$/.test(table));
    expect(days.length).toBeGreaterThan(0);
    await pool.end();

    await server.backup();
    await server.restore();

    const restored = open();
    atEnd(() => restored.end());
    expect(await held(restored)).toEqual(before);
    expect(await server.schema()).toBe(schema);
    await expectConserved(restored);
    // And it goes on: what was early is taken to its partition, and no partition is there twice.
    expect(await migrate({ connectionString: server.url, log: silentLog })).toEqual([]);
    expect(await makePartitionsAhead(restored)).toBeGreaterThan(0);
    const after = await held(restored);
    expect(after.get('public.measurement_rest')).toBe(0);
    expect(after.get('public.measurement')).toBe(before.get('public.measurement'));
    const known = await listPartitions(restored);
    expect(new Set(known.map(({ name }) => name)).size).toBe(known.length);
  });
});
