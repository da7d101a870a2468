/** What heat maps show of a window is written by its evaluation. */
import { expect, it } from 'vitest';
import { DAY_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { storeBaseline } from '../../../src/pipeline/evaluate/store-baseline.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { createPool } from '../../../src/store/connection/pool.ts';
import { createReadModels } from '../../../src/store/read-models.ts';
import { levelColumn, numericColumn, tableOf } from '../../stats/profile/rows.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { evaluateDue } from '../../harness/evaluate-due.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { sendRows } from '../history/day-rows.ts';

const FIRST = Date.parse('2026-03-01T00:00:00Z');
const SPEC = modelSpec({
  name: 'loans',
  segments: ['country'],
  windows: [{ sizeMs: DAY_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  minRows: 50,
});
const ROWS = 300;
const FAULTY_DAY = 1;

const random = createRandom(7);
const ratio = (): number => Math.round((0.25 + 0.5 * random() ** 2) * 1e4) / 1e4;
const country = (): string => ['DE', 'DE', 'FR'][Math.floor(random() * 3)]!;

describeWith(['postgres'], 'heat cells', () => {
  it('a verdict holds what heat maps show of its window, segment by segment, as it was measured', async () => {
    const { url } = await createDatabase('heat_cells');
    const pool = createPool({ connectionString: url, max: 6, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const training = tableOf([
      numericColumn('ratio', Array.from({ length: 2_000 }, ratio)),
      levelColumn('country', Array.from({ length: 2_000 }, country)),
    ]);
    await storeBaseline(pool, SPEC, '1', training, { file: 'training.csv' });
    for (const day of [0, FAULTY_DAY]) {
      const rows = Array.from({ length: ROWS }, (_, n) => ({
        id: `d${day}-${n}`,
        atMs: FIRST + day * DAY_MS + n * 60_000,
        features: {
          ratio: day === FAULTY_DAY ? Number((ratio() * 100).toFixed(2)) : ratio(),
          country: country(),
        },
        prediction: 'approve',
        label: null,
      }));
      await sendRows(pool, SPEC, rows);
    }
    await evaluateDue({ pool, catalog: await ModelCatalog.open(pool, [SPEC]) }, FIRST + 6 * DAY_MS);
    const { rows: verdicts } = await pool.query<{ series: string; cells: number | null }>(
      `select series, length(heat_cells) / 2 as cells from verdict order by series, id`,
    );
    expect(verdicts.filter(({ series }) => series === 'closed')).toEqual(
      Array.from({ length: 6 }, () => ({ series: 'closed', cells: 2 })),
    );
    expect(verdicts.some(({ series, cells }) => series === 'matured' && cells !== null)).toBe(false);

    const { modelHeatmap } = createReadModels(pool);
    const mapOf = async (segment: string) => {
      const map = await modelHeatmap({ model: 'loans', segment, from: '2026-03-01', limit: 9, nowMs: 0 });
      if (!map.ok) throw new Error(map.error.detail);
      return map.value;
    };
    const held = [await mapOf(''), await mapOf('country=DE')];
    expect(held[0]!.features.map(({ name, states }) => [name, states])).toEqual([
      ['ratio', 'of'],
      ['country', 'oo'],
    ]);
    await pool.query('update verdict set heat_names = null, heat_cells = null');
    expect([await mapOf(''), await mapOf('country=DE')]).toEqual(held);
  });
});
