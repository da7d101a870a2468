/** docker-compose.yml as docs/deployment.md brings it up, on other ports. */
import { Partitioners } from 'kafkajs';
import { DockerComposeEnvironment, type StartedDockerComposeEnvironment, Wait } from 'testcontainers';
import { beforeAll, expect, it } from 'vitest';
import { atEnd } from '../harness/cleanup.ts';
import { ROOT } from '../harness/containers/compose-file.ts';
import { describeWithEngine } from '../harness/containers/describe-with-engine.ts';
import { DEADLINES } from '../harness/deadlines.ts';
import { freePorts } from '../harness/free-port.ts';
import { silenceTimeoutNegativeWarning } from '../harness/kafka/kafkajs-warning.ts';
import { patientKafka } from '../harness/kafka/patient-kafka.ts';
import { until } from '../harness/wait.ts';
import { exitCodeOnStop } from './exit-code.ts';

silenceTimeoutNegativeWarning();

const EVENTS = 20;
const PROJECT = `shiftwatch-test-${process.pid}`;

describeWithEngine('compose', 'docker compose up', () => {
  let environment: StartedDockerComposeEnvironment;
  let ports: { readonly api: number; readonly kafka: number; readonly mail: number };
  let token: string;

  async function up(): Promise<void> {
    environment = await new DockerComposeEnvironment(ROOT, 'docker-compose.yml')
      .withProjectName(PROJECT)
      .withEnvironment({
        SHIFTWATCH_PORT: `${ports.api}`,
        KAFKA_PORT: `${ports.kafka}`,
        MAIL_PAGE_PORT: `${ports.mail}`,
      })
      .withBuild()
      .withDefaultWaitStrategy(Wait.forHealthCheck())
      .withWaitStrategy('topics-1', Wait.forOneShotStartup())
      .withStartupTimeout(2 * DEADLINES.longWaitMs)
      .up();
  }

  beforeAll(async () => {
    const [api = 0, kafka = 0, mail = 0] = await freePorts(3);
    ports = { api, kafka, mail };
    await up();
    atEnd(() => environment.down());
  });

  const shiftwatch = async (...args: readonly string[]) =>
    await environment.getContainer('shiftwatch-1').exec(['node', 'bin/shiftwatch.js', ...args]);
  const get = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    await fetch(`http://127.0.0.1:${ports.api}${path}`, { headers });

  async function rows(): Promise<number> {
    const answer = await get('/api/v1/windows?model=credit-risk', { authorization: `Bearer ${token}` });
    const { items } = (await answer.json()) as { items: { rows: number }[] };
    return items.reduce((sum, window) => sum + window.rows, 0);
  }

  it('is ready and alive, and asks for the token that is made', async () => {
    for (const path of ['/health/ready', '/health/live']) expect((await get(path)).status).toBe(200);
    expect((await get('/metrics')).status).toBe(401);
    const { output } = await shiftwatch('token', 'create', '--name', 'first', '--scopes', 'ingest,operate');
    token = /sw_\S+/.exec(output)?.[0] ?? '';
    expect((await get('/metrics', { authorization: `Bearer ${token}` })).status).toBe(200);
  });

  it('counts what a producer outside writes to 127.0.0.1', async () => {
    const producer = patientKafka([`127.0.0.1:${ports.kafka}`]).producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      idempotent: true,
    });
    await producer.connect();
    const event = { type: 'prediction', model: 'credit-risk', features: { age: 40 }, prediction: 'approve' };
    await producer.send({
      topic: 'ml.predictions',
      messages: Array.from({ length: EVENTS }, () => ({ value: JSON.stringify(event) })),
    });
    await producer.disconnect();
    await until(async () => (await rows()) === EVENTS, { what: 'the events to be counted', everyMs: 250 });
  });

  it('shows what it mails', async () => {
    expect((await shiftwatch('channel', 'test', 'oncall-mail')).exitCode).toBe(0);
    const caught = await fetch(`http://127.0.0.1:${ports.mail}/api/v1/messages`);
    expect(await caught.json()).toMatchObject({ messages: [{ To: [{ Address: 'ml@example.org' }] }] });
  });

  it('gives PostgreSQL, its backup and its restore by the documented programs', async () => {
    const postgres = environment.getContainer('postgres-1');
    for (const command of [
      ['pg_dump', '-U', 'shiftwatch', '-Fc', '-f', '/tmp/shiftwatch.dump', 'shiftwatch'],
      ['createdb', '-U', 'shiftwatch', 'restored'],
      ['pg_restore', '-U', 'shiftwatch', '-d', 'restored', '--exit-on-error', '/tmp/shiftwatch.dump'],
    ]) {
      expect(await postgres.exec(command)).toMatchObject({ exitCode: 0 });
    }
  });

  it('writes nothing but to /tmp, as uid 1000', async () => {
    const { output } = await environment
      .getContainer('shiftwatch-1')
      .exec(['sh', '-c', 'id -u; touch /tmp/trial && echo tmp; touch /app/trial || echo refused']);
    expect(output).toMatch(/^1000\ntmp\n[^]*refused\n$/);
  });

  it('ends within ten seconds of SIGTERM, and has everything in its volumes when it is back', async () => {
    expect(await exitCodeOnStop(environment.getContainer('shiftwatch-1'), 10_000)).toBe(0);
    await environment.down({ removeVolumes: false });
    await up();
    expect(await rows()).toBe(EVENTS);
  });
});
