/** Only ingest reads logs: the other roles do not so much as look whether Kafka is there. */
import { createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { type Role, ROLES, startLine } from '../../../src/pipeline.ts';
import { Started } from '../../../src/pipeline/serve/started.ts';
import { createPool } from '../../../src/store/connection/pool.ts';
import { configOf } from '../../config/example.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { freePort } from '../../harness/free-port.ts';
import { until } from '../../harness/wait.ts';

/** Listens where a broker would, and says nothing. */
async function startMute(): Promise<{ readonly port: number; readonly callers: readonly Socket[] }> {
  const callers: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    callers.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    for (const socket of callers) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, callers };
}

describeWith(['postgres'], 'a service whose Kafka is away', () => {
  it('judges what is posted, each other role alone, and only ingest asks for the broker', async () => {
    const broker = await startMute();
    const { url } = await createDatabase('without-kafka');
    const pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const config = await configOf(`
api: { listen: "127.0.0.1:${await freePort()}" }
kafka: { brokers: "127.0.0.1:${broker.port}", topics: { predictions: [ml.predictions] } }
ingest: { idle_after: 1s }
models: [{ name: m, task: regression, windows: [{ size: 1h, grace: 0s, accept_late: 5000d }] }]`);
    const start = async (role: Role) => {
      const started = new Started(silentLog);
      const deps = { config, databaseUrl: url, pool, clock: systemClock, log: silentLog };
      const line = await startLine({ ...deps, roles: new Set([role]) }, started);
      atEnd(() => started.stop());
      return line;
    };
    const others = ROLES.filter((role) => role !== 'ingest');
    const lines = new Map<Role, Awaited<ReturnType<typeof start>>>();
    for (const role of others) lines.set(role, await start(role));
    const api = lines.get('api')?.apiUrl ?? '';
    const event = { type: 'prediction', model: 'm', prediction: 1, timestamp: '2026-01-10T09:00:00Z' };
    const posted = await fetch(`${api}/api/v1/events`, {
      method: 'POST',
      body: JSON.stringify(event),
      headers: { 'content-type': 'application/json' },
    });
    expect(posted.status).toBe(202);
    await until(async () => (await pool.query('select 1 from verdict')).rows.length > 0, {
      what: 'a verdict',
    });
    expect((await fetch(`${api}/health/ready`)).status).toBe(200);
    expect([...lines.values()].map((line) => line.failure())).toEqual([null, null, null]);
    expect(broker.callers).toHaveLength(0);
    // Where it is asked for, the call arrives.
    await start('ingest');
    await until(() => broker.callers.length > 0, { what: 'ingest to ask for the broker' });
  });
});
