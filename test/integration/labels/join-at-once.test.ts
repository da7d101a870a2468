import { beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { sweepLabels } from '../../../src/pipeline/labels/label-joiner.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { expectConserved } from '../../harness/database/conservation.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { until } from '../../harness/wait.ts';
import { fetched, labelLine, partitionConsumer, predictionLine, RECEIVED_MS } from '../partition-log.ts';

const SPEC = modelSpec();
const ROWS = 40;
/** Those of the last ten predictions come before them. */
const KNOWN = 30;
const ids = Array.from({ length: ROWS }, (_, i) => `p${i}`);
const predictions = { partition: 0, values: ids.map((id) => predictionLine(id, '1')) };
const labels = { partition: 1, values: ids.map((id) => labelLine(id, 'deny')) };

describeWith(['postgres'], 'labels that a checkpoint joins itself', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('join-at-once');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const consumer = await partitionConsumer(pool, { specs: [SPEC] });
    await consumer.onRecords(fetched(predictions, 0, KNOWN));
    await consumer.checkpointAll();
  });

  const joiner = async () =>
    await partitionConsumer(pool, { specs: [SPEC], eventType: 'label', fewestAtOnce: 2 });
  const counts = async () => {
    const found = await pool.query<{ waiting: number; labelled: number; parts: number }>(
      `select (select count(*)::int from pending_label) as waiting,
         (select count(*)::int from prediction_label) as labelled,
         (select coalesce(sum(rows), 0)::int from window_part where kind = 'label' and segment = '') as parts`,
    );
    return found.rows[0];
  };

  it('are joined once by the checkpoint that wins, whoever else has read them, and others wait', async () => {
    const [one, other] = [await joiner(), await joiner()];
    for (const consumer of [one, other]) await consumer.onRecords(fetched(labels, 0));
    await Promise.allSettled([one.checkpointAll(), other.checkpointAll()]);
    expect(await counts()).toEqual({ waiting: ROWS - KNOWN, labelled: KNOWN, parts: KNOWN });
    expect(await expectConserved(pool)).toMatchObject({
      label: { read: ROWS, joined: KNOWN, waiting: ROWS - KNOWN },
    });
  });

  it('find the predictions that come after them by the joiner', async () => {
    const consumer = await partitionConsumer(pool, { specs: [SPEC] });
    await consumer.onRecords(fetched(predictions, KNOWN));
    await consumer.checkpointAll();
    const catalog = await ModelCatalog.open(pool, [SPEC]);
    await sweepLabels({ pool, catalog, reevaluateAfterMs: 0, log: silentLog });
    expect(await counts()).toEqual({ waiting: 0, labelled: ROWS, parts: ROWS });
  });

  it('of a checkpoint that was killed in the middle are joined by its next try, and not twice', async () => {
    const again = {
      partition: 1,
      // Corrections of all.
      values: [
        ...labels.values,
        ...ids.map((id) => labelLine(id, 'approve', { timestamp: RECEIVED_MS + 1 })),
      ],
    };
    const consumer = await joiner();
    await consumer.onRecords(fetched(again, ROWS));
    const blocker = await pool.connect();
    await blocker.query('begin');
    await blocker.query('select 1 from "window" for update');
    const checkpoint = consumer.checkpointAll();
    checkpoint.catch(() => undefined);
    const victim = await until(
      async () => {
        const found = await pool.query<{ pid: number }>(
          `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return found.rows[0]?.pid;
      },
      { what: 'the checkpoint to wait for its windows, with its labels written' },
    );
    await pool.query('select pg_terminate_backend($1)', [victim]);
    await expect(checkpoint).rejects.toThrow();
    await blocker.query('rollback');
    blocker.release();
    await consumer.checkpointAll();
    // A correction takes a label out of the counts and puts one in.
    expect(await counts()).toEqual({ waiting: 0, labelled: ROWS, parts: ROWS });
    const { rows } = await pool.query('select distinct label from prediction_label');
    expect(rows).toEqual([{ label: 'approve' }]);
    expect(await expectConserved(pool)).toMatchObject({
      label: { read: 2 * ROWS, joined: ROWS, superseded: ROWS },
    });
  });
});
