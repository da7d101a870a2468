/** The two pages for Prometheus: what this process did, and what all processes share. */
import { expect, it } from 'vitest';
import { PROCESS_FAMILIES } from '../../src/api/metrics/process-metrics.ts';
import { step } from '../../src/core/trace/steps.ts';
import { nothingStored, testApi } from './fakes.ts';

const OPEN = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
/** As Prometheus 2 and 3 ask. */
const SCRAPER =
  'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

const typesOf = (text: string) =>
  Array.from(text.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name = '', type = '']) => ({ name, type }));

it('has no series on both pages, and every declared family on its own', async () => {
  const { app } = testApi();
  const own = typesOf((await app.inject('/metrics')).body).map(({ name }) => name);
  const fleet = typesOf((await app.inject('/metrics/fleet')).body).map(({ name }) => name);
  expect(own.filter((name) => fleet.includes(name))).toEqual([]);
  expect(own).toEqual(expect.arrayContaining(PROCESS_FAMILIES.map(([name]) => name)));
  expect(fleet.length).toBeGreaterThan(30);
});

it('calls nothing `_total` that may go down, and shows every handle', async () => {
  const { app } = testApi();
  for (const page of ['/metrics', '/metrics/fleet']) {
    const totals = typesOf((await app.inject(page)).body).filter(({ name }) => name.endsWith('_total'));
    expect(totals.length).toBeGreaterThan(0);
    expect(totals.filter(({ type }) => type !== 'counter')).toEqual([]);
  }
  expect((await app.inject('/metrics')).body).toMatch(/^nodejs_active_handles\{type="/m);
});

it.each([
  [undefined, TEXT],
  ['*/*', TEXT],
  ['text/plain', TEXT],
  ['application/openmetrics-text', OPEN],
  ['application/openmetrics-text; version=1.0.0; charset=utf-8', OPEN],
  ['text/plain, application/openmetrics-text;q=0.5', TEXT],
  ['application/openmetrics-text;q=0', TEXT],
  ['application/openmetrics-text;version=2.0.0', TEXT],
  [SCRAPER, OPEN],
])('answers Accept: %s with %s', async (accept, type) => {
  const { app } = testApi();
  const reply = await app.inject({ url: '/metrics', headers: accept === undefined ? {} : { accept } });
  expect(reply.headers['content-type']).toBe(type);
  expect(reply.headers['vary']).toContain('accept');
  expect(reply.body.endsWith('# EOF\n')).toBe(type === OPEN);
});

it('names counters as each format wants them, whichever was asked for before', async () => {
  const { app } = testApi();
  const headers = { accept: OPEN };
  for (let round = 0; round < 2; round += 1) {
    const open = (await app.inject({ url: '/metrics', headers })).body;
    expect(open).toMatch(/^# TYPE process_cpu_seconds counter\nprocess_cpu_seconds_total /m);
    expect(open).not.toContain('_total_total');
    expect((await app.inject('/metrics')).body).toMatch(
      /^# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total /m,
    );
  }
});

it('times answers by route pattern, never by path', async () => {
  const { app } = testApi();
  await app.inject('/api/v1/models/credit-risk');
  await app.inject('/api/v1/models/fraud');
  await app.inject('/no/such/place');
  const { body } = await app.inject('/metrics');
  expect(body).toContain(
    'shiftwatch_http_request_seconds_count{route="/api/v1/models/:model",method="GET",status="404"} 2',
  );
  expect(body).toContain('shiftwatch_http_request_seconds_count{route="none",method="GET",status="404"} 1');
  expect(body).not.toContain('credit-risk');
});

it('times the steps of its own process, also those that fail', async () => {
  const { app } = testApi();
  await app.ready();
  await step('checkpoint', {}, async () => 1);
  await expect(step('evaluate.window', {}, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
  await step('deliver', { attributes: { 'shiftwatch.channel.type': 'email' } }, async () => 1);
  const { body } = await app.inject('/metrics');
  expect(body).toContain('shiftwatch_checkpoint_seconds_count 1');
  expect(body).toContain('shiftwatch_evaluation_seconds_count 1');
  expect(body).toContain('shiftwatch_delivery_seconds_count{type="email"} 1');
  await app.close();
});

it('shows the process and not the fleet while the database is away', async () => {
  const away = () => Promise.reject(new Error('connection refused'));
  const readModels = { ...nothingStored, readiness: away, pipelineFacts: away };
  const { app } = testApi({ readModels });
  const own = await app.inject('/metrics');
  expect([own.statusCode, /^shiftwatch_database_up (\d)$/m.exec(own.body)?.[1]]).toEqual([200, '0']);
  expect((await app.inject('/metrics/fleet')).statusCode).toBe(503);
});
