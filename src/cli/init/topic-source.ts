import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage, UserError } from '../../core/errors.ts';
import type { LogEventType } from '../../core/events/events.ts';
import { JSON_EVENTS } from '../../core/events/log-format.ts';
import type { LogFormat } from '../../core/events/log-format.ts';
import type { Config, SchemaRegistryConfig } from '../../config/resolve.ts';
import { parseBrokers } from '../../config/brokers.ts';
import type { SchemaSource } from '../../decode/schema-source.ts';
import {
  decoderOf,
  formatOfTopic,
  modelOfRows,
  noCounts,
  noticeRows,
  takeRecords,
} from '../../init/notice-topic.ts';
import type { TopicCounts } from '../../init/notice-topic.ts';
import { TopicRows } from '../../init/topic-rows.ts';
import { connectionAdvice } from '../../ingest/kafka/connection-advice.ts';
import { kafkaSecurity } from '../../ingest/kafka/from-config.ts';
import type { KafkaConnection } from '../../ingest/kafka/kafka-options.ts';
import { openTopicReader } from '../../ingest/kafka/newest-records.ts';
import type { TopicReader } from '../../ingest/kafka/newest-records.ts';
import { SchemaRegistry } from '../../ingest/registry/schema-registry.ts';
import type { Io } from '../terminal/io.ts';
import { counted, progressLine } from '../terminal/progress-line.ts';
import { readOptions } from '../terminal/table-options.ts';
import type { InitFlags, InitSource } from './init-source.ts';

const MOST_OF_PARTITION = 50_000;
const MOST_IN_ALL = 500_000;
/** The command ends within a minute, whatever the brokers and the topic do. */
const CONNECT_WITHIN_MS = 15_000;
const READ_WITHIN_MS = 25_000;
const CLOSE_WITHIN_MS = 2_000;

interface Place {
  readonly connection: KafkaConnection;
  readonly registry: { readonly url: string; readonly schemas: SchemaSource } | null;
  readonly formats: ReadonlyMap<string, LogFormat>;
  /** The configuration that says how to log in. */
  readonly securityFrom: string | null;
}

interface Reading {
  readonly place: Place;
  readonly reader: TopicReader;
  readonly rows: TopicRows;
  readonly model: string | null;
  readonly deadlineMs: number;
  readonly onRecords: (records: number) => void;
}

/** Reads the topics without a group, and notices what they hold. */
export async function readTopicSource(flags: InitFlags, io: Io): Promise<InitSource> {
  const topic = flags.topic ?? '';
  const place = await placeOf(flags, io);
  const { connection } = place;
  const reader = await within(CONNECT_WITHIN_MS, openTopicReader(connection), connection);
  const bar = progressLine(io);
  const rows = new TopicRows(flags.model ?? null);
  const startedAtMs = io.clock.nowMs();
  const reading: Reading = {
    place,
    reader,
    rows,
    model: flags.model ?? null,
    deadlineMs: startedAtMs + READ_WITHIN_MS,
    onRecords: (records) => bar.show(counted(`reading ${topic}`, records, 'records'), null),
  };
  try {
    if (flags.createTopics === true) await createMissing(reading, [topic, flags.labelsTopic ?? topic], io);
    const wait = READ_WITHIN_MS + CONNECT_WITHIN_MS;
    const read = (name: string, type: LogEventType): ReturnType<typeof readTopic> =>
      within(wait - (io.clock.nowMs() - startedAtMs), readTopic(reading, name, type, io), connection);
    const labels = flags.labelsTopic === undefined ? null : await read(flags.labelsTopic, 'label');
    const found = await read(topic, 'prediction');
    if (found.counts.records === 0) throw emptyTopic(topic);
    const model = modelOfRows(topic, rows, found.counts, flags.model ?? null);
    bar.end();
    const joined = rows.joined(model);
    const source = {
      brokers: connection.brokers,
      topic,
      labels_topic: flags.labelsTopic ?? null,
      format: found.format.name,
      schema_registry: found.format.encoding === 'registry' ? (place.registry?.url ?? null) : null,
      records: found.counts.records,
      label_records: labels?.counts.records ?? 0,
    };
    const notes = [
      ...notesOf(topic, found),
      ...(labels === null ? [] : notesOf(flags.labelsTopic ?? '', labels)),
    ];
    const { noticed, tables } = await noticeRows(model, joined, source, notes, readOptions(flags));
    return {
      noticed,
      tables: new Map([...tables].map(([version, { table, rowKeys }]) => [version, { table, rowKeys }])),
      columns: {},
      securityFrom: place.securityFrom,
    };
  } finally {
    bar.end();
    await Promise.race([reader.close().catch(() => {}), sleep(CLOSE_WITHIN_MS, null, { ref: false })]);
  }
}

