import { inject } from 'vitest';
import type { KafkaJars } from './kafka/jars.ts';

/** A service that tests talk to for real. */
export type ServiceName = 'postgres' | 'redis' | 'kafka';

export type Service =
  | {
      readonly status: 'ready';
      /** A URL; for Kafka, its brokers separated by commas. */
      readonly address: string;
      /** Which rung of the ladder it came from. */
      readonly from: string;
    }
  | ({ readonly status: 'missing' } & Unavailable);

/** Not to be had here. Neither text ends with a full stop: they become parts of sentences. */
export interface Unavailable {
  readonly why: string;
  readonly fix: string;
}

export type Services = Readonly<Record<ServiceName, Service>>;

declare module 'vitest' {
  // What global-setup.ts hands over to the test files.
  interface ProvidedContext {
    services: Services;
    /** A migrated database to clone; null when there is no Postgres. */
    postgresTemplate: string | null;
    /** Null on a machine without Java, where only a broker elsewhere can be used. */
    kafkaJars: KafkaJars | null;
  }
}

/** The address of a service. Only inside tests and hooks of a suite that says it needs it. */
export function addressOf(name: ServiceName): string {
  const service = inject('services')[name];
  if (service.status === 'ready') return service.address;
  throw new Error(`${name} is missing (${service.why}): put this test into a describeWith(['${name}'], …).`);
}
