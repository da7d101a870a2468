/** How far logs reach is noted while their partitions are being stored: nobody waits for another one's transaction. */
import { expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, type Pool, type Queryable } from '../../../src/store/connection/pool.ts';
import {
  advancePosition,
  recordLogEnds,
  registerPartitions,
} from '../../../src/store/log/source-positions.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

const SOURCE = 'kafka:events';
const PARTITIONS = [0, 1, 2];

describeWith(['postgres'], 'the ends of logs', () => {
  async function database(): Promise<Pool> {
    const { url } = await createDatabase('log_ends');
    const pool = createPool({ connectionString: url, max: 6, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    await registerPartitions(
      pool,
      PARTITIONS.map((partition) => ({
        source: SOURCE,
        partition,
        nextOffset: 0n,
        highOffset: 10n,
        holdsWatermark: true,
      })),
    );
    return pool;
  }
  const advance = async (db: Queryable, partition: number): Promise<boolean> =>
    await advancePosition(db, {
      source: SOURCE,
      partition,
      epoch: 0,
      from: 0n,
      to: 5n,
      owner: 'a',
      last: null,
      isSilent: false,
    });
  const note = async (db: Queryable, highOffset: bigint) =>
    await recordLogEnds(
      db,
      PARTITIONS.map((partition) => ({ source: SOURCE, partition, lowOffset: 0n, highOffset })),
    );
  const highs = async (db: Queryable): Promise<number[]> => {
    const found = await db.query<{ high: number }>(
      'select high_offset::int as high from source_position order by partition',
    );
    return found.rows.map(({ high }) => high);
  };
  const age = async (db: Queryable): Promise<void> => {
    await db.query(`update source_position set high_checked_at = now() - interval '1 minute'`);
  };

  it('are noted of all others while one partition is being stored that was noted a moment ago', async () => {
    const pool = await database();
    const storing = await pool.connect();
    await storing.query('begin');
    expect(await advance(storing, 1)).toBe(true);
    expect(await note(pool, 20n)).toEqual([]);
    expect(await highs(pool)).toEqual([20, 10, 20]);
    await storing.query('commit');
    storing.release();
    await note(pool, 30n);
    expect(await highs(pool)).toEqual([30, 30, 30]);
  });

  it('are waited for where that was long ago, and hold up no other partition meanwhile', async () => {
    const pool = await database();
    await age(pool);
    const storing = await pool.connect();
    await storing.query('begin');
    expect(await advance(storing, 1)).toBe(true);
    let isNoted = false;
    const noting = note(pool, 20n).finally(() => (isNoted = true));
    // It has noted what it can, and waits.
    await expect.poll(async () => await highs(pool), { timeout: 20_000 }).toEqual([20, 10, 20]);
    expect(await advance(pool, 0)).toBe(true);
    expect(await advance(pool, 2)).toBe(true);
    expect(isNoted).toBe(false);
    await storing.query('commit');
    storing.release();
    await noting;
    expect(await highs(pool)).toEqual([20, 20, 20]);
  });

  it('say which positions lie outside, of a partition that was waited for too', async () => {
    const pool = await database();
    await Promise.all(PARTITIONS.map((partition) => advance(pool, partition)));
    await age(pool);
    const storing = await pool.connect();
    await storing.query('begin');
    await storing.query(`update source_position set next_offset = 6 where partition = 2`);
    const noting = note(pool, 3n);
    await expect.poll(async () => await highs(pool), { timeout: 20_000 }).toEqual([3, 3, 10]);
    await storing.query('commit');
    storing.release();
    const outside = { source: SOURCE, epoch: 0, where: 'beyond_end' };
    expect((await noting).toSorted((a, b) => a.partition - b.partition)).toEqual([
      { ...outside, partition: 0, nextOffset: 5n },
      { ...outside, partition: 1, nextOffset: 5n },
      { ...outside, partition: 2, nextOffset: 6n },
    ]);
  });
});
