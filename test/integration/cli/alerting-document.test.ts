import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as alert from '../../../src/cli/alert/alert.ts';
import * as silence from '../../../src/cli/silence/silence.ts';
import type { Config } from '../../../src/config/resolve.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { seed } from '../../api/seed.ts';
import { configOf, run } from '../../cli/operations.ts';
import { configOf as parse } from '../../config/example.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

const TEXT = readFileSync(join(import.meta.dirname, '../../../docs/alerting.md'), 'utf8');
const SESSIONS = [...TEXT.matchAll(/```console\n(.*?)```/gs)].map(([, session = '']) => session);

describeWith(['postgres'], 'the commands in docs/alerting.md', () => {
  let pool: Pool;
  let config: Config;
  beforeAll(async () => {
    const { url } = await createDatabase('alerting_document');
    pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
    await seed(pool);
    await pool.query(`update alert set next_reminder_at = '2026-03-11T12:05:00Z' where state = 'firing'`);
    config = await configOf(`database: "${url}"`);
  });
  afterAll(() => pool.end());

  it.each(SESSIONS)('print what stands there: session %#', async (session) => {
    let printed = '';
    for (const line of session.split('\n').filter((each) => each.startsWith('$ '))) {
      const [name = '', ...args] = words(line.slice(2)).slice(1);
      const { register } = name === 'alert' ? alert : silence;
      const { out, code } = await run(register, [name, ...args], { config: async () => config });
      expect(code, line).toBe(0);
      printed += `${line}\n${out}`;
    }
    expect(printed).toBe(session);
  });

  it('are all there, and so is the example of a configuration', async () => {
    expect(SESSIONS).toHaveLength(2);
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(TEXT) ?? [];
    const { models } = await parse(example);
    expect(models[0]?.alerts.mute?.map(({ name }) => name)).toEqual([
      'nights',
      'weekends',
      'holidays',
      'new-york-close',
    ]);
  });
});

/** As a shell splits them. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );
}
