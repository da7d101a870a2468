/** What a platform team does to a service on a bad day. Nobody helps it, and every count stays exact. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { silentLog } from '../../src/core/log.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded/start.ts';
import { migrate } from '../../src/store/connection/migrate.ts';
import { atEnd } from '../harness/cleanup.ts';
import { createDatabase } from '../harness/database/database.ts';
import { DEADLINES } from '../harness/deadlines.ts';
import { describeWith } from '../harness/describe-with.ts';
import { freePort } from '../harness/free-port.ts';
import { holdGroupWithAnotherProtocol } from '../harness/kafka/kafka.ts';
import { type Program, temporaryFolder } from '../harness/process.ts';
import { provideKafka } from '../harness/providers/kafka.ts';
import { addressOf } from '../harness/services.ts';
import { startTcpProxy } from '../harness/tcp-proxy.ts';
import { TestRun, endProcess } from '../harness/test-run.ts';
import { until } from '../harness/wait.ts';
import { ClickStream } from './click-stream.ts';

/** The outages as long as they are promised to be survived; else as long as tells the same. */
const FULL = process.env['SHIFTWATCH_TEST_FULL'] === '1';
const OUTAGE_MS = FULL ? 30_000 : 8_000;

/** How often a worker has joined its group. */
const joins = (worker: Program): number => worker.output().split('kafka: joined the group').length - 1;

async function stream(label: string, checkpointEvery = '1s'): Promise<ClickStream> {
  const { url } = await createDatabase(label);
  return await ClickStream.open({ label, brokers: addressOf('kafka'), databaseUrl: url, checkpointEvery });
}

