import { expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { listenOutbox } from '../../../src/store/outbox/wake.ts';
import { createPool } from '../../../src/store/connection/pool.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { DEADLINES } from '../../harness/deadlines.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

describeWith(['postgres'], 'listening for outbox messages', () => {
  it(
    'ends also when it is closed before it has got its connection',
    async () => {
      const { url } = await createDatabase('outbox_wake');
      const pool = createPool({ connectionString: url, max: 1, applicationName: 'test', log: silentLog });
      atEnd(() => pool.end());
      const taken = await pool.connect();
      const wake = listenOutbox(pool, () => {}, silentLog);
      const closed = wake.close();
      taken.release();
      await closed;
      expect(pool.totalCount).toBeLessThanOrEqual(1);
    },
    DEADLINES.promptMs,
  );
});
