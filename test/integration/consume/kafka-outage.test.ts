import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import type { LogSource } from '../../../src/core/events/log-source.ts';
import type { KafkaOptions } from '../../../src/ingest/kafka/kafka-options.ts';
import { createKafkaSource } from '../../../src/ingest/kafka/kafka-source.ts';
import { createKafkaProducer } from '../../../src/ingest/kafka/producer.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { DEADLINES } from '../../harness/deadlines.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { freePort } from '../../harness/free-port.ts';
import { patientKafka } from '../../harness/kafka/patient-kafka.ts';
import { provideKafka } from '../../harness/providers/kafka.ts';
import { TestRun, endProcess } from '../../harness/test-run.ts';
import { until } from '../../harness/wait.ts';
import { createLedger, createLedgerHandler } from './kafka-ledger.ts';

const OPTIONS = {
  groupId: 'outage',
  start: 'earliest',
  topics: [{ topic: 'events', eventType: null }],
  sessionTimeoutMs: 1_000,
  heartbeatEveryMs: 200,
  pollEveryMs: 200,
  retryAfterMs: 100,
} satisfies Partial<KafkaOptions>;

const isDead = (source: LogSource) => () => !source.health().alive;

/** A broker of its own, which may be stopped without disturbing other tests. */
async function ownBroker() {
  vi.stubEnv('TEST_KAFKA_BROKERS', undefined);
  const run = new TestRun();
  atEnd(() => run.end());
  const { service, jars } = await provideKafka(run);
  vi.unstubAllEnvs();
  if (service.status !== 'ready' || jars === null) throw new Error('this test starts a broker, with Java');
  const pid = Number(readFileSync(join(run.folder, 'pids'), 'utf8').split(' ')[0]);
  const restart = () =>
    run.spawn('again', jars.java, [
      '-cp',
      jars.classpath,
      'kafka.Kafka',
      join(run.folder, 'kafka.properties'),
    ]);
  return { run, pid, restart, brokers: [service.address] };
}

describeWith(['kafka'], 'an outage of the broker', () => {
  it('before the start is waited for, and shows in the health', async () => {
    const source = createKafkaSource({ ...OPTIONS, brokers: [`127.0.0.1:${await freePort()}`] });
    atEnd(() => source.stop(1_000));
    const handler = createLedgerHandler(createLedger());
    // The first attempt has its retries; then start gives the rest of the process its turn.
    await source.start(handler);
    expect(source.health().reason).toContain('Kafka cannot be reached');
    await until(isDead(source), { what: 'three sessions without contact' });
    expect(source.health().reason).toMatch(/no contact with Kafka for \d+ s; Kafka cannot be reached/);
    expect(handler.calls).toEqual([]);
    await source.stop(1_000);
  });

  it('writes a bounded log, that says each thing once', async () => {
    const lines: string[] = [];
    const line = (fields: object, message: string): void => {
      const cause = 'err' in fields && fields.err instanceof Error ? `: ${fields.err.message}` : '';
      lines.push(message + cause);
    };
    const source = createKafkaSource({
      ...OPTIONS,
      brokers: [`127.0.0.1:${await freePort()}`],
      log: { ...silentLog, warn: line, error: line },
    });
    atEnd(() => source.stop(1_000));
    // Each attempt to connect has five retries, and kafkajs complains of each.
    await source.start(createLedgerHandler(createLedger()));
    await until(isDead(source), { what: 'three sessions without contact' });
    await source.stop(1_000);
    expect(lines.length).toBeGreaterThan(0);
    const once = lines.filter((said) => !said.includes('the trouble goes on'));
    expect(once).toEqual([...new Set(once)]);
    expect(lines.length).toBeLessThanOrEqual(10);
  });

  it('is survived when it ends, and reported, not thrown, while it lasts', async () => {
    const { run, pid, restart, brokers } = await ownBroker();
    const admin = patientKafka(brokers).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'events' }], waitForLeaders: true });
    await admin.disconnect();
    const producer = createKafkaProducer({ brokers });
    await producer.connect();
    atEnd(() => producer.close());
    const ledger = createLedger();
    const source = createKafkaSource({ ...OPTIONS, brokers });
    atEnd(() => source.stop(1_000));
    await source.start(createLedgerHandler(ledger));
    await producer.send('events', [{ key: null, value: 'before' }]);
    await until(() => ledger.values.length === 1, { what: 'the first record' });

    process.kill(pid, 'SIGSTOP');
    await until(isDead(source), { what: 'the silence to be noticed' });
    expect(source.health().reason).toContain('no contact with Kafka');
    process.kill(pid, 'SIGCONT');
    await until(() => source.health().alive, { what: 'life after the silence' });
    await producer.send('events', [{ key: null, value: 'after' }]);
    await until(() => ledger.values.length === 2, { what: 'the next record' });
    expect(ledger.values).toEqual(['before', 'after']);

    await endProcess(pid);
    await until(isDead(source), { what: 'the crash to be noticed' });
    restart();
    await until(() => source.health().alive, { what: 'life after the crash' });
    await until(() => producer.send('events', [{ key: null, value: 'again' }]).then(() => true), {
      what: 'a broker that takes records',
    });
    await until(() => ledger.values.includes('again'), { what: 'what came after' });

    await run.end();
    await until(isDead(source), { what: 'the end to be noticed' });
    const stoppedAt = performance.now();
    await source.stop(2_000);
    expect(performance.now() - stoppedAt).toBeLessThan(DEADLINES.promptMs);
  });
});
