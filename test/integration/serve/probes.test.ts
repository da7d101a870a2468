/** Every process can be asked for its health and its metrics, whatever its roles, and for nothing else there. */
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { type Role, ROLES, startLine } from '../../../src/pipeline.ts';
import { Started } from '../../../src/pipeline/serve/started.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createToken } from '../../../src/store/tokens.ts';
import { configOf } from '../../config/example.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { withDatabase } from '../../harness/database/name.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { freePort } from '../../harness/free-port.ts';
import { until } from '../../harness/wait.ts';

interface Probed {
  readonly url: string;
  readonly apiUrl: string | null;
  stop(): Promise<void>;
}

async function start(
  roles: readonly Role[],
  { url, more = '' }: { url: string; more?: string },
): Promise<Probed & { pool: Pool }> {
  const pool = createPool({ connectionString: url, max: 6, applicationName: 'test', log: silentLog });
  atEnd(() => pool.end());
  const port = await freePort();
  const config = await configOf(`
api: { listen: "127.0.0.1:${await freePort()}" }
probes: { listen: "127.0.0.1:${port}" }
kafka: { brokers: "127.0.0.1:${await freePort()}", topics: { predictions: [ml.predictions] } }
models: [{ name: m, task: regression }]
${more}`);
  const started = new Started(silentLog);
  atEnd(() => started.stop());
  const deps = { config, databaseUrl: url, pool, clock: systemClock, log: silentLog };
  const { apiUrl } = await startLine({ ...deps, roles: new Set(roles) }, started);
  return { url: `http://127.0.0.1:${port}`, apiUrl, pool, stop: async () => await started.stop() };
}

async function status(url: string, token = ''): Promise<number> {
  return (await fetch(url, token === '' ? {} : { headers: { authorization: `Bearer ${token}` } })).status;
}

describeWith(['postgres'], 'probes', () => {
  it('are answered by each role alone, while Kafka is away, and by nothing after the stop', async () => {
    const { url } = await createDatabase('probes');
    for (const role of ROLES) {
      const probed = await start([role], { url });
      expect(await (await fetch(`${probed.url}/health/live`)).json()).toEqual({ alive: true, reason: null });
      expect(await (await fetch(`${probed.url}/health/ready`)).json()).toEqual({
        ready: true,
        database: 'ok',
        migrations: 'current',
      });
      expect(await (await fetch(`${probed.url}/metrics`)).text()).toMatch(/^shiftwatch_database_up 1$/m);
      for (const path of ['/', '/metrics/fleet', '/api/v1/models', '/login'])
        expect([path, await status(`${probed.url}${path}`)]).toEqual([path, 404]);
      expect(probed.apiUrl === null).toBe(role !== 'api');
      await probed.stop();
      await expect(fetch(`${probed.url}/health/live`)).rejects.toThrow('fetch failed');
    }
  });

  it('tell of one process, wherever it is asked', async () => {
    const { url } = await createDatabase('probes-one');
    const probed = await start(['api', 'act'], { url });
    expect(await status(`${probed.apiUrl}/api/v1/models`)).toBe(200);
    const counted = /shiftwatch_http_request_seconds_count\{route="\/api\/v1\/models".*\} 1$/m;
    for (const at of [probed.url, probed.apiUrl])
      expect(await (await fetch(`${at}/metrics`)).text()).toMatch(counted);
  });

  it('ask for a token where the API does: health is for everybody, metrics for whoever may read', async () => {
    const { url } = await createDatabase('probes-tokens');
    const probed = await start(['evaluate'], { url, more: 'auth: { tokens: true }' });
    const tokenOf = async (scope: 'read' | 'ingest'): Promise<string> =>
      (await createToken(probed.pool, { name: scope, scopes: [scope], expiresAtMs: null })).text;
    expect(await status(`${probed.url}/health/live`)).toBe(200);
    expect(await status(`${probed.url}/health/ready`)).toBe(200);
    expect(await status(`${probed.url}/metrics`)).toBe(401);
    // A browser is not sent to a page that is elsewhere.
    const page = await fetch(`${probed.url}/metrics`, {
      headers: { accept: 'text/html' },
      redirect: 'manual',
    });
    expect(page.status).toBe(401);
    expect(await status(`${probed.url}/metrics`, await tokenOf('ingest'))).toBe(403);
    expect(await status(`${probed.url}/metrics`, await tokenOf('read'))).toBe(200);
  });

  it('say alive and not ready while the database is away', async () => {
    const { url } = await createDatabase('probes-outage');
    const probed = await start(['evaluate'], { url });
    expect(await status(`${probed.url}/health/ready`)).toBe(200);
    const elsewhere = new Client({ connectionString: withDatabase(url, 'postgres') });
    await elsewhere.connect();
    const name = new URL(url).pathname.slice(1);
    await elsewhere.query(`alter database "${name}" allow_connections false`);
    await elsewhere.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      name,
    ]);
    await elsewhere.end();
    await until(async () => (await status(`${probed.url}/health/ready`)) === 503, {
      what: 'not to be ready',
    });
    expect(await status(`${probed.url}/health/live`)).toBe(200);
    expect(await (await fetch(`${probed.url}/metrics`)).text()).toMatch(/^shiftwatch_database_up 0$/m);
  });
});
