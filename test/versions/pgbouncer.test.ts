/** What docs/deployment.md says of PgBouncer, by PgBouncer. */
import { beforeAll, expect, it } from 'vitest';
import { atEnd } from '../harness/cleanup.ts';
import { createDatabase } from '../harness/database/database.ts';
import { withDatabase } from '../harness/database/name.ts';
import { describeWith } from '../harness/describe-with.ts';
import { freePort } from '../harness/free-port.ts';
import { ownRedis } from '../harness/own-redis.ts';
import { runShiftwatch, startShiftwatch } from '../harness/process.ts';
import { addressOf } from '../harness/services.ts';
import { TestRun } from '../harness/test-run.ts';
import { until } from '../harness/wait.ts';
import { type PoolMode, startPgbouncer } from './pgbouncer.ts';

const IGNORED = ['statement_timeout', 'idle_in_transaction_session_timeout', 'options'];
const MODELS = [{ name: 'm', task: 'regression', windows: [{ size: '1h' }] }];

describeWith(['postgres', 'redis'], 'through PgBouncer', () => {
  let name: string;
  beforeAll(async () => {
    ({ name } = await createDatabase('pgbouncer'));
  });

  async function through(mode: PoolMode, ignored: readonly string[]): Promise<string> {
    const run = new TestRun();
    atEnd(() => run.end());
    const { port } = new URL(addressOf('postgres'));
    return withDatabase(await startPgbouncer(run, Number(port), mode, ignored), name);
  }

  it('as it comes: doctor says what it refuses, and serve ends', async () => {
    const config = { database: await through('transaction', []), models: MODELS };
    const seen = await runShiftwatch(['doctor'], { config });
    expect(seen.code).toBe(1);
    expect(seen.stdout).toContain('FAIL  database: unsupported startup parameter: statement_timeout');
    expect(await runShiftwatch(['serve'], { config })).toMatchObject({ code: 1 });
  });

  it('with jobs in PostgreSQL: serve ends, and says why', async () => {
    const config = { database: await through('session', IGNORED), models: MODELS };
    const ended = await runShiftwatch(['serve'], { config });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("the queue's pool works in schema public, not in bullmq");
  });

  it.each(['transaction', 'session'] as const)(
    'with jobs in Redis, pooling by %s: events are counted, and SIGTERM ends it',
    async (mode) => {
      const api = `127.0.0.1:${await freePort()}`;
      const redis = await ownRedis();
      const config = {
        database: await through(mode, IGNORED),
        queue: { backend: 'redis', url: redis.url },
        api: { listen: api },
        models: MODELS,
      };
      const serving = startShiftwatch(['serve'], { config });
      await serving.waitForLine(/"serving"/);
      const event = { type: 'prediction', model: 'm', features: { age: 40 }, prediction: 1 };
      const body = Array.from({ length: 20 }, () => JSON.stringify(event)).join('\n');
      const headers = { 'content-type': 'application/x-ndjson' };
      const before = await rows(api);
      const posted = await fetch(`http://${api}/api/v1/events`, { method: 'POST', headers, body });
      expect(await posted.json()).toMatchObject({ accepted: 20 });
      await until(async () => (await rows(api)) === before + 20, { what: 'the events to be counted' });
      expect(await serving.stop()).toMatchObject({ code: 0 });
    },
  );
});

async function rows(api: string): Promise<number> {
  const answer = await fetch(`http://${api}/api/v1/windows`);
  const { items } = (await answer.json()) as { items: { rows: number }[] };
  return items.reduce((sum, window) => sum + window.rows, 0);
}
