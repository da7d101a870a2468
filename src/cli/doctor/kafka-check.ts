import { once } from 'node:events';
import { connect } from 'node:net';
import type { KafkaConfig } from '../../config/resolve.ts';
import { errorMessage } from '../../core/errors.ts';
import { connectionAdvice } from '../../ingest/kafka/connection-advice.ts';
import { createKafkaClient, REQUEST_RETRY } from '../../ingest/kafka/kafka-client.ts';
import type { KafkaConnection } from '../../ingest/kafka/kafka-options.ts';
import { withDeadline } from '../../core/clock.ts';
import { type DoctorFinding, failure, fine, warning } from './finding.ts';

/** The brokers answer, and every topic that is to be read exists. */
export async function checkKafka(
  config: KafkaConfig,
  connection: KafkaConnection,
  deadlineMs: number,
): Promise<DoctorFinding[]> {
  // Somebody waits for the answer, and the first failure says what is wrong.
  const admin = createKafkaClient(connection, { ...REQUEST_RETRY, retries: 0 }).admin();
  const brokers = connection.brokers.join(', ');
  try {
    // The client retries for long and then says little; a socket says at once what is wrong.
    await Promise.any(connection.brokers.map((broker) => connects(broker, deadlineMs)));
    const topics = await withDeadline(
      admin.connect().then(() => admin.listTopics()),
      deadlineMs,
    );
    return [fine('kafka', `${brokers} answers`), ...missingTopics(config, new Set(topics))];
  } catch (error) {
    const { message, fix } = connectionAdvice(error, connection);
    const said = error instanceof AggregateError ? reasonOf(error) : message;
    return [failure('kafka', `${brokers}: ${said}`, fix)];
  } finally {
    // A client that never connected may take its retries to notice; nobody waits for that.
    void admin.disconnect().catch(() => {});
  }
}

async function connects(broker: string, deadlineMs: number): Promise<void> {
  const colon = broker.lastIndexOf(':');
  const host = broker.slice(0, colon).replaceAll(/^\[|\]$/g, '');
  const socket = connect({ host, port: Number(broker.slice(colon + 1)) });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(deadlineMs) });
  } finally {
    socket.destroy();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof AggregateError ? error.errors.map(errorMessage).join('; ') : errorMessage(error);
}

function missingTopics({ topics }: KafkaConfig, existing: ReadonlySet<string>): DoctorFinding[] {
  return [...topics.predictions, ...topics.features, ...topics.labels]
    .filter((topic) => !existing.has(topic))
    .map((topic) =>
      warning(
        `kafka topic ${topic}`,
        'does not exist, or this user may not see it',
        'Create it, or grant Describe and Read on it; until then nothing is read from it.',
      ),
    );
}
