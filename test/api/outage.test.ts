/** What is asked while the database is away: unavailable, and to be asked again, not a mistake of ours. */
import fastify from 'fastify';
import { expect, it } from 'vitest';
import { errorHandler } from '../../src/api/error-handler.ts';
import { type Log, silentLog } from '../../src/core/log.ts';
import { isOutage } from '../../src/store/connection/outage.ts';
import { createPool } from '../../src/store/connection/pool.ts';
import { atEnd } from '../harness/cleanup.ts';
import { freePort } from '../harness/free-port.ts';

it.each([
  ['55000', 'FATAL', true],
  ['28P01', 'FATAL', true],
  ['3D000', 'FATAL', true],
  ['42501', 'FATAL', true],
  // lc_messages = ru_RU: the code is all that can be read.
  ['55000', 'ВАЖНО', true],
  ['57P01', 'ВАЖНО', true],
  ['42501', 'ERROR', false],
  ['23505', 'ERROR', false],
  ['42P01', 'ERROR', false],
])('is %s of severity %s: %s', (code, severity, is) => {
  expect(isOutage(Object.assign(new Error('refused'), { code, severity }))).toBe(is);
});

it('is answered with 503', async () => {
  const connectionString = `postgres://nobody@127.0.0.1:${await freePort()}/nothing`;
  const pool = createPool({ connectionString, max: 1, applicationName: 'test', log: silentLog });
  atEnd(() => pool.end());
  const logged: unknown[] = [];
  const log: Log = { ...silentLog, error: (fields) => logged.push(fields) };
  const app = fastify();
  atEnd(() => app.close());
  app.setErrorHandler(errorHandler(log));
  app.get('/asks', async () => (await pool.query('select 1')).rows);
  app.post('/stores', async () => (await pool.query('select 1')).rows);
  app.get('/breaks', () => {
    throw new TypeError('a bug');
  });
  for (const [method, url] of [
    ['GET', '/asks'],
    ['POST', '/stores'],
  ] as const) {
    const answer = await app.inject({ method, url });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'retry-after': '5',
    });
    expect(answer.json()).toMatchObject({
      type: 'urn:shiftwatch:problem:unavailable',
      detail: 'The database cannot do it now. Ask again.',
    });
  }
  expect(logged).toHaveLength(2);
  expect((await app.inject({ method: 'GET', url: '/breaks' })).statusCode).toBe(500);
});
