/** A process that is asked to stop does so in time, however much there is to do. */
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { startLine } from '../../../src/pipeline.ts';
import { Started } from '../../../src/pipeline/serve/started.ts';
import { createPool } from '../../../src/store/connection/pool.ts';
import { configOf } from '../../config/example.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { until } from '../../harness/wait.ts';

/** Many times what the relay hands over in the time it takes to stop. */
const WINDOWS_DUE = 20_000;

describeWith(['postgres'], 'stopping', () => {
  it('does not wait for messages that nobody will take any more', async () => {
    const { url } = await createDatabase('stopping');
    const pool = createPool({ connectionString: url, max: 6, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    await pool.query(
      `insert into outbox (kind, key, payload)
       select 'evaluate', 'evaluate-' || n, jsonb_build_object('kind', 'evaluate', 'windowId', n::text, 'series', 'closed')
       from generate_series(1, $1) as n`,
      [WINDOWS_DUE],
    );
    const started = new Started(silentLog);
    const config = await configOf('models: [{ name: m, task: regression }]');
    const roles = new Set(['act', 'evaluate'] as const);
    await startLine({ config, roles, databaseUrl: url, pool, clock: systemClock, log: silentLog }, started);
    const handedOver = async (): Promise<number> => {
      const found = await pool.query<{ n: number }>(
        'select count(*)::int as n from outbox where enqueues > 0',
      );
      return found.rows[0]?.n ?? 0;
    };
    await until(async () => (await handedOver()) >= 200, {
      what: 'the relay to be at work',
    });
    await started.stop();
    // It was stopped in the midst of its work, and has written down how far it came.
    expect(await handedOver()).toBeLessThan(WINDOWS_DUE);
  });
});
