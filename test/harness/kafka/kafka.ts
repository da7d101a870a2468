import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import {
  type Admin,
  type Kafka,
  type Message,
  PartitionAssigners,
  Partitioners,
  type Producer,
} from 'kafkajs';
import { inject } from 'vitest';
import { atEnd } from '../cleanup.ts';
import { DEADLINES } from '../deadlines.ts';
import { silenceTimeoutNegativeWarning } from './kafkajs-warning.ts';
import { patientKafka } from './patient-kafka.ts';
import { addressOf } from '../services.ts';
import { until } from '../wait.ts';

silenceTimeoutNegativeWarning();

/** A client of the test broker. Whatever is connected through it, the test disconnects. */
export function kafkaClient(): Kafka {
  return patientKafka(addressOf('kafka').split(','));
}

let admin: Promise<Admin> | null = null;
let producer: Promise<Producer> | null = null;

/** One admin connection per file. */
export function kafkaAdmin(): Promise<Admin> {
  admin ??= (async () => {
    const connecting = kafkaClient().admin();
    await connecting.connect();
    atEnd(() => connecting.disconnect());
    return connecting;
  })();
  return admin;
}

export interface TopicOptions {
  readonly partitions?: number;
  /** Broker settings of the topic, such as `{ 'retention.ms': '1000' }`. */
  readonly config?: Readonly<Record<string, string>>;
}

/** A topic of this test's own, deleted after the file. */
export async function createTopic(label: string, options: TopicOptions = {}): Promise<string> {
  const topic = uniqueName(label);
  const connected = await kafkaAdmin();
  const configEntries = Object.entries(options.config ?? {}).map(([name, value]) => ({ name, value }));
  await connected.createTopics({
    // kafkajs would ask for the leaders, and give up when the broker does not know its new topic yet.
    waitForLeaders: false,
    timeout: DEADLINES.waitMs,
    topics: [{ topic, numPartitions: options.partitions ?? 1, replicationFactor: 1, configEntries }],
  });
  await until(() => hasLeaders(connected, topic), { what: `leaders of ${topic}` });
  atEnd(() => connected.deleteTopics({ topics: [topic] }));
  return topic;
}

async function hasLeaders(connected: Admin, topic: string): Promise<boolean> {
  const [found] = (await connected.fetchTopicMetadata({ topics: [topic] })).topics;
  return found?.partitions.every(({ leader }) => leader >= 0) ?? false;
}

/** A consumer group that no other test has used. */
export function uniqueGroup(label: string): string {
  return uniqueName(label);
}

/** Whoever joins the group from now on is refused for good: nobody would know whose assignment to follow. */
export async function holdGroupWithAnotherProtocol(groupId: string, topic: string): Promise<void> {
  const foreign = kafkaClient().consumer({
    groupId,
    partitionAssigners: [(given) => ({ ...PartitionAssigners.roundRobin(given), name: 'foreign' })],
  });
  atEnd(() => foreign.disconnect());
  await foreign.connect();
  await foreign.subscribe({ topic });
  const joined = new Promise<void>((resolve) => foreign.on(foreign.events.GROUP_JOIN, () => resolve()));
  await foreign.run({ eachMessage: () => Promise.resolve() });
  await joined;
}

/** Appends messages with kafkajs; a value that is not a string or a buffer is written as JSON. */
export async function produce(
  topic: string,
  messages: readonly (Omit<Message, 'value'> & { value: unknown })[],
): Promise<void> {
  producer ??= (async () => {
    // Else what is sent again because its answer came too late, on a busy machine, stands in the log twice.
    const connecting = kafkaClient().producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      idempotent: true,
    });
    await connecting.connect();
    atEnd(() => connecting.disconnect());
    return connecting;
  })();
  const encoded = messages.map((message) => ({ ...message, value: encode(message.value) }));
  expectTaken(encoded, await (await producer).send({ topic, messages: encoded }));
}

/** kafkajs drops, and says nothing of it, what is for a partition that it does not know of (yet). */
export function expectTaken(
  messages: readonly { readonly partition?: number }[],
  answered: readonly { readonly partition: number }[],
): void {
  const taken = new Set(answered.map(({ partition }) => partition));
  const dropped = messages.filter(({ partition }) => partition !== undefined && !taken.has(partition));
  if (dropped.length > 0)
    throw new Error(`kafkajs did not send ${dropped.length} of ${messages.length} records`);
}

/**
 * Appends lines with Kafka's own Java console producer, as another language's service would.
 * `properties` are producer settings such as `{ 'compression.type': 'zstd' }`.
 */
export async function produceWithJava(
  topic: string,
  lines: readonly string[],
  properties: Readonly<Record<string, string>> = {},
): Promise<void> {
  const jars = inject('kafkaJars');
  if (jars === null) throw new Error('The Java producer needs Java and the jars; see jars.ts.');
  const args = ['-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error'];
  args.push('-cp', jars.classpath, 'org.apache.kafka.tools.ConsoleProducer');
  args.push('--bootstrap-server', addressOf('kafka'), '--topic', topic);
  for (const [name, value] of Object.entries(properties)) {
    // As a property it would be overwritten by the option's default, which is none.
    if (name === 'compression.type') args.push('--compression-codec', value);
    else args.push('--command-property', `${name}=${value}`);
  }
  const said = await feed(jars.java, args, lines);
  // The producer goes on, and ends as if nothing had been.
  if (said.includes('Error when sending message')) throw new Error(said);
}

/** Whether this machine has kcat. */
export function hasKcat(): boolean {
  return spawnSync('kcat', ['-V'], { stdio: 'ignore' }).error === undefined;
}

/** Appends lines with kcat (librdkafka, C). `settings` are its own, such as `{ 'compression.codec': 'lz4' }`. */
export async function produceWithKcat(
  topic: string,
  lines: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const args = ['-P', '-b', addressOf('kafka'), '-t', topic];
  for (const [name, value] of Object.entries(settings)) args.push('-X', `${name}=${value}`);
  await feed('kcat', args, lines);
}

/** What a group has committed, by partition; -1 where it has committed nothing. */
export async function committedOffsets(groupId: string, topic: string): Promise<Map<number, bigint>> {
  const connected = await kafkaAdmin();
  const [found] = await connected.fetchOffsets({ groupId, topics: [topic] });
  return new Map(found?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
}

/** Deletes the messages before `offset`, as retention does. */
export async function deleteRecordsBefore(topic: string, partition: number, offset: bigint): Promise<void> {
  const connected = await kafkaAdmin();
  // kafkajs only knows the leaders of topics it has been asked about before.
  await connected.fetchTopicOffsets(topic);
  await connected.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
}

/** Answers what the program complained about. */
async function feed(program: string, args: readonly string[], lines: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'], timeout: DEADLINES.waitMs });
  const said = text(child.stderr);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  const code = await ended;
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${await said}`);
  return await said;
}

function encode(value: unknown): string | Buffer | null {
  if (value === null || typeof value === 'string' || Buffer.isBuffer(value)) return value;
  return JSON.stringify(value);
}

function uniqueName(label: string): string {
  return `test-${label}-${randomBytes(4).toString('hex')}`;
}
