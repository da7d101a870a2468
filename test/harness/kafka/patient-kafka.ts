import { Kafka, logLevel } from 'kafkajs';
import { DEADLINES } from '../deadlines.ts';

/**
 * A client of a test's own. kafkajs gives a connection one second, which a busy machine can use up. Failures reach the
 * test as rejections; kafkajs would print each of its retries as well.
 */
export function patientKafka(brokers: readonly string[]): Kafka {
  return new Kafka({
    clientId: 'shiftwatch-test',
    brokers: [...brokers],
    connectionTimeout: DEADLINES.waitMs,
    logLevel: logLevel.NOTHING,
  });
}
