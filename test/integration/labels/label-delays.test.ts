import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { DELAY_EDGES_MS, delayBin } from '../../../src/stats/delay-bins.ts';
import { addLabelDelays, loadDelayCohorts } from '../../../src/store/labels/label-delays.ts';
import { createPool, inTransaction, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { addVersion, addWindow } from '../act-rows.ts';

const START = Date.UTC(2026, 2, 1);

describeWith(['postgres'], 'delays of labels in the store', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('delays');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  test('are counted together by age, of closed windows with rows, at the edges as the bins have them', async () => {
    const version = await addVersion(pool);
    const sibling = await addSibling(version);
    const minute = delayBin(MINUTE_MS);
    // Ends: 3, 2, 1 hours ago, just now; one without rows, one still open, one that is not over, one of another version.
    for (const [hour, rows, state, of] of [
      [0, 100, 'closed', version],
      [1, 110, 'matured', version],
      [2, 120, 'closed', version],
      [3, 130, 'closed', version],
      [-1, 0, 'closed', version],
      [-2, 999, 'open', version],
      [4, 999, 'closed', version],
      [0, 50, 'closed', sibling],
    ] as const) {
      const id = await addWindow(pool, of, START + hour * HOUR_MS);
      await pool.query('update "window" set state = $2 where id = $1', [id, state]);
      if (rows > 0) await addRows(id, rows);
      await inTransaction(pool, async (tx) => {
        await addLabelDelays(tx, [{ windowId: Number(id), bin: minute, labels: 7 }]);
        await addLabelDelays(tx, [
          { windowId: Number(id), bin: 101, labels: 1 },
          { windowId: Number(id), bin: minute, labels: 3 },
        ]);
      });
    }
    const load = async (scope: 'version' | 'model') =>
      (
        await loadDelayCohorts(
          pool,
          { modelVersionId: version, scope, sizeMs: HOUR_MS, nowMs: START + 4 * HOUR_MS, lookBackMs: DAY_MS },
          DELAY_EDGES_MS,
        )
      )
        .sort((a, b) => a.ageBin - b.ageBin)
        .map(({ ageBin, windows, rows, labels }) => ({
          ageBin,
          windows,
          rows,
          labels: labels.flatMap((n, bin) => (n === 0 ? [] : [[bin, n]])),
        }));
    const labels = [
      [minute, 10],
      [101, 1],
    ];
    expect(await load('version')).toEqual([
      { ageBin: delayBin(0), windows: 1, rows: 130, labels },
      { ageBin: delayBin(HOUR_MS), windows: 1, rows: 120, labels },
      { ageBin: delayBin(2 * HOUR_MS), windows: 1, rows: 110, labels },
      { ageBin: delayBin(3 * HOUR_MS), windows: 1, rows: 100, labels },
    ]);
    expect((await load('model')).at(-1)).toEqual({
      ageBin: delayBin(3 * HOUR_MS),
      windows: 2,
      rows: 150,
      labels: labels.map(([bin, n = 0]) => [bin, 2 * n]),
    });
    for (const edge of DELAY_EDGES_MS) {
      const found = await pool.query<{ bin: number }>(
        'select width_bucket($1::float8, $2::float8[]) as bin',
        [edge, DELAY_EDGES_MS],
      );
      expect(found.rows[0]?.bin).toBe(delayBin(edge));
    }
  });

  test('add up, whoever counts them and in whichever order they are named', async () => {
    const version = await addVersion(pool);
    const ids = await Promise.all(
      [0, 1, 2].map(async (hour) => Number(await addWindow(pool, version, START + hour * HOUR_MS))),
    );
    await Promise.all(
      Array.from({ length: 12 }, async (_, round) => {
        const counts = ids.flatMap((windowId) => [4, 5].map((bin) => ({ windowId, bin, labels: 1 })));
        await inTransaction(pool, async (tx) => {
          await addLabelDelays(tx, round % 2 === 0 ? counts : counts.reverse());
        });
      }),
    );
    const found = await pool.query<{ labels: number }>(
      'select labels::int as labels from label_delay where window_id = any($1::bigint[])',
      [ids],
    );
    expect(found.rows.map(({ labels }) => labels)).toEqual([12, 12, 12, 12, 12, 12]);
  });

  async function addSibling(version: number): Promise<number> {
    const added = await pool.query<{ id: number }>(
      `insert into model_version (model_id, name) select model_id, '2' from model_version where id = $1 returning id`,
      [version],
    );
    return added.rows[0]?.id ?? 0;
  }

  /** In two parts, and once more in a segment, where they are the same rows. */
  async function addRows(windowId: string, rows: number): Promise<void> {
    for (const [at, segment, count] of [
      [0, '', rows - 40],
      [1, '', 40],
      [0, 'country=DE', rows],
    ] as const) {
      await pool.query(
        `insert into window_part (window_id, segment, kind, source, partition, from_offset, to_offset, rows, delta)
         values ($1, $2, 'input', 'test', 0, $3, 9, $4, '')`,
        [windowId, segment, at, count],
      );
    }
  }
});
