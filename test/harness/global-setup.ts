import type { TestProject } from 'vitest/node';
import { type PostgresService, providePostgres } from './providers/postgres.ts';
import { type KafkaService, provideKafka } from './providers/kafka.ts';
import { provideRedis } from './providers/redis.ts';
import { silenceTimeoutNegativeWarning } from './kafka/kafkajs-warning.ts';
import type { Services } from './services.ts';
import { TestRun } from './test-run.ts';

interface Started {
  readonly services: Services;
  readonly postgres: PostgresService;
  readonly kafka: KafkaService;
  readonly run: TestRun;
}

/** Two projects need services, and both use the same: started by the first, ended after the last. */
interface Shared {
  users: number;
  started: Promise<Started>;
}

const KEY = Symbol.for('shiftwatch.test.services');
// Vitest loads this module once per project; only the process itself is common to them.
const holder = globalThis as { [KEY]?: Shared };

/** Vitest calls this for a project only when that project has files to run: unit tests alone start nothing. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const shared = (holder[KEY] ??= { users: 0, started: startAll() });
  shared.users += 1;
  const { services, postgres, kafka, run } = await shared.started;
  project.provide('services', services);
  project.provide('postgresTemplate', postgres.template);
  project.provide('kafkaJars', kafka.jars);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    await run.end();
    delete holder[KEY];
  };
}

async function startAll(): Promise<Started> {
  silenceTimeoutNegativeWarning();
  const begun = performance.now();
  const run = new TestRun();
  try {
    const starting = [providePostgres(run), provideRedis(run), provideKafka(run)] as const;
    // Each may fail on its own; what the others start meanwhile must be known before it can be ended.
    await Promise.allSettled(starting);
    const [postgres, redis, kafka] = await Promise.all(starting);
    const services: Services = { postgres: postgres.service, redis, kafka: kafka.service };
    const report = Object.entries(services).map(([name, service]) =>
      service.status === 'ready'
        ? `  ${name}: ${service.from}\n`
        : `  ${name}: missing, ${service.why}. ${service.fix}.\n`,
    );
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    process.stdout.write(`services after ${seconds} s\n${report.join('')}`);
    const missing = Object.values(services).some((service) => service.status === 'missing');
    if (missing && process.env['CI']) {
      throw new Error(
        `With CI set all tests run or the run fails, and a service is missing:\n${report.join('')}`,
      );
    }
    return { services, postgres, kafka, run };
  } catch (error) {
    await run.end();
    throw error;
  }
}
