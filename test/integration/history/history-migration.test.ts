import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import { expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { KNOWN_MIGRATIONS } from '../../../src/store/connection/known-migrations.ts';
import { migrate } from '../../../src/store/connection/migrate.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { loadFeatureComparisons } from '../../../src/store/history/comparisons.ts';
import { listPartitions, makePartitionsAhead } from '../../../src/store/history/partitions.ts';
import { listMeasurements } from '../../../src/store/read-models/measurements.ts';
import { listWindows } from '../../../src/store/read-models/windows.ts';
import { appendParts } from '../../../src/store/windows/window-parts.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createEmptyDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

const MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url));
const DETAILS = {
  name: 'age',
  status: 'drift',
  faults: [],
  drifted: true,
  metrics: { psi: 0.3 },
  counts: { bins: [1, null], reference: [5, 5], current: [7, 3] },
};

/** A database of the release before, with a window of one measured feature. */
async function before(): Promise<{ url: string; pool: Pool; windowId: string }> {
  const { url } = await createEmptyDatabase('history_migration');
  const pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
  atEnd(() => pool.end());
  const client = await pool.connect();
  const quiet = (): void => {};
  await runner({
    dbClient: client,
    dir: MIGRATIONS,
    direction: 'up',
    migrationsTable: 'shiftwatch_migration',
    count: KNOWN_MIGRATIONS.filter((name) => name < '0033').length,
    singleTransaction: true,
    noLock: true,
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  client.release();
  const made = await pool.query<{ id: string }>(
    `with m as (insert into model (name, task) values ('credit', 'classification') returning id),
       v as (insert into model_version (model_id, name) select id, '1' from m returning id)
     insert into "window" (model_version_id, size_ms, start_at, end_at, grace_ms, state, closed_revision, closed_deltas)
     select id, 3600000, '2026-03-01', '2026-03-01 01:00', 0, 'closed', 1, 1 from v returning id::text`,
  );
  const windowId = made.rows[0]!.id;
  await pool.query(
    `insert into window_part (window_id, segment, kind, source, partition, from_offset, to_offset, rows, delta)
     values ($1, '', 'input', 'kafka:a', 0, 1, 2, 10, '\\x00')`,
    [windowId],
  );
  await pool.query(
    `insert into measurement (window_id, series, segment, subject, name, revision, kind, status, severity, drifted, reason,
       rows_reference, rows_current, missing_reference, missing_current, invalid_reference, invalid_current, psi, details)
     values ($1, 'closed', '', 'feature', 'age', 1, 'numeric', 'drift', 'warn', true, 'drift', 10, 10, 0, 0, 0, 0, 0.3, $2)`,
    [windowId, JSON.stringify(DETAILS)],
  );
  await pool.query(
    `insert into verdict (window_id, series, segment, revision, verdict, types, not_tested, confidence, advice, summary, rows, diagnosis)
     values ($1, 'closed', '', 1, 'covariate_shift', '{covariate_shift}', '{}', 0.9, 'watch', 's', 10, '{}')`,
    [windowId],
  );
  return { url, pool, windowId };
}

describeWith(['postgres'], 'a database of the release before', () => {
  it('keeps what it has as the first partition of each table, and is read as it was', async () => {
    const { url, pool, windowId } = await before();
    expect(await migrate({ connectionString: url, log: silentLog })).toEqual(
      KNOWN_MIGRATIONS.filter((name) => name >= '0033'),
    );
    expect((await listPartitions(pool)).map(({ name }) => name)).toEqual([
      'measurement_before',
      'verdict_before',
      'window_part_before',
    ]);
    const { items } = await listMeasurements(pool, { details: true, windowId }, { limit: 10, after: null });
    expect(items).toMatchObject([{ name: 'age', psi: 0.3, details: DETAILS }]);
    expect(await loadFeatureComparisons(pool, windowId, '')).toEqual([DETAILS]);
    expect((await listWindows(pool, {}, { limit: 10, after: null })).items).toMatchObject([
      { rows: 10, dirty: false },
    ]);
    // Ids of parts and verdicts go on where they were, windows begin where the new partitions do.
    await makePartitionsAhead(pool);
    const next = await pool.query<{ id: number }>(
      `insert into "window" (model_version_id, size_ms, start_at, end_at, grace_ms)
       select id, 3600000, '2026-03-01 01:00', '2026-03-01 02:00', 0 from model_version returning id`,
    );
    const id = next.rows[0]!.id;
    const part = {
      windowId: id,
      segment: '',
      kind: 'input',
      source: 's',
      partition: 0,
      from: 1n,
      to: 2n,
      rows: 1,
      delta: Buffer.of(0),
    } as const;
    const client = await pool.connect();
    await appendParts(client, [part]);
    client.release();
    const found = await pool.query<{ in: string; id: number }>(
      `select tableoid::regclass::text as "in", id from window_part order by id`,
    );
    expect(found.rows).toEqual([
      { in: 'window_part_before', id: 1 },
      { in: `window_part_from_${id}`, id: 2 },
    ]);
  });

  it('is migrated behind somebody who reads for long, and nobody waits for either', async () => {
    const { url, pool } = await before();
    const reader = await pool.connect();
    // A pool waits at its end for who still holds a connection, as this one does where the test fails.
    atEnd(() => reader.release(true));
    await reader.query('begin; select * from measurement');
    let isDone = false;
    const migrated = migrate({ connectionString: url, log: silentLog }).then(() => (isDone = true));
    // The reader goes on until these are through: where one waited behind the migration for as long as that waits
    // for the reader, it would wait for ever. How long they wait is measured by bench/history.
    for (let n = 0; n < 20; n += 1) {
      await pool.query(
        `begin; set local statement_timeout = '60s'; select from measurement; select from verdict; commit; select pg_sleep(0.05)`,
      );
    }
    expect(isDone).toBe(false);
    await reader.query('commit');
    await migrated;
    expect(isDone).toBe(true);
  });
});
