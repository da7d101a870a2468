import { afterAll, beforeAll, expect, test } from 'vitest';
import { chooseRowsByKey, DEFAULT_SAMPLE_ROWS } from '../../../src/stats/table/sample-rows.ts';
import { silentLog } from '../../../src/core/log.ts';
import { openTable } from '../../../src/ingest/table/open-table.ts';
import { createAcceptBaseline } from '../../../src/pipeline/evaluate/accept-baseline.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { decodeTable } from '../../../src/stats/table-codec.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { fileWith } from '../../ingest/table/files.ts';

const ROWS = DEFAULT_SAMPLE_ROWS + 5_000;
const MODEL = modelSpec({ name: 'posted', positiveClass: '1' });
const LINES = Array.from({ length: ROWS }, (_, i) => `${i}.5,${i % 2},${(i % 3) % 2}`);
const csv = (lines: readonly string[]): string => `age,prediction,label\n${lines.join('\n')}\n`;

describeWith(['postgres'], "a baseline's sample", () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('baseline_sample');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  test('holds the rows that `compare` draws from its file, in any order', async () => {
    const catalog = await ModelCatalog.open(pool, [MODEL]);
    const accept = createAcceptBaseline(pool, catalog);
    const { task, positiveClass } = MODEL;
    const { rowKeys, close } = await openTable(fileWith('rows.csv', csv(LINES)), {
      task,
      ...(positiveClass !== null && { positiveClass }),
    });
    const keys = await rowKeys();
    await close();
    // The age of a row is its place and a half: whole numbers would number the rows.
    const drawn = [...chooseRowsByKey(keys, null)];
    for (const [version, lines] of [
      ['1', LINES],
      ['2', LINES.toReversed()],
    ] as const) {
      const body = Buffer.from(csv(lines));
      const answer = await accept({ model: MODEL.name, version, format: 'csv', body });
      expect(answer).toMatchObject({ ok: true, value: { rows: ROWS } });
      expect(await agesKept(version)).toEqual(drawn);
    }
  });

  async function agesKept(version: string): Promise<number[]> {
    const found = await pool.query<{ sample: Uint8Array }>(
      `select b.sample from baseline b join model_version v on v.id = b.model_version_id where v.name = $1`,
      [version],
    );
    const [age] = decodeTable(found.rows[0]?.sample ?? new Uint8Array()).features;
    return age?.kind === 'numeric' ? Array.from(age.values, Math.floor) : [];
  }
});
