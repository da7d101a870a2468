/** Lists by pages: every row once, however many there are and whatever comes meanwhile. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { listAlertEvents } from '../../../src/store/read-models/alerts.ts';
import { listDeadLetters } from '../../../src/store/read-models/dead-letters.ts';
import type { Page } from '../../../src/store/connection/page.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

const ROWS = 130;

describeWith(['postgres'], 'pages of a list', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('list_pages');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  /** Ids in the order of the pages; `meanwhile` runs after each page. */
  async function paged(
    limit: number,
    list: (after: number | null) => Promise<Page<{ readonly id: string }, number>>,
    meanwhile: () => Promise<void>,
  ): Promise<number[]> {
    const ids: number[] = [];
    let after: number | null = null;
    do {
      const { items, next }: Page<{ readonly id: string }, number> = await list(after);
      expect(items.length).toBeLessThanOrEqual(limit);
      ids.push(...items.map(({ id }) => Number(id)));
      after = next;
      await meanwhile();
    } while (after !== null);
    return ids;
  }

  const addLetters = async (from: number, count: number): Promise<void> =>
    void (await pool.query(
      `insert into dead_letter (source, partition, "offset", reason, detail, event_type, bytes, byte_length)
       select 'kafka:t', 0, n, 'malformed_json', '', 'prediction', '', 0 from generate_series($1::int, $2::int) n`,
      [from, from + count - 1],
    ));

  it('hold each dead letter once, newest first, while more come', async () => {
    await addLetters(0, ROWS);
    let more = ROWS;
    for (const limit of [1, 7, 49, 500]) {
      const before = more;
      const ids = await paged(
        limit,
        async (after) => await listDeadLetters(pool, {}, { limit, after }),
        async () => {
          await addLetters(more, 1);
          more += 1;
        },
      );
      expect(ids).toHaveLength(before);
      expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    }
  });

  it('hold each event of an alert once, oldest first', async () => {
    const alertId = '1';
    // Of an alert that there is not: what an alert is made of is not what is looked at.
    await pool.query('alter table alert_event drop constraint alert_event_alert_id_fkey');
    await pool.query(
      `insert into alert_event (alert_id, at, kind, reason) select $1, now(), 'reminded', 'due' from generate_series(1, $2)`,
      [alertId, ROWS],
    );
    for (const limit of [1, 7, 500]) {
      const ids = await paged(
        limit,
        async (after) => await listAlertEvents(pool, alertId, { limit, after }),
        async () => {},
      );
      expect(ids).toHaveLength(ROWS);
      expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    }
  });
});
