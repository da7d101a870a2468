import { beforeAll, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { sweepLabels } from '../../../src/pipeline/labels/label-joiner.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { dropOldDays, ensureDays } from '../../../src/store/predictions/partitions.ts';
import { createPool, inTransaction, type Pool } from '../../../src/store/connection/pool.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { expectConserved } from '../../harness/database/conservation.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { DEADLINES } from '../../harness/deadlines.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { fetched, labelLine, partitionConsumer, predictionLine, RECEIVED_MS } from '../partition-log.ts';

const SPEC = modelSpec({ windows: [{ sizeMs: DAY_MS, graceMs: 0, acceptLateMs: 1e13 }] });
const DAYS = 60;
/** Day 0 is today. */
const on = (day: number): { timestamp: number } => ({ timestamp: RECEIVED_MS - day * DAY_MS });

describeWith(['postgres'], 'retention', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('retention');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const values = Array.from({ length: DAYS }, (_, i) => predictionLine(`old-${i}`, '1', on(i + 40)));
    const one = await partitionConsumer(pool, { specs: [SPEC] });
    await one.onRecords(fetched({ partition: 0, values }, 0));
    await one.checkpointAll();
  });

  /** As if these days had been stored 31 days ago. */
  const age = async (days: string): Promise<void> => {
    await pool.query(`update prediction_block set created_at = now() - interval '31 days' where ${days}`);
    await pool.query(`update prediction_day set made_at = now() - interval '31 days' where ${days}`);
  };
  const daysKept = async (): Promise<number> => {
    const found = await pool.query<{ n: number }>(
      `select count(*)::int as n from pg_inherits where inhparent = 'prediction_pack'::regclass`,
    );
    return found.rows[0]?.n ?? 0;
  };
  const sweep = async () =>
    await sweepLabels({
      pool,
      catalog: await ModelCatalog.open(pool, [SPEC]),
      reevaluateAfterMs: 0,
      log: silentLog,
    });

  it('begins a day while a backup is taken', async () => {
    const tables = ['prediction_pack', 'prediction_chunk', 'prediction_label'];
    await inTransaction(pool, async (dump) => {
      // As `pg_dump` does of every table, until it ends.
      await dump.query(`lock table ${tables.join(', ')} in access share mode`);
      await ensureDays(pool, ['2031-01-01']);
    });
    const found = await pool.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits
       where inhrelid::regclass::text like '%20310101' order by 1 desc`,
    );
    expect(found.rows.map(({ name }) => name).sort()).toEqual(
      tables.map((name) => `${name}_20310101`).sort(),
    );
    await pool.query(`drop table ${found.rows.map(({ name }) => name).join(', ')}`);
    await pool.query(`delete from prediction_day where event_day = '2031-01-01'`);
  });

  it('begins a day once, however many ask for it at one moment', async () => {
    for (const day of ['2031-02-01', '2031-02-02', '2031-02-03']) {
      await Promise.all(Array.from({ length: 8 }, async () => await ensureDays(pool, [day])));
      const made = await pool.query(`select to_regclass($1) as name`, [
        `prediction_label_${day.replaceAll('-', '')}`,
      ]);
      expect(made.rows[0].name).not.toBeNull();
    }
    await pool.query(
      `drop table ${['pack', 'chunk', 'label'].flatMap((of) => [1, 2, 3].map((n) => `prediction_${of}_2031020${n}`)).join(', ')}`,
    );
  });

  it('keeps days that were read lately, however old their events are', async () => {
    expect(await dropOldDays(pool, Date.now() - 30 * DAY_MS)).toEqual([]);
    expect(await daysKept()).toBe(DAYS);
  });

  it('reads no day out of the names of other tables, in whatever order the planner looks at them', async () => {
    const { url } = await createDatabase('retention_plan');
    const admin = createPool({ connectionString: url, max: 1, applicationName: 'test', log: silentLog });
    await admin.query(
      `do $$ begin execute format('alter database %I set enable_nestloop = off', current_database()); end $$`,
    );
    await admin.query('analyze pg_class');
    await admin.end();
    const planned = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
    atEnd(() => planned.end());
    expect(await dropOldDays(planned, Date.now() - DAY_MS)).toEqual([]);
  });

  it('drops sixty days while a writer goes on, which hardly waits', async () => {
    await age('true');
    const writer = await partitionConsumer(pool, { specs: [SPEC] });
    const values = Array.from({ length: 20_000 }, (_, i) => predictionLine(`new-${i}`, '1', on(0)));
    let longestMs = 0;
    let done = false;
    let at = 0;
    const writing = (async () => {
      for (; !done || at < 200; at += 10) {
        const begunMs = performance.now();
        await writer.onRecords(fetched({ partition: 1, values }, at, at + 10));
        await writer.checkpointAll();
        longestMs = Math.max(longestMs, performance.now() - begunMs);
        if (at + 10 >= values.length) throw new Error('dropping took too long');
      }
    })();
    const gone = new Set<string>();
    const droppingFromMs = performance.now();
    const endMs = droppingFromMs + DEADLINES.longWaitMs;
    while (gone.size < DAYS && performance.now() < endMs) {
      for (const day of await dropOldDays(pool, Date.now() - 30 * DAY_MS)) gone.add(day);
    }
    const droppingMs = performance.now() - droppingFromMs;
    done = true;
    await writing;
    expect(gone.size).toBe(DAYS);
    expect(await daysKept()).toBe(1);
    // It never waits for all of the dropping; most of what it takes is its own work, on a machine that has other work.
    expect(longestMs).toBeLessThan(Math.max(3_000, droppingMs / 2));
    const rows = await pool.query<{ kept: number; chunked: number }>(
      `select (select count(*)::int from prediction) as kept, (select sum(rows)::int from prediction_chunk) as chunked`,
    );
    expect(rows.rows[0]).toEqual({ kept: at, chunked: at });
  });

  it('counts a label of a prediction that was dropped as expired, once its time is over', async () => {
    const writer = await partitionConsumer(pool, { specs: [SPEC] });
    const values = [labelLine('old-3', 'deny', on(0)), labelLine('new-3', 'deny', on(0))];
    await writer.onRecords(fetched({ partition: 2, values }, 0));
    await writer.checkpointAll();
    expect(await sweep()).toMatchObject({ joined: 1, deferred: 1, expired: 0 });
    await pool.query(
      `update pending_label set next_try_at = now(), received_at = now() - $1 * interval '1 millisecond'`,
      [SPEC.labels.horizonMs + 1],
    );
    expect(await sweep()).toMatchObject({ joined: 0, deferred: 0, expired: 1 });
    expect(await expectConserved(pool)).toMatchObject({ label: { read: 2, joined: 1, expired: 1 } });
  });

  it('a late row makes its day anew, and a writer that knew the day does not mind', async () => {
    const writer = await partitionConsumer(pool, { specs: [SPEC] });
    const values = ['a', 'b', 'c'].map((id) => predictionLine(`late-${id}`, '1', on(50)));
    await writer.onRecords(fetched({ partition: 3, values }, 0, 2));
    await writer.checkpointAll();
    expect(await daysKept()).toBe(2);
    await age(`event_day < '2026-02-01'`);
    expect(await dropOldDays(pool, Date.now() - 30 * DAY_MS)).toHaveLength(1);
    await writer.onRecords(fetched({ partition: 3, values }, 2));
    await writer.checkpointAll();
    expect(await daysKept()).toBe(2);
    await expectConserved(pool);
  });

  it('leaves a day that is in use for the next time, and holds nobody up', async () => {
    await age(`event_day < '2026-02-01'`);
    const reader = await pool.connect();
    try {
      await reader.query('begin');
      await reader.query('select count(*) from prediction_pack');
      // The reader never lets go of it by itself: to wait for it would be to hang.
      expect(await dropOldDays(pool, Date.now() - 30 * DAY_MS)).toEqual([]);
    } finally {
      await reader.query('rollback');
      reader.release();
    }
    expect(await dropOldDays(pool, Date.now() - 30 * DAY_MS)).toHaveLength(1);
  });
});
