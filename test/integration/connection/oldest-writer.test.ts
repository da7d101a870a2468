/** After a newer shiftwatch has migrated, older ones write on only where the migration says that they may. */
import { beforeEach, expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { NEWEST_KNOWN_MIGRATION as KNOWN } from '../../../src/store/connection/known-migrations.ts';
import { OutdatedWriter, outdatedReason } from '../../../src/store/connection/outdated-writer.ts';
import {
  createPool,
  inTransaction,
  inTransactionWithin,
  type Pool,
} from '../../../src/store/connection/pool.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { freePort } from '../../harness/free-port.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { startShiftwatch } from '../../harness/process.ts';
import { until } from '../../harness/wait.ts';
import { partitionConsumer, fetched, predictionLine, RECEIVED_MS } from '../partition-log.ts';

describeWith(['postgres'], 'a process that is older than the database', () => {
  let url: string;
  const open = (knownMigration = KNOWN): Pool => {
    const pool = createPool({
      connectionString: url,
      max: 4,
      applicationName: 'test',
      log: silentLog,
      knownMigration,
    });
    atEnd(() => pool.end());
    return pool;
  };
  beforeEach(async () => {
    ({ url } = await createDatabase('oldest-writer'));
  });

  it('stores nothing more once it may not, and one that may goes on', async () => {
    const [older, newer] = [open(), open(KNOWN + 1)];
    const specs = [modelSpec()];
    const accepting = async (pool: Pool) => {
      const catalog = await ModelCatalog.open(pool, specs);
      const limits = DEFAULT_DECODE_LIMITS;
      const accept = createAcceptEvents({
        pool,
        catalog,
        segments: new SegmentRegistry(),
        limits,
        reevaluateAfterMs: 0,
      });
      return async (id: string) =>
        await accept({
          body: Buffer.from(predictionLine(id, '1')),
          idempotencyKey: null,
          receivedAtMs: RECEIVED_MS,
        });
    };
    const [postOlder, postNewer] = [await accepting(older), await accepting(newer)];
    const consumer = await partitionConsumer(older, { specs });
    const log = { partition: 0, values: ['a', 'b'].map((id) => predictionLine(id, '1')) };
    await consumer.onRecords(fetched(log, 0));

    // A migration that older processes need not know.
    await newer.query('select oldest_writer_becomes($1)', [KNOWN]);
    expect(await postOlder('c')).toMatchObject({ ok: true });
    expect(outdatedReason(older)).toBeNull();

    await newer.query('select oldest_writer_becomes($1)', [KNOWN + 1]);
    const before = await state();
    expect(await postOlder('d')).toMatchObject({ ok: false, error: { reason: 'unavailable' } });
    await expect(consumer.checkpointAll()).rejects.toThrow(OutdatedWriter);
    expect(outdatedReason(older)).toMatch(
      `takes writes of those that know migration ${KNOWN + 1}, and this one knows ${KNOWN}`,
    );
    expect(await state()).toEqual(before);
    expect(await postNewer('d')).toMatchObject({ ok: true, value: { accepted: 1 } });
    expect(outdatedReason(newer)).toBeNull();

    async function state() {
      const found = await newer.query(
        `select (select count(*)::int from window_part) as parts, (select sum(count)::int from event_count) as events,
           (select next_offset::int from source_position where source like 'kafka:%') as position`,
      );
      return found.rows;
    }
  });

  it('is waited for by a migration while it is about to commit', async () => {
    const [older, newer] = [open(), open(KNOWN + 1)];
    const writing = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const writer = inTransactionWithin(older, 60_000, async (tx) => {
      await tx.query(`insert into prediction_day (event_day) values ('2026-03-01')`);
      begun.resolve();
      await writing.promise;
    });
    await begun.promise;
    let migrated = false;
    const migration = newer
      .query('select oldest_writer_becomes($1)', [KNOWN + 1])
      .then(() => (migrated = true));
    await until(
      async () => {
        const waiting = await newer.query(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return waiting.rows.length > 0;
      },
      { what: 'the migration to wait' },
    );
    expect(migrated).toBe(false);
    writing.resolve();
    await writer;
    await migration;
    await expect(inTransaction(older, async () => undefined)).rejects.toThrow(OutdatedWriter);
  });

  it('ends with an error and says what to do', async () => {
    const port = await freePort();
    const program = startShiftwatch(['serve'], {
      config: {
        database: url,
        api: { listen: `127.0.0.1:${port}` },
        models: [{ name: 'credit-risk', task: 'classification' }],
      },
    });
    await program.waitForLine(/"msg":"serving"/, 120_000);
    await open(KNOWN + 1).query('select oldest_writer_becomes($1)', [KNOWN + 1]);
    const exit = await program.waitForExit(120_000);
    expect(exit.code).toBe(1);
    expect(program.output()).toMatch(
      `a newer shiftwatch has migrated the database: it takes writes of those that know migration ${KNOWN + 1}`,
    );
  });
});
