import { expect, it } from 'vitest';
import { register } from '../../../src/cli/forget/forget.ts';
import { silentLog } from '../../../src/core/log.ts';
import { storeBaseline } from '../../../src/pipeline/evaluate/store-baseline.ts';
import { createPool } from '../../../src/store/connection/pool.ts';
import { configOf, run } from '../../cli/operations.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { numericColumn, tableOf } from '../../stats/profile/rows.ts';

const COMPOSED = 'caf\u00e9';
const DECOMPOSED = 'cafe\u0301';

describeWith(['postgres'], 'shiftwatch forget --feature', () => {
  it('finds a name however its accents are written, and says of one that nobody has which is near', async () => {
    const { url } = await createDatabase('forget_command');
    const pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const columns = [COMPOSED, 'amount'].map((name) => numericColumn(name, [1, 2, 3, 4]));
    await storeBaseline(pool, modelSpec(), '1', tableOf(columns), { file: 'training.csv' });
    const config = async () => await configOf(`database: "${url}"`);
    const forget = async (name: string, ...more: string[]) =>
      (await run(register, ['forget', '--feature', name, '--model', 'credit-risk', ...more], { config })).out;
    expect(await forget('amuont', '--dry-run')).toBe('Nothing is kept of amuont. Did you mean amount?\n');
    expect(await forget(DECOMPOSED)).toMatch(/^Forgotten: a column of 1 baseline/);
    const { rows } = await pool.query('select summary::text from baseline');
    expect(rows[0].summary).not.toContain(COMPOSED);
    expect(rows[0].summary).toContain('amount');
  });
});
