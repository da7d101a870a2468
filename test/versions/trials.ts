import type { Unavailable } from '../harness/services.ts';
import { kafkaJars } from '../harness/kafka/jars.ts';
import { startBroker } from '../harness/providers/kafka.ts';
import type { TestRun } from '../harness/test-run.ts';
import { startApicurio } from './apicurio.ts';
import { pgbouncerVersion } from './pgbouncer.ts';
import { startPostgres } from './postgres.ts';

/** The services that a trial is not about are those of every test: the newest that are here. */
export interface Trial {
  readonly name: string;
  /** Starts what it is about; answers the variables by which tests find it. */
  start(run: TestRun): Promise<Readonly<Record<string, string>> | Unavailable>;
  /** Of vitest. */
  readonly args: readonly string[];
}

/** From a topic to mail and webhook, in one process and in two; five processes that migrate an empty database; the queue. */
const LINE = [
  'test/e2e/kafka-to-mail.test.ts',
  'test/e2e/five-migrations.test.ts',
  'test/integration/outbox/act-queue.test.ts',
];
/** What Debian or nobody else has in these versions: npm's newest of each line. */
const POSTGRES = [
  '14.23.0-beta.17',
  '15.18.0-beta.17',
  '16.14.0-beta.17',
  '17.10.0-beta.17',
  '18.4.0-beta.17',
];
const KAFKA = ['3.9.1', '4.0.1', '4.4.0'];
const APICURIO = '2.6.13.Final';
const OWN = ['--config', 'test/versions/vitest.config.ts'];

const found = pgbouncerVersion();

export const TRIALS: readonly Trial[] = [
  ...POSTGRES.map((version) => ({
    name: `PostgreSQL ${version}`,
    start: async (run: TestRun) => ({ TEST_DATABASE_URL: (await startPostgres(run, version)).url }),
    args: LINE,
  })),
  ...KAFKA.map((version) => ({
    name: `Apache Kafka ${version}`,
    start: async (run: TestRun) => {
      const jars = await kafkaJars(version);
      return 'why' in jars ? jars : { TEST_KAFKA_BROKERS: await startBroker(run, jars) };
    },
    args: [
      'test/e2e/kafka-to-mail.test.ts',
      'test/integration/consume/kafka-broker.test.ts',
      'test/integration/consume/kafka-source.test.ts',
    ],
  })),
  {
    name: `PgBouncer ${found ?? ''}`,
    start: async (run) => {
      if (found === null) return { why: 'there is no pgbouncer', fix: 'apt-get install pgbouncer' };
      return { TEST_DATABASE_URL: (await startPostgres(run, POSTGRES.at(-1) ?? '')).url };
    },
    args: [...OWN, 'test/versions/pgbouncer.test.ts'],
  },
  {
    name: `Apicurio Registry ${APICURIO}`,
    start: async (run) => {
      const url = await startApicurio(run, APICURIO);
      return typeof url === 'string' ? { TEST_SCHEMA_REGISTRY_URL: url } : url;
    },
    args: [...OWN, 'test/versions/schema-registry.test.ts'],
  },
];
