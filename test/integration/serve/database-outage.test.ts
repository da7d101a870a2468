/** Where an orchestrator looks while the database is away: the process lives, and is to be given nothing. */
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { MINUTE_MS, systemClock } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { IdLedger } from '../../../src/pipeline/intake/id-ledger.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { startApi } from '../../../src/pipeline/serve/start-api.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createToken } from '../../../src/store/tokens.ts';
import { readiness } from '../../../src/store/read-models/readiness.ts';
import { configOf } from '../../config/example.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { withDatabase } from '../../harness/database/name.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { freePort } from '../../harness/free-port.ts';
import { startTcpProxy } from '../../harness/tcp-proxy.ts';
import { until } from '../../harness/wait.ts';

async function apiOn(pool: Pool, more = ''): Promise<Awaited<ReturnType<typeof startApi>>> {
  const config = await configOf(
    `api: { listen: "127.0.0.1:${await freePort()}" }\nmodels: [{ name: m, task: regression }]\n${more}`,
  );
  const api = await startApi({
    config,
    pool,
    catalog: await ModelCatalog.open(pool, config.models),
    ledger: new IdLedger(),
    clock: systemClock,
    log: silentLog,
    failure: () => null,
    onLabels: () => undefined,
  });
  atEnd(api.stop);
  return api;
}

describeWith(['postgres'], 'health while the database is away', () => {
  it('says that the database is away when it goes in the middle of the look', async () => {
    const { url } = await createDatabase('outage-look');
    const pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const blocker = await pool.connect();
    await blocker.query('begin');
    await blocker.query('lock table shiftwatch_migration in access exclusive mode');
    const look = readiness(pool);
    await until(
      async () => {
        const ended = await pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return (ended.rowCount ?? 0) > 0;
      },
      { what: 'the look to be held up' },
    );
    const seen = await look;
    await blocker.query('rollback');
    blocker.release();
    expect(seen).toMatchObject({ ready: false, database: 'unreachable', migrations: 'unknown' });
    expect(await readiness(pool)).toMatchObject({ ready: true, database: 'ok', migrations: 'current' });
  });

  it('waits no longer than probes do for a database that answers nothing', async () => {
    const { url } = await createDatabase('outage-frozen');
    const target = new URL(url);
    const proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
    target.hostname = '127.0.0.1';
    target.port = String(proxy.port);
    const pool = createPool({
      connectionString: target.href,
      max: 4,
      applicationName: 'test',
      log: silentLog,
      // What a client waits follows from it, and is then a few seconds.
      statementTimeoutMs: 1_000,
    });
    atEnd(() => pool.end());
    const api = await apiOn(pool, 'auth: { tokens: true }');
    const scopes = ['read', 'ingest'] as const;
    const { text } = await createToken(pool, { name: 'both', scopes, expiresAtMs: null });
    const headers = { authorization: `Bearer ${text}` };
    expect((await fetch(`${api.url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${api.url}/metrics`, { headers })).status).toBe(200);
    proxy.delay(10 * MINUTE_MS);
    const ready = await fetch(`${api.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { ready: false, database: 'unreachable', migrations: 'unknown' },
    ]);
    // Prometheus gives up after ten seconds.
    const signal = AbortSignal.timeout(9_500);
    const scraped = await fetch(`${api.url}/metrics`, { headers, signal });
    expect([scraped.status, /^shiftwatch_database_up (\d)$/m.exec(await scraped.text())?.[1]]).toEqual([
      200,
      '0',
    ]);
    const posted = await fetch(`${api.url}/api/v1/events`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'prediction', model: 'm', features: { a: 1 }, prediction: 1 }),
    });
    expect(posted.status).toBe(503);
  });

  it('is live and not ready, and ready again when the database is back', async () => {
    const { url } = await createDatabase('outage');
    const pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const api = await apiOn(pool, 'auth: { tokens: true }');
    const { text } = await createToken(pool, { name: 'scrape', scopes: ['read'], expiresAtMs: null });
    const headers = { authorization: `Bearer ${text}` };
    const outside = new Client({ connectionString: withDatabase(url, 'postgres') });
    await outside.connect();
    atEnd(() => outside.end());
    const name = new URL(url).pathname.slice(1);
    const status = async (path: string): Promise<number> =>
      (await fetch(`${api.url}${path}`, { headers })).status;
    const databaseUp = async (): Promise<string | undefined> =>
      /^shiftwatch_database_up (\d)$/m.exec(
        await (await fetch(`${api.url}/metrics`, { headers })).text(),
      )?.[1];
    expect([await status('/health/live'), await status('/health/ready')]).toEqual([200, 200]);
    expect(await databaseUp()).toBe('1');

    await outside.query(`alter database "${name}" allow_connections = false`);
    await outside.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    await until(async () => (await status('/health/ready')) === 503, { what: 'the outage to show' });
    const told = await (await fetch(`${api.url}/health/ready`)).text();
    expect(JSON.parse(told)).toEqual({ ready: false, database: 'unreachable', migrations: 'unknown' });
    // Where it runs and who logs in there is nobody's business.
    expect(told).not.toContain(name);
    expect(await status('/health/live')).toBe(200);
    // Nobody can look the token up, and it was good a moment ago.
    expect(await databaseUp()).toBe('0');
    expect(await status('/metrics/fleet')).toBe(503);
    expect(await status('/api/v1/models')).toBe(503);

    await outside.query(`alter database "${name}" allow_connections = true`);
    await until(async () => (await status('/health/ready')) === 200, { what: 'the end of the outage' });
    expect(await databaseUp()).toBe('1');
  });
});
