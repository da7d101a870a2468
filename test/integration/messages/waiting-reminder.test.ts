/** A reminder does not come a moment before what is about to be judged: not `still open`, and two seconds later `partly over`. */
import { afterAll, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { remindingOf } from '../../../src/pipeline/messages/reminders.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { firingAlert } from '../firing-alert.ts';

const NOON = Date.UTC(2026, 2, 1, 12);

describeWith(['postgres'], 'a due reminder', () => {
  const pools: Pool[] = [];
  afterAll(async () => await Promise.all(pools.map(async (each) => await each.end())));

  /** An incident whose reminder is due at noon, and what looks for such. */
  async function dueAtNoon() {
    const { url } = await createDatabase('waiting');
    const pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    pools.push(pool);
    const spec = modelSpec({
      alerts: { forWindows: 1, remindEveryMs: DAY_MS, channels: ['mail'] },
      labels: { horizonMs: DAY_MS, matureAfterMs: DAY_MS, minLabelled: 200 },
    });
    const catalog = await ModelCatalog.open(pool, [spec]);
    await firingAlert(pool, catalog, NOON - DAY_MS, NOON);
    await pool.query(`update "window" set state = 'closed'`);
    const remind = remindingOf({ pool, catalog, log: silentLog });
    const toldAt = async (nowMs: number): Promise<number> => {
      await remind(nowMs);
      const { rows } = await pool.query<{ told: number }>(
        `select count(*)::int as told from outbox where kind = 'notify'`,
      );
      return rows[0]?.told ?? 0;
    };
    return { pool, toldAt };
  }

  test('comes at once where nothing is to be judged', async () => {
    const { toldAt } = await dueAtNoon();
    expect(await toldAt(NOON)).toBe(1);
  });

  test('waits for an evaluation that is asked for', async () => {
    const { pool, toldAt } = await dueAtNoon();
    await pool.query(
      `insert into outbox (kind, key, payload, available_at)
       select 'evaluate', 'evaluate', jsonb_build_object('kind', 'evaluate', 'windowId', id::text, 'series', 'matured'), $1
       from "window"`,
      [new Date(NOON)],
    );
    expect(await toldAt(NOON + 1)).toBe(0);
    await pool.query(`update outbox set done_at = now()`);
    expect(await toldAt(NOON + 2)).toBe(1);
  });

  test('waits for labels whose time has come, and five minutes at most', async () => {
    const { toldAt } = await dueAtNoon();
    // After an outage, a day after its time: the window was to mature meanwhile.
    const backMs = NOON + DAY_MS + HOUR_MS;
    expect(await toldAt(backMs)).toBe(0);
    expect(await toldAt(backMs + 5 * MINUTE_MS - 1)).toBe(0);
    expect(await toldAt(backMs + 5 * MINUTE_MS)).toBe(1);
  });
});
