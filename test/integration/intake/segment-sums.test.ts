/** Values without end do not make segments without end, and cost no row: the segments of a feature add up to all rows. */
import { beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { expectConserved } from '../../harness/database/conservation.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { partitionConsumer, predictionLine, readToEnd } from '../partition-log.ts';

const VALUES = 80;
const EACH = 7;
const ROWS = VALUES * EACH;
const APART = 50;

describeWith(['postgres'], 'segments and tags of more values than are kept apart', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('segment-sums');
    pool = createPool({ connectionString: url, max: 6, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
  });

  async function rowsBySegment(model: string): Promise<Map<string, number>> {
    const found = await pool.query<{ segment: string; rows: number }>(
      `select p.segment, sum(p.rows)::int as rows from window_part p join "window" w on w.id = p.window_id
       join model_version v on v.id = w.model_version_id join model m on m.id = v.model_id
       where m.name = $1 and p.kind = 'input' group by 1`,
      [model],
    );
    return new Map(found.rows.map(({ segment, rows }) => [segment, rows]));
  }

  it.each(['features', 'tags'])(
    'of %s: fifty apart, the others together, and no row missing',
    async (where) => {
      const spec = modelSpec({ name: `by-${where}`, segments: ['shop'] });
      const values = Array.from({ length: ROWS }, (_, n) =>
        predictionLine(`${where}-${n}`, '1', {
          model: spec.name,
          features: { age: n, ...(where === 'features' && { shop: `s${n % VALUES}` }) },
          ...(where === 'tags' && { tags: { shop: `s${n % VALUES}` } }),
        }),
      );
      // Two processes that meet the values in another order agree which of them are apart.
      const [one, two] = [values.slice(0, ROWS / 2), values.slice(ROWS / 2).toReversed()];
      const partition = where === 'tags' ? 10 : 20;
      await Promise.all([
        readToEnd(await partitionConsumer(pool, { specs: [spec] }), { partition, values: one }, 0, 60),
        readToEnd(
          await partitionConsumer(pool, { specs: [spec] }),
          { partition: partition + 1, values: two },
          0,
          60,
        ),
      ]);
      const { '': all, 'shop=other': others, ...apart } = Object.fromEntries(await rowsBySegment(spec.name));
      expect(all).toBe(ROWS);
      expect(Object.values(apart)).toEqual(Array.from({ length: APART }, () => EACH));
      expect(others).toBe((VALUES - APART) * EACH);
    },
  );

  it('tags whose names never repeat take no column, no segment and no row', async () => {
    const spec = modelSpec({ name: 'tagged', columnLimit: 3 });
    const values = Array.from({ length: 200 }, (_, n) =>
      predictionLine(`t${n}`, '1', {
        model: spec.name,
        features: { age: n },
        tags: Object.fromEntries(
          Array.from({ length: 50 }, (_tag, at) => [`tag_${n}_${at}`, 'x'.repeat(500)]),
        ),
      }),
    );
    await readToEnd(await partitionConsumer(pool, { specs: [spec] }), { partition: 30, values }, 0);
    expect([...(await rowsBySegment(spec.name))]).toEqual([['', 200]]);
    const names = await pool.query<{ name: string }>(
      `select a.name from admitted_name a join model m on a.scope = 'columns/' || m.id where m.name = $1`,
      [spec.name],
    );
    expect(names.rows).toEqual([{ name: 'age' }]);
    await expectConserved(pool);
  });
});