async function placeOf({ brokers, schemaRegistry }: InitFlags, io: Io): Promise<Place> {
  const config = brokers === undefined ? await configured(io) : null;
  const kafka = config?.kafka ?? null;
  const list = brokers === undefined ? null : parseBrokers(brokers);
  if (list !== null && !list.ok) {
    throw new UserError(`--brokers ${brokers} names no brokers`, {
      fix: 'Such as: --brokers kafka-1:9092,kafka-2:9092',
    });
  }
  const known = config?.schemaRegistry ?? null;
  const settings = schemaRegistry === undefined ? known : registryAt(schemaRegistry);
  const secured = kafka !== null && (kafka.ssl !== null || kafka.sasl !== null);
  return {
    connection: {
      brokers: list?.ok === true ? list.value : (kafka?.brokers ?? []),
      clientId: kafka?.clientId ?? 'shiftwatch',
      ...(kafka === null ? {} : kafkaSecurity(kafka)),
    },
    registry:
      settings === null ? null : { url: settings.url, schemas: new SchemaRegistry(settings, io.clock) },
    formats: kafka?.formats ?? new Map(),
    securityFrom: secured ? io.configPath() : null,
  };
}

function registryAt(url: string): SchemaRegistryConfig {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new UserError(`--schema-registry ${url} is no address`, {
      fix: 'Such as: --schema-registry http://localhost:8081',
    });
  }
  return { url: url.replace(/\/+$/, ''), credentials: null, timeoutMs: 5_000 };
}

async function configured(io: Io): Promise<Config> {
  const config = await io.config().catch((error: unknown) => {
    throw new UserError('--topic needs --brokers, or a configuration with `kafka`', {
      fix: `Such as: --brokers localhost:9092. ${errorMessage(error)}`,
    });
  });
  if (config.kafka !== null) return config;
  throw new UserError(`--topic needs --brokers: ${io.configPath()} has no \`kafka\``, {
    fix: 'Such as: --brokers localhost:9092',
  });
}

async function createMissing({ reader }: Reading, topics: readonly string[], io: Io): Promise<void> {
  for (const topic of new Set(topics)) {
    const nothing = { most: 0, isEnough: () => true, take: async () => {} };
    if ((await reader.newest(topic, nothing)) !== null) continue;
    await reader.createTopics([topic]);
    io.say(`topic ${topic} was made\n`);
  }
}

interface TopicRead {
  readonly counts: TopicCounts;
  readonly format: LogFormat;
  readonly cut: boolean;
}

async function readTopic(reading: Reading, topic: string, type: LogEventType, io: Io): Promise<TopicRead> {
  const { place, reader, rows, model, deadlineMs } = reading;
  const counts = noCounts();
  const schemas = place.registry?.schemas ?? null;
  let format: LogFormat | null = null;
  const read = await reader.newest(topic, {
    most: MOST_OF_PARTITION,
    isEnough: () => rows.isFull || counts.records >= MOST_IN_ALL || io.clock.nowMs() > deadlineMs,
    async take(partition, records) {
      format ??= formatOfTopic(
        topic,
        records.slice(0, 200),
        place.formats.get(topic) ?? null,
        model,
        schemas,
      );
      await takeRecords(decoderOf(format, type, schemas), { topic, partition }, records, rows, counts);
      reading.onRecords(counts.records);
    },
  });
  if (read === null) throw noTopic(topic, place.connection.brokers);
  return { counts, format: format ?? JSON_EVENTS, cut: read.cut };
}

function notesOf(topic: string, { counts, cut }: TopicRead): string[] {
  const refused = [...counts.refused].map(
    ([reason, { count, detail }]) => `${count} × ${reason} (${detail})`,
  );
  return [
    ...(refused.length === 0 ? [] : [`records of ${topic} that are no events: ${refused.join('; ')}`]),
    ...(cut
      ? [`not all of ${topic} was read: the newest ${counts.records} records, in the time there is`]
      : []),
  ];
}

const emptyTopic = (topic: string): UserError =>
  new UserError(`topic ${topic} holds nothing yet that was committed`, {
    fix: 'Log some predictions first (README, step 4), then run this again; or begin with a file: shiftwatch init training.csv',
  });

const noTopic = (topic: string, brokers: readonly string[]): UserError =>
  new UserError(`there is no topic ${topic} at ${brokers.join(',')}, or this login may not see it`, {
    fix: `Correct the name, or make it: --create-topics, or kafka-topics.sh --bootstrap-server ${brokers[0] ?? 'BROKER'} --create --topic ${topic}`,
  });

/** @throws UserError for brokers that cannot be reached, refuse, or do not answer in time */
async function within<T>(waitMs: number, work: Promise<T>, connection: KafkaConnection): Promise<T> {
  const brokers = connection.brokers.join(',');
  const timer = new AbortController();
  const late = sleep(Math.max(1_000, waitMs), null, { signal: timer.signal }).then(() => {
    throw new UserError(`the brokers at ${brokers} do not answer in time`, {
      fix: 'Check --brokers, and that the addresses the brokers advertise can be reached from here.',
    });
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    // kafkajs goes on asking in the background, and would keep the program for a minute more.
    setTimeout(() => process.exit(1), CLOSE_WITHIN_MS).unref();
    if (error instanceof UserError) throw error;
    const { message, fix } = connectionAdvice(error, connection);
    throw new UserError(`the brokers at ${brokers} cannot be read: ${message}`, { fix, cause: error });
  } finally {
    timer.abort();
    late.catch(() => {});
    work.catch(() => {});
  }
}
