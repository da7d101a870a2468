import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DEADLINES } from '../deadlines.ts';
import { freePorts } from '../free-port.ts';
import { imageOf } from '../containers/compose-file.ts';
import type { ServiceImage } from '../containers/engine.ts';
import { type KafkaJars, kafkaJars } from '../kafka/jars.ts';
import { patientKafka } from '../kafka/patient-kafka.ts';
import type { Service, Unavailable } from '../services.ts';
import type { TestRun } from '../test-run.ts';
import { until } from '../wait.ts';
import { climb } from './ladder.ts';

/** A quick start matters more than speed later: one collector thread, no second compiler. */
const JVM = ['-Xms128m', '-Xmx512m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto'];
const LOGGING = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  // The one line that says the broker is up.
  '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info',
];

export interface KafkaService {
  readonly service: Service;
  /** For Java's console producer; also wanted when the broker itself was given. */
  readonly jars: KafkaJars | null;
}

/** Given brokers, or one Apache Kafka node (KRaft, no ZooKeeper): on the machine's Java, or in a container. */
export async function provideKafka(run: TestRun): Promise<KafkaService> {
  const jars = await kafkaJars();
  const service = await climb(
    {
      variable: 'TEST_KAFKA_BROKERS',
      local: () => startLocal(run, jars),
      image: brokerImage,
      addressAt: (host, port) => `${host}:${port}`,
    },
    run,
  );
  if (service.status === 'ready') await warmUp(service.address);
  return { service, jars: isHere(jars) ? jars : null };
}

async function startLocal(run: TestRun, jars: KafkaJars | Unavailable): Promise<Service> {
  if (!isHere(jars)) return { status: 'missing', ...jars };
  return { status: 'ready', address: await startBroker(run, jars), from: 'Apache Kafka on the local Java' };
}

/** Answers its address. */
export async function startBroker(run: TestRun, jars: KafkaJars): Promise<string> {
  const [port = 0, controllerPort = 0] = await freePorts(2);
  await startBrokerWith(run, jars, properties(port, controllerPort, join(run.folder, 'kafka')));
  return `127.0.0.1:${port}`;
}

/** Apache's image makes `log.dirs` of KAFKA_LOG_DIRS. The broker tells clients where it is, so its port here is chosen first. */
async function brokerImage(host: string): Promise<ServiceImage> {
  const [hostPort = 0] = await freePorts(1);
  const [port, controllerPort] = [9092, 9093];
  const settings: Record<string, string | number> = {
    ...properties(port, controllerPort, '/tmp/kafka'),
    listeners: `PLAINTEXT://:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${host}:${hostPort}`,
  };
  const environment = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      `KAFKA_${name.toUpperCase().replaceAll('.', '_')}`,
      `${value}`,
    ]),
  );
  return { image: imageOf('kafka'), port, hostPort, environment };
}

export interface BrokerSetup {
  /** Added to those of any test broker, or instead of them. */
  readonly properties?: Readonly<Record<string, string | number>>;
  /** Of Java. */
  readonly options?: readonly string[];
  /** Of the formatter: `--add-scram …`. */
  readonly format?: readonly string[];
}

/** Formats a folder of the run and starts a broker on it; resolves when it is up. */
export async function startBrokerWith(
  run: TestRun,
  { java, classpath }: KafkaJars,
  settings: Readonly<Record<string, string | number>>,
  setup: BrokerSetup = {},
): Promise<void> {
  const config = join(run.folder, 'kafka.properties');
  const lines = Object.entries({ ...settings, ...setup.properties });
  await writeFile(config, lines.map(([name, value]) => `${name}=${value}\n`).join(''));

  const common = [...JVM, ...LOGGING, ...(setup.options ?? []), '-cp', classpath];
  const id = randomBytes(16);
  // An id that began with '-' would be read as an option.
  id.writeUInt8(id.readUInt8(0) & 0x7f, 0);
  const clusterId = id.toString('base64url');
  const format = ['kafka.tools.StorageTool', 'format', '--cluster-id', clusterId, '--config', config];
  format.push(...(setup.format ?? []));
  await promisify(execFile)(java, [...common, ...format]);

  const broker = run.spawn('kafka', java, [...common, 'kafka.Kafka', config]);
  await until(
    () => {
      const said = run.readLog('kafka');
      if (broker.exitCode !== null) throw new Error(`the broker ended: ${said.slice(-2_000)}`);
      return said.includes('Kafka Server started');
    },
    { timeoutMs: DEADLINES.longWaitMs, what: 'the Kafka broker to start' },
  );
}

export function properties(
  port: number,
  controllerPort: number,
  folder: string,
): Record<string, string | number> {
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': folder,
    // A test that misspells its topic shall fail instead of waiting for messages that go elsewhere.
    'auto.create.topics.enable': 'false',
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // The first member of a group need not wait for others.
    'group.initial.rebalance.delay.ms': 0,
    // So that tests of dead members do not take half a minute each.
    'group.min.session.timeout.ms': 1000,
    'log.segment.bytes': 16 * 1024 * 1024,
    'log.index.size.max.bytes': 1024 * 1024,
    'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
    'num.network.threads': 2,
    'num.io.threads': 2,
  };
}

/** Makes the broker create its offsets topic now, instead of refusing the first group of the first test. */
async function warmUp(brokers: string): Promise<void> {
  const admin = patientKafka(brokers.split(',')).admin();
  await admin.connect();
  try {
    // Refused until the topic is there and its partition is loaded.
    await until(() => admin.fetchOffsets({ groupId: 'shiftwatch-test-warm-up', topics: [] }), {
      what: 'the Kafka group coordinator',
    });
  } finally {
    await admin.disconnect();
  }
}

function isHere(jars: KafkaJars | Unavailable): jars is KafkaJars {
  return 'classpath' in jars;
}
