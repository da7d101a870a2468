import { beforeEach, expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { ensureVersion } from '../../../src/store/windows/models.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { ensureWindows } from '../../../src/store/windows/windows.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { runShiftwatch } from '../../harness/process.ts';

const SAID =
  'model "credit-risk" is configured as regression, but its stored windows and baselines are of classification';
const REGRESSION = modelSpec({ task: 'regression', positiveClass: null });

describeWith(['postgres'], 'a model whose task is changed', () => {
  let url: string;
  let pool: Pool;
  beforeEach(async () => {
    ({ url } = await createDatabase('task-change'));
    const opened = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => opened.end());
    pool = opened;
    await ModelCatalog.open(pool, [modelSpec()]);
  });

  it('is taken as long as nothing is stored of it', async () => {
    await ModelCatalog.open(pool, [REGRESSION]);
    expect((await pool.query('select task from model')).rows).toEqual([{ task: 'regression' }]);
  });

  it('is refused over what is stored, at start, by config check and by doctor', async () => {
    const catalog = await ModelCatalog.open(pool, [modelSpec()]);
    const modelVersionId = await ensureVersion(pool, catalog.models[0]?.id ?? 0, '1');
    const window = {
      modelVersionId,
      sizeMs: 3_600_000,
      startMs: 0,
      graceMs: 0,
      paneMs: null,
      paneOnly: false,
    };
    await ensureWindows(pool, [window]);
    await expect(ModelCatalog.open(pool, [REGRESSION])).rejects.toThrow(SAID);
    expect((await pool.query('select task from model')).rows).toEqual([{ task: 'classification' }]);
    const config = {
      database: url,
      api: { listen: '127.0.0.1:0' },
      models: [{ name: 'credit-risk', task: 'regression' }],
    };
    const [serve, check, doctor] = await Promise.all(
      [['serve'], ['config', 'check'], ['doctor']].map((args) => runShiftwatch(args, { config })),
    );
    for (const exit of [serve, check, doctor]) {
      expect(exit?.code).toBe(1);
      expect(`${exit?.stdout}${exit?.stderr}`).toContain(SAID);
      expect(`${exit?.stdout}${exit?.stderr}`).toContain('give it a new name');
    }
  });
});
