import { type Admin, type Kafka, Partitioners, type Producer } from 'kafkajs';
import { expect } from 'vitest';
import { silentLog } from '../../src/core/log.ts';
import { InputProfile } from '../../src/stats/profile/input-profile.ts';
import { createPool, type Pool } from '../../src/store/connection/pool.ts';
import { atEnd } from '../harness/cleanup.ts';
import { expectConserved } from '../harness/database/conservation.ts';
import { DEADLINES } from '../harness/deadlines.ts';
import { uniqueGroup } from '../harness/kafka/kafka.ts';
import { patientKafka } from '../harness/kafka/patient-kafka.ts';
import { type Program, startShiftwatch } from '../harness/process.ts';
import { until } from '../harness/wait.ts';

export const MODEL = 'clicks';
const START_MS = Date.UTC(2026, 0, 10);
const MINUTE_MS = 60_000;

export interface StreamOptions {
  readonly label: string;
  readonly brokers: string;
  /** As the workers reach it. */
  readonly databaseUrl: string;
  /** As the test reaches it; absent: the same way. */
  readonly directUrl?: string;
  readonly partitions?: number;
  readonly sessionTimeout?: string;
  readonly checkpointEvery?: string;
}

/** Clicks that are written to Kafka, workers that count them, and a look at whether the counts are exact. */
export class ClickStream {
  readonly topic: string;
  readonly group: string;
  readonly sent = { fresh: 0, repeated: 0, garbage: 0 };
  pool: Pool;
  readonly #options: StreamOptions;
  readonly #admin: Admin;
  readonly #producer: Producer;

  private constructor(options: StreamOptions, kafka: Kafka) {
    this.#options = options;
    this.topic = uniqueGroup(options.label);
    this.group = uniqueGroup(options.label);
    this.pool = createPool({
      connectionString: options.directUrl ?? options.databaseUrl,
      max: 2,
      applicationName: 'test',
      log: silentLog,
    });
    this.#admin = kafka.admin();
    this.#producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  }

  static async open(options: StreamOptions): Promise<ClickStream> {
    const kafka = patientKafka(options.brokers.split(','));
    const stream = new ClickStream(options, kafka);
    atEnd(() => stream.pool.end());
    await stream.#admin.connect();
    await stream.#producer.connect();
    atEnd(() => Promise.race([stream.#admin.disconnect(), new Promise((done) => setTimeout(done, 2_000))]));
    atEnd(() =>
      Promise.race([stream.#producer.disconnect(), new Promise((done) => setTimeout(done, 2_000))]),
    );
    await stream.#admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic: stream.topic, numPartitions: options.partitions ?? 4, replicationFactor: 1 }],
    });
    return stream;
  }

  config(): object {
    const { brokers, databaseUrl, sessionTimeout = '6s', checkpointEvery = '1s' } = this.#options;
    return {
      database: databaseUrl,
      kafka: {
        brokers,
        group_id: this.group,
        session_timeout: sessionTimeout,
        topics: { predictions: [this.topic] },
      },
      ingest: { checkpoint_every: checkpointEvery },
      models: [
        {
          name: MODEL,
          task: 'classification',
          windows: [{ size: '1h', accept_late: '5000d' }],
          segments: ['country'],
        },
      ],
    };
  }

  async worker(): Promise<Program> {
    const program = startShiftwatch(['serve', '--roles', 'ingest'], { config: this.config() });
    await program.waitForLine(/"serving"/);
    return program;
  }

  /** Appends new clicks, repetitions of earlier ones and garbage, over all partitions. */
  async send(fresh: number, repeated = 0, garbage = 0): Promise<void> {
    const lines: string[] = [];
    for (let n = 0; n < repeated; n += 1) lines.push(click((n * 37) % Math.max(1, this.sent.fresh)));
    for (let n = 0; n < garbage; n += 1) lines.push(`garbage ${this.sent.garbage + n}`);
    for (let n = 0; n < fresh; n += 1) lines.push(click(this.sent.fresh + n));
    for (let at = 0; at < lines.length; at += 5_000) {
      const messages = lines.slice(at, at + 5_000).map((value, index) => ({ key: `${at + index}`, value }));
      await this.#producer.send({ topic: this.topic, messages });
    }
    this.sent.fresh += fresh;
    this.sent.repeated += repeated;
    this.sent.garbage += garbage;
  }

  /** Records that are in the log and not stored. */
  async lag(): Promise<number> {
    const ends = await this.#admin.fetchTopicOffsets(this.topic);
    return ends.reduce((sum, { high }) => sum + Number(high), 0) - (await this.stored());
  }

  async stored(): Promise<number> {
    const found = await this.pool.query<{ n: number }>(
      'select coalesce(sum(next_offset), 0)::int as n from source_position',
    );
    return found.rows[0]?.n ?? 0;
  }

  async settled(timeoutMs = DEADLINES.longWaitMs): Promise<void> {
    await until(async () => (await this.lag()) === 0, {
      timeoutMs,
      everyMs: 250,
      what: 'everything to be read and stored',
    });
  }

  /** What Kafka's own tools would say is stored. */
  async committed(): Promise<number> {
    const [found] = await this.#admin.fetchOffsets({ groupId: this.group, topics: [this.topic] });
    return (found?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
  }

  /** Partitions by owner, as last stored. */
  async owners(): Promise<Map<string, number>> {
    const found = await this.pool.query<{ owner: string; n: number }>(
      'select owner, count(*)::int as n from source_position where owner is not null group by owner',
    );
    return new Map(found.rows.map(({ owner, n }) => [owner.split('/').at(-1) ?? '', n]));
  }

  /** Holds everything stored against everything sent. */
  async expectExact(): Promise<void> {
    const { fresh, repeated, garbage } = this.sent;
    const conserved = await expectConserved(this.pool);
    expect(conserved).toEqual({
      prediction: {
        read: fresh + repeated + garbage,
        windowed: fresh,
        ...(repeated > 0 && { duplicate: repeated }),
        ...(garbage > 0 && { dead_letter: garbage }),
      },
    });
    const rows = await this.pool.query<Record<string, number>>(
      `select (select count(*)::int from prediction) as predictions,
        (select count(distinct id_hash)::int from prediction) as ids,
        (select coalesce(sum(rows), 0)::int from prediction_chunk) as chunked,
        (select count(distinct (partition, "offset"))::int from dead_letter) as garbage,
        (select count(*)::int from log_incident) as incidents`,
    );
    expect(rows.rows[0]).toEqual({
      predictions: fresh,
      ids: fresh,
      chunked: fresh,
      garbage,
      incidents: 0,
    });
    expect(await this.#counted()).toEqual({ whole: fresh, bySegment: fresh });
  }

  /** Adds the windows' deltas up, as an evaluation would. */
  async #counted(): Promise<{ whole: number; bySegment: number }> {
    const parts = await this.pool.query<{ segment: string; delta: Buffer }>(
      `select segment, delta from window_part where kind = 'input'`,
    );
    const sums = { whole: 0, bySegment: 0 };
    for (const { segment, delta } of parts.rows) {
      const { rows } = InputProfile.decode(delta, null, 'classification');
      if (segment === '') sums.whole += rows;
      else sums.bySegment += rows;
    }
    return sums;
  }
}

function click(n: number): string {
  return JSON.stringify({
    model: MODEL,
    prediction_id: `click-${n}`,
    timestamp: new Date(START_MS + (n % 300) * MINUTE_MS).toISOString(),
    features: { x: n % 97, country: n % 3 === 0 ? 'de' : 'fr' },
    prediction: n % 2,
    score: (n % 101) / 100,
  });
}