describeWith(['postgres', 'kafka'], 'operations', () => {
  it('a stop under load takes less than ten seconds and leaves nothing to be read again', async () => {
    // Checkpoints so rare that only the stop itself can have stored the last events.
    const clicks = await stream('graceful-stop', '3s');
    await clicks.send(20_000, 0, 10);
    const worker = await clicks.worker();
    let stopped = false;
    const load = (async () => {
      while (!stopped) await clicks.send(2_000, 10, 1);
    })();
    await until(async () => (await clicks.stored()) > 0, { what: 'a first checkpoint' });
    const askedAt = performance.now();
    expect(await worker.stop()).toMatchObject({ code: 0 });
    expect(performance.now() - askedAt).toBeLessThan(DEADLINES.promptMs);
    stopped = true;
    await load;
    const stored = await clicks.stored();
    expect(stored).toBeGreaterThan(0);
    expect(await clicks.lag(), 'it was stopped under load').toBeGreaterThan(0);
    expect(worker.output()).not.toMatch(/dropped|not all could be stored/);
    // Where it stopped is where Kafka says it stopped: whoever follows begins there and reads nothing twice.
    expect(await clicks.committed()).toBe(stored);
    const next = await clicks.worker();
    await clicks.settled();
    expect(next.output()).not.toContain('dropped');
    await clicks.expectExact();
    await next.stop();
  });

  it('from one process to four and back to two', async () => {
    const clicks = await stream('rebalances');
    const workers = [await clicks.worker()];
    await clicks.send(8_000, 0, 4);
    for (let n = 1; n < 4; n += 1) {
      workers.push(await clicks.worker());
      await clicks.send(4_000, 100, 1);
    }
    await until(
      async () => {
        await clicks.send(200);
        return (await clicks.owners()).size === 4;
      },
      { what: 'each of four to own a partition', everyMs: 1_000 },
    );
    for (const leaving of workers.splice(0, 2)) {
      await clicks.send(4_000, 50, 1);
      expect(await leaving.stop()).toMatchObject({ code: 0 });
    }
    await clicks.send(4_000, 50);
    await clicks.settled();
    expect([...(await clicks.owners()).keys()].sort()).toEqual(workers.map(({ pid }) => `${pid}`).sort());
    await clicks.expectExact();
    for (const worker of workers) await worker.stop();
  });

  it('PostgreSQL shut down without a goodbye, and back two seconds later', async () => {
    const directory = join(temporaryFolder(), 'postgres');
    const port = await freePort();
    const settings = { directory, port, log: silentLog };
    const first = await startEmbeddedPostgres(settings);
    await migrate({ connectionString: first.url, log: silentLog });
    const clicks = await ClickStream.open({
      label: 'postgres-restart',
      brokers: addressOf('kafka'),
      databaseUrl: first.url,
    });
    const worker = await clicks.worker();
    await clicks.send(20_000, 0, 5);
    await until(async () => (await clicks.stored()) > 0, { what: 'a first checkpoint' });
    // As `pg_ctl stop -m immediate` does it: no shutdown checkpoint, recovery at the next start.
    await endProcess(first.pid, 'SIGQUIT');
    await clicks.send(5_000, 100, 5);
    await sleep(2_000);
    const second = await startEmbeddedPostgres(settings);
    atEnd(() => second.stop());
    await clicks.send(5_000);
    await clicks.settled();
    await clicks.expectExact();
    expect(await worker.stop()).toMatchObject({ code: 0 });
  });

  it('Kafka gone for a while', async () => {
    vi.stubEnv('TEST_KAFKA_BROKERS', undefined);
    const run = new TestRun();
    atEnd(() => run.end());
    const { service, jars } = await provideKafka(run);
    vi.unstubAllEnvs();
    if (service.status !== 'ready' || jars === null) throw new Error('this test starts a broker, with Java');
    const { url } = await createDatabase('kafka-gone');
    const clicks = await ClickStream.open({ label: 'gone', brokers: service.address, databaseUrl: url });
    const worker = await clicks.worker();
    await clicks.send(10_000, 0, 5);
    await until(async () => (await clicks.stored()) > 0, { what: 'a first checkpoint' });
    const pid = Number(readFileSync(join(run.folder, 'pids'), 'utf8').split(' ')[0]);
    await endProcess(pid);
    await sleep(OUTAGE_MS);
    run.spawn('again', jars.java, [
      '-cp',
      jars.classpath,
      'kafka.Kafka',
      join(run.folder, 'kafka.properties'),
    ]);
    await until(async () => await clicks.send(10_000, 100, 5).then(() => true), {
      what: 'a broker that takes records',
      everyMs: 1_000,
    });
    await clicks.settled();
    await clicks.expectExact();
    expect(await worker.stop()).toMatchObject({ code: 0 });
  });

  it('five seconds to and from PostgreSQL', async () => {
    const { url } = await createDatabase('slow-postgres');
    const direct = new URL(url);
    const proxy = await startTcpProxy({ host: direct.hostname, port: Number(direct.port) });
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = `${proxy.port}`;
    const clicks = await ClickStream.open({
      label: 'slow-postgres',
      brokers: addressOf('kafka'),
      databaseUrl: through.href,
      directUrl: url,
      sessionTimeout: '30s',
    });
    const worker = await clicks.worker();
    await clicks.send(10_000, 0, 5);
    await until(async () => (await clicks.stored()) > 0, { what: 'a first checkpoint' });
    const joinedBefore = joins(worker);
    proxy.delay(5_000);
    await clicks.send(10_000, 100, 5);
    await sleep(OUTAGE_MS + 12_000);
    proxy.delay(0);
    await clicks.send(5_000);
    await clicks.settled();
    await clicks.expectExact();
    expect(joins(worker) - joinedBefore, 'rebalances because of it').toBeLessThanOrEqual(1);
    expect(await worker.stop()).toMatchObject({ code: 0 });
  });

  it('a process that was frozen while another took its partitions stores nothing of them', async () => {
    // Checkpoints so rare that it is frozen between two of them.
    const clicks = await stream('zombie', '3s');
    const zombie = await clicks.worker();
    const heir = await clicks.worker();
    await until(
      async () => {
        await clicks.send(200);
        return (await clicks.owners()).size === 2;
      },
      { what: 'both to own a partition', everyMs: 1_000 },
    );
    await clicks.send(20_000, 100, 2);
    await until(async () => (await clicks.lag()) > 0, { what: 'events in flight' });
    process.kill(zombie.pid, 'SIGSTOP');
    await clicks.send(5_000, 100, 2);
    await until(
      async () => {
        await clicks.send(100);
        return !(await clicks.owners()).has(`${zombie.pid}`);
      },
      { what: 'the heir to own everything', everyMs: 1_000 },
    );
    await clicks.settled();
    // It wakes with events in memory that the heir has stored, and believes for a moment that they are its own.
    process.kill(zombie.pid, 'SIGCONT');
    await clicks.send(5_000, 100, 2);
    // Frozen within a checkpoint, it gives that up for the time it took, and never comes to ask for the position.
    await zombie.waitForLine(/position moved by another process|the transaction took longer/);
    await clicks.settled();
    await clicks.expectExact();
    for (const worker of [zombie, heir]) expect(await worker.stop()).toMatchObject({ code: 0 });
  });

  it('a process whose consumer has stopped for good ends, to be started anew', async () => {
    const clicks = await stream('crashed');
    await holdGroupWithAnotherProtocol(clicks.group, clicks.topic);
    const worker = await clicks.worker();
    const startedAt = performance.now();
    expect(await worker.waitForExit()).toMatchObject({ code: 1 });
    expect(performance.now() - startedAt).toBeLessThan(DEADLINES.promptMs);
    expect(worker.output()).toMatch(/the Kafka consumer stopped for good: .*dead for good/);
  });

  if (FULL) {
    it('a process whose Kafka has fallen silent ends, to be started anew', async () => {
      vi.stubEnv('TEST_KAFKA_BROKERS', undefined);
      const run = new TestRun();
      atEnd(() => run.end());
      const { service } = await provideKafka(run);
      vi.unstubAllEnvs();
      if (service.status !== 'ready') throw new Error(service.why);
      const { url } = await createDatabase('kafka-silent');
      const clicks = await ClickStream.open({
        label: 'silent',
        brokers: service.address,
        databaseUrl: url,
        // As it is unless configured: three of them are waited.
        sessionTimeout: '30s',
      });
      const worker = await clicks.worker();
      await clicks.send(100);
      await clicks.settled();
      const pid = Number(readFileSync(join(run.folder, 'pids'), 'utf8').split(' ')[0]);
      process.kill(pid, 'SIGSTOP');
      const silentFrom = performance.now();
      expect(await worker.waitForExit(DEADLINES.longWaitMs)).toMatchObject({ code: 1 });
      expect(performance.now() - silentFrom).toBeGreaterThan(80_000);
      expect(worker.output()).toMatch(
        /no contact with Kafka for \d+ s.*a part of the service is dead for good/,
      );
    });
  }
});
