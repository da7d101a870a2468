/** A label is joined by whose it is. Its own time decides nothing but which of two labels of one prediction is the newer. */
import { expect, it } from 'vitest';
import { DAY_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { sweepLabels } from '../../../src/pipeline/labels/label-joiner.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { createPool } from '../../../src/store/connection/pool.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { expectConserved } from '../../harness/database/conservation.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { fetched, labelLine, partitionConsumer, predictionLine, RECEIVED_MS } from '../partition-log.ts';

const HORIZON_MS = 7 * DAY_MS;
const SPEC = modelSpec({ labels: { horizonMs: HORIZON_MS, matureAfterMs: DAY_MS, minLabelled: 1 } });

describeWith(['postgres'], 'labels of any age', () => {
  it.each([
    ['the joiner', undefined],
    ['a checkpoint at once', 1],
  ] as const)('are joined by %s as long as their prediction is kept', async (_, fewestAtOnce) => {
    const { url } = await createDatabase('label-age');
    const pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const at = RECEIVED_MS - 20 * DAY_MS;
    // Of the horizon to the millisecond, beyond it, and older than what they are of.
    const ages = [0, HORIZON_MS - 1, HORIZON_MS, HORIZON_MS + 1, HORIZON_MS + DAY_MS, -DAY_MS];
    const ids = ages.map((_age, n) => `p${n}`);
    const consumer = await partitionConsumer(pool, {
      specs: [SPEC],
      ...(fewestAtOnce !== undefined && { fewestAtOnce }),
    });
    const read = async (partition: number, values: readonly string[]): Promise<void> => {
      await consumer.onRecords(fetched({ partition, values }, 0));
      await consumer.checkpointAll();
    };
    await read(
      0,
      ids.map((id) => predictionLine(id, '1', { timestamp: at })),
    );
    await read(
      1,
      ids.map((id, n) => labelLine(id, 'deny', { timestamp: at + (ages[n] ?? 0) })),
    );
    const catalog = await ModelCatalog.open(pool, [SPEC]);
    await sweepLabels({ pool, catalog, reevaluateAfterMs: 0, log: silentLog });
    expect((await expectConserved(pool))['label']).toEqual({ read: ids.length, joined: ids.length });
    const kept = await pool.query<{ label: string }>('select label from prediction');
    expect(kept.rows.map(({ label }) => label)).toEqual(ids.map(() => 'deny'));
  });
});
