import type { WritingFlags } from '../terminal/table-options.ts';
import { basename } from 'node:path';
import type { Config } from '../../config/resolve.ts';
import type { LogEventType } from '../../core/events/events.ts';
import { UserError } from '../../core/errors.ts';
import { createAcceptEvents } from '../../pipeline/intake/accept-events.ts';
import { decodeLimits } from '../../pipeline/intake/decode-limits.ts';
import { ModelCatalog } from '../../pipeline/windows/model-catalog.ts';
import { REEVALUATE_AFTER_MS } from '../../pipeline/windows/reevaluation.ts';
import { kafkaSecurity } from '../../ingest/kafka/from-config.ts';
import { migrate } from '../../store/connection/migrate.ts';
import { openDatabase } from '../../store/connection/open-database.ts';
import { createPool } from '../../store/connection/pool.ts';
import { SegmentRegistry } from '../../window/segments.ts';
import type { Io } from '../terminal/io.ts';
import { ownOrigin } from './own-origin.ts';

export interface ReplayFlags extends WritingFlags {
  readonly to: 'kafka' | 'http' | 'local';
  readonly url?: string;
  readonly rate?: number;
  readonly speed?: number;
  readonly model?: string;
  readonly modelVersion: string;
  /** Milliseconds. */
  readonly labelDelay?: number;
  readonly prediction?: string;
  readonly score?: string;
  readonly label?: string;
  readonly timestamp?: string;
  readonly predictionId?: string;
}

export interface OutgoingEvent {
  readonly json: string;
  readonly type: LogEventType;
  readonly timestampMs: number | null;
  readonly predictionId: string | null;
}

export interface Answer {
  readonly accepted: number;
  readonly late: number;
  readonly duplicates: number;
  readonly deadLetters: number;
}

export interface Destination {
  /** Null: more than is taken at once, of windows or of bytes. */
  send(events: readonly OutgoingEvent[]): Promise<Answer | null>;
  close(): Promise<void>;
}

export async function openDestination(
  file: string,
  flags: ReplayFlags,
  config: Config,
  io: Io,
): Promise<Destination> {
  switch (flags.to) {
    case 'kafka':
      return await openKafka(config, io);
    case 'http':
      return openHttp(flags.url ?? ownOrigin(config.api), io);
    case 'local':
      return await openLocal(file, config, io);
  }
}

async function openKafka(config: Config, io: Io): Promise<Destination> {
  const { kafka } = config;
  if (kafka === null) {
    throw new UserError('the configuration has no kafka section', {
      fix: 'Add one, or use --to http or local.',
    });
  }
  const { createKafkaProducer } = await import('../../ingest/kafka/producer.ts');
  const { brokers, clientId } = kafka;
  const producer = createKafkaProducer({ brokers, clientId, log: io.log, ...kafkaSecurity(kafka) });
  await producer.connect();
  const topics = {
    prediction: kafka.topics.predictions[0],
    features: kafka.topics.features[0],
    label: kafka.topics.labels[0],
  };
  return {
    async send(events) {
      for (const [type, group] of Map.groupBy(events, (event) => event.type)) {
        const topic = topics[type];
        if (topic === undefined) {
          throw new UserError(`no topic is configured for ${type} events`, {
            fix: `Name one under kafka.topics.`,
          });
        }
        await producer.send(
          topic,
          group.map(({ json, predictionId }) => ({ key: predictionId, value: json })),
        );
      }
      return { accepted: events.length, late: 0, duplicates: 0, deadLetters: 0 };
    },
    close: async () => await producer.close(),
  };
}

function openHttp(base: string, io: Io): Destination {
  const url = new URL('/api/v1/events', base);
  const token = io.env['SHIFTWATCH_TOKEN'];
  return {
    async send(events) {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-ndjson',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: events.map((event) => event.json).join('\n'),
      }).catch((cause: unknown) => {
        throw new UserError(`nobody answers at ${url.origin}`, { fix: 'Start `shiftwatch serve`.', cause });
      });
      if (response.status === 413) return null;
      if (response.status !== 202) {
        throw new UserError(`${url.origin} answered ${response.status}: ${await response.text()}`, {
          fix: 'With `auth`, put a token with the scope ingest into SHIFTWATCH_TOKEN.',
        });
      }
      const answer = (await response.json()) as {
        accepted: number;
        late: number;
        duplicates: number;
        dead_letters: unknown[];
      };
      return { ...answer, deadLetters: answer.dead_letters.length };
    },
    close: async () => {},
  };
}

async function openLocal(file: string, config: Config, io: Io): Promise<Destination> {
  const { log } = io;
  const database = await openDatabase({ url: config.databaseUrl, directory: io.dataDirectory, log });
  await migrate({ connectionString: database.url, log });
  const pool = createPool({
    connectionString: database.url,
    max: 4,
    applicationName: 'shiftwatch replay',
    log,
  });
  const accept = createAcceptEvents({
    pool,
    catalog: await ModelCatalog.open(pool, config.models),
    segments: new SegmentRegistry(),
    limits: decodeLimits(config),
    reevaluateAfterMs: REEVALUATE_AFTER_MS,
    source: `file:${file === '-' ? 'stdin' : basename(file)}`,
  });
  return {
    async send(events) {
      const answer = await accept({
        body: Buffer.from(events.map((event) => event.json).join('\n')),
        idempotencyKey: null,
        receivedAtMs: io.clock.nowMs(),
      });
      if (!answer.ok) {
        if (answer.error.reason === 'too_many_windows') return null;
        throw new Error(answer.error.detail);
      }
      return { ...answer.value, deadLetters: answer.value.dead_letters.length };
    },
    close: async () => {
      await pool.end();
      await database.close();
    },
  };
}
