/** More than can be taken: a real server says so, at once, and loses and doubles nothing. */
import { connect, type Socket } from 'node:net';
import { beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { IdLedger } from '../../../src/pipeline/intake/id-ledger.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { startApi } from '../../../src/pipeline/serve/start-api.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { configOf } from '../../config/example.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { expectConserved } from '../../harness/database/conservation.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { freePort } from '../../harness/free-port.ts';
import { until } from '../../harness/wait.ts';

describeWith(['postgres'], 'posting under pressure', () => {
  let pool: Pool;
  let port: number;
  let events: string;
  beforeAll(async () => {
    const { url } = await createDatabase('posted_pressure');
    pool = createPool({ connectionString: url, max: 24, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    port = await freePort();
    const config = await configOf(
      `api: { listen: "127.0.0.1:${port}" }\nmodels:\n  - { name: m, task: regression, windows: [{ size: 1h, accept_late: 2h }] }\n  - { name: hours, task: regression }`,
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
    events = `${api.url}/api/v1/events`;
  });

  const event = (id: string, timestampMs = Date.now()) =>
    JSON.stringify({
      type: 'prediction',
      model: 'm',
      prediction_id: id,
      prediction: 1,
      timestamp: timestampMs,
    });
  const post = async (body: string) =>
    await fetch(events, { method: 'POST', body, headers: { 'content-type': 'application/json' } });

  it('answers 429 while the database holds batches up, and stores those it had taken', async () => {
    const blocker = await pool.connect();
    await blocker.query('begin');
    await blocker.query('lock table event_count in access exclusive mode');
    const answers = Array.from({ length: 20 }, async (_, i) => await post(event(`p-${i}`)));
    const settled: Response[] = [];
    for (const answer of answers) void answer.then((reply) => settled.push(reply));
    await until(() => settled.length === 4, { what: 'the refusals' });
    expect(settled.map(({ status }) => status)).toEqual([429, 429, 429, 429]);
    expect(settled[0]?.headers.get('retry-after')).toBe('1');
    await blocker.query('rollback');
    blocker.release();
    const all = await Promise.all(answers);
    expect(all.filter(({ status }) => status === 202)).toHaveLength(16);
    expect(await expectConserved(pool)).toEqual({ prediction: { read: 16, windowed: 16 } });
  });

  it('is unavailable while the database is, and stores what is sent again once', async () => {
    const before = (await expectConserved(pool))['prediction']?.['windowed'] ?? 0;
    const blocker = await pool.connect();
    await blocker.query('begin');
    await blocker.query('lock table event_count in access exclusive mode');
    const cut = post(event('cut'));
    await until(
      async () => {
        const ended = await pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return (ended.rowCount ?? 0) > 0;
      },
      { what: 'the batch to be held up' },
    );
    const reply = await cut;
    expect(reply.status).toBe(503);
    expect(reply.headers.get('retry-after')).toBe('5');
    await blocker.query('rollback');
    blocker.release();
    expect(await (await post(event('cut'))).json()).toMatchObject({ accepted: 1 });
    expect(await (await post(event('cut'))).json()).toMatchObject({ accepted: 0, duplicates: 1 });
    expect((await expectConserved(pool))['prediction']?.['windowed']).toBe(before + 1);
  });

  it('takes bodies while a crowd of others is never finished', async () => {
    const crowd: Socket[] = [];
    for (let i = 0; i < 64; i++) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(
        'POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
      );
      crowd.push(socket);
    }
    for (let i = 0; i < 10; i++) expect((await post(event(`beside-${i}`))).status).toBe(202);
    for (const socket of crowd) socket.destroy();
    await expectConserved(pool);
  });

  it('says how many rows came too late for every window', async () => {
    await post(event('newest'));
    const reply = await post(event('late', Date.now() - 6 * 3_600_000));
    expect(await reply.json()).toMatchObject({ accepted: 0, late: 1 });
    const { late: lateInAll } = (await expectConserved(pool))['prediction'] ?? {};
    expect(lateInAll).toBe(1);
  });

  it('refuses a body that would open more windows than one transaction should, and says how many', async () => {
    const hoursAhead = Array.from({ length: 501 }, (_, hour) =>
      event(`h${hour}`, Date.now() - (501 - hour) * 3_600_000),
    );
    // Oldest first, of a model that has no other rows: none is late.
    const other = hoursAhead.map((line) => line.replace('"model":"m"', '"model":"hours"'));
    const reply = await post(other.join('\n'));
    expect(reply.status).toBe(413);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(await reply.json()).toMatchObject({
      type: 'urn:shiftwatch:problem:too_many_windows',
      status: 413,
      detail: expect.stringContaining('would open 501 windows; at most 500'),
    });
    expect(await (await post(other.slice(1).join('\n'))).json()).toMatchObject({ accepted: 500 });
    await expectConserved(pool);
  });

  it('refuses a body of more events than one transaction should hold', async () => {
    const reply = await post('{}\n'.repeat(50_001));
    expect(reply.status).toBe(413);
    expect(await reply.json()).toMatchObject({ type: 'urn:shiftwatch:problem:too_many_events' });
  });
});
