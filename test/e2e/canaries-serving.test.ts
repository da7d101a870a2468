/**
 * Every secret of a configuration is a canary, and everything it is for goes wrong: brokers, registry and mail server
 * are away, and receivers answer with what they were sent. None of them gets into a log, an answer, a page, a metric or
 * a table.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { silentLog } from '../../src/core/log.ts';
import { appendOutbox } from '../../src/store/outbox/outbox.ts';
import { createPool, inTransaction, type Pool } from '../../src/store/connection/pool.ts';
import { createToken } from '../../src/store/tokens.ts';
import { sampleNotification } from '../act/sample-notification.ts';
import { canaryFile, found, NOWHERE } from '../config/canaries.ts';
import { atEnd } from '../harness/cleanup.ts';
import { createDatabase } from '../harness/database/database.ts';
import { describeWith } from '../harness/describe-with.ts';
import { DEADLINES } from '../harness/deadlines.ts';
import { freePort } from '../harness/free-port.ts';
import { runShiftwatch, startShiftwatch } from '../harness/process.ts';
import { until } from '../harness/wait.ts';

const PATHS = [
  '/',
  '/plain',
  '/login',
  '/metrics',
  '/metrics/fleet',
  '/health/live',
  '/health/ready',
  '/api/v1/openapi.json',
  '/api/v1/models',
  '/api/v1/models/m',
  '/api/v1/alerts',
  '/api/v1/alert-states',
  '/api/v1/retrains',
  '/api/v1/deliveries?limit=100',
  '/api/v1/endpoints',
  '/api/v1/dead-letters',
  '/api/v1/fleet',
  '/api/v1/pipeline',
  '/api/v1/configuration',
  '/api/v1/audit',
];

/** Answers 500 with all of the request; keeps what it was sent. */
async function startEcho(): Promise<{ readonly url: string; readonly heard: string[] }> {
  const heard: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const said = `${request.url}\n${JSON.stringify(request.headers)}\n${await text(request)}`;
    heard.push(said);
    response.writeHead(500, { 'content-type': 'text/plain' }).end(said);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, heard };
}

async function everyRow(pool: Pool): Promise<string> {
  const tables = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const rows = [];
  for (const { name } of tables.rows) {
    const found = await pool.query<{ row: string }>(`select to_jsonb(one)::text as row from ${name} one`);
    rows.push(...found.rows.map(({ row }) => `${name} ${row}`));
  }
  return rows.join('\n');
}

describeWith(['postgres'], 'a service whose secrets are canaries', () => {
  it.each(['plain', 'oauthbearer'] as const)('lets none of them out, with Kafka by %s', async (sasl) => {
    const { url } = await createDatabase('canaries');
    const pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const echo = await startEcho();
    const outside = { ...NOWHERE, database: url, http: echo.url, redis: null };
    const file = canaryFile(outside, sasl, sasl === 'plain' ? 'basic' : 'bearer');
    // Certificates that are none would keep it from starting.
    const { ssl: _none, ...kafka } = file.kafka;
    const { ca: _neither, ...smtp } = file.smtp;
    const port = await freePort();
    const config = { ...file, kafka, smtp, api: { listen: `127.0.0.1:${port}` } };
    const service = startShiftwatch(['serve'], { config });
    await service.waitForLine(/"serving"/);
    const token = await createToken(pool, { name: 'ana', scopes: ['operate', 'ingest'], expiresAtMs: null });
    const headers = { authorization: `Bearer ${token.text}` };
    const get = async (path: string): Promise<string> => {
      const reply = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
      return `${path} ${reply.status} ${await reply.text()}`;
    };
    const logged = await fetch(`http://127.0.0.1:${port}/api/v1/events`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'prediction', model: 'm', prediction: 1, timestamp: new Date() }),
    });
    expect(logged.status).toBe(202);

    const channels = Object.keys(file.channels);
    for (const channel of channels) {
      const message = { kind: 'notify', channel, notification: sampleNotification() } as const;
      await inTransaction(pool, (tx) => appendOutbox(tx, message, randomUUID()));
    }
    const asked = await runShiftwatch(['retrain', 'request', '--model', 'm', '--by', 'ana'], {
      config: { ...config, api: {} },
    });
    expect(asked).toMatchObject({ code: 0 });
    await until(
      async () => {
        const tried = await pool.query<{ n: number }>(
          `select count(distinct target)::int as n from delivery d
           where exists (select from delivery_attempt a where a.delivery_id = d.id and a.outcome is not null)`,
        );
        return (tried.rows[0]?.n ?? 0) > channels.length;
      },
      { what: 'everything to be tried', timeoutMs: DEADLINES.waitMs, everyMs: 250 },
    );
    // The receivers have them, as they must.
    expect(new Set(echo.heard.flatMap(found)).size).toBeGreaterThan(20);

    const seen = [await everyRow(pool), asked.stdout, asked.stderr];
    for (const path of PATHS) seen.push(await get(path));
    const ids = await pool.query<{ id: string }>('select id::text as id from delivery');
    for (const { id } of ids.rows) seen.push(await get(`/api/v1/deliveries/${id}`));
    for (const command of ['status', 'doctor']) {
      const said = await runShiftwatch([command], { config: { ...config, api: {} } });
      seen.push(said.stdout, said.stderr);
    }
    await service.stop();
    seen.push(service.output());
    expect(seen.filter((one) => / 40[0-9] /.test(one.slice(0, 100)))).toEqual([]);
    expect(seen.join('\n')).toContain('***');
    expect(seen.join('\n')).not.toContain(token.text);
    // Of `?name=value` the value is the secret; receivers repeat the name.
    const told = seen.map((one) => one.replaceAll(/&canary\w+=1\b/g, ''));
    expect(told.flatMap((one) => found(one).map((name) => `${name} in ${one.slice(0, 200)}`))).toEqual([]);
  });
});
