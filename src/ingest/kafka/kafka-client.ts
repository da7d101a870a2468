import { Kafka, logLevel } from 'kafkajs';
import type { KafkaConfig, LogEntry, SASLOptions } from 'kafkajs';
import type { Log } from '../../core/log.ts';
import { silentLog } from '../../core/log.ts';
import type { KafkaConnection, KafkaSasl } from './kafka-options.ts';
import { createTokenSource } from './oauth-token.ts';
import { adaptKafkajs } from './kafkajs/adapt-kafkajs.ts';
import { connectForAnswers } from './kafkajs/whole-answers.ts';

/** Retries of one request. Kept short: what outlasts them is an outage, and those are waited out in the open. */
export const REQUEST_RETRY = {
  initialRetryTime: 300,
  maxRetryTime: 5_000,
  retries: 5,
  factor: 0.2,
  multiplier: 2,
};

export function createKafkaClient(
  connection: KafkaConnection,
  retry: typeof REQUEST_RETRY = REQUEST_RETRY,
  patience: Pick<KafkaConfig, 'connectionTimeout' | 'requestTimeout'> = {},
): Kafka {
  adaptKafkajs();
  const log = connection.log ?? silentLog;
  const config: KafkaConfig = {
    clientId: connection.clientId ?? 'shiftwatch',
    brokers: [...connection.brokers],
    connectionTimeout: 10_000,
    requestTimeout: 30_000,
    ...patience,
    socketFactory: connectForAnswers,
    retry,
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => forward(log, entry),
    ...(connection.ssl === undefined ? {} : { ssl: connection.ssl }),
    ...(connection.sasl === undefined ? {} : { sasl: saslOptions(connection.sasl) }),
  };
  return new Kafka(config);
}

function saslOptions(sasl: KafkaSasl): SASLOptions {
  if (sasl.mechanism !== 'oauthbearer') return sasl;
  const token = createTokenSource(sasl.login);
  return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await token() }) };
}

/** kafkajs calls every retried request an error; what is one for us, the source says itself. */
function forward(log: Log, { level, namespace, log: entry }: LogEntry): void {
  const { message, timestamp: _timestamp, logger: _logger, ...fields } = entry;
  const said = `kafka ${namespace}: ${message}`;
  if (level === logLevel.ERROR || level === logLevel.WARN) log.warn(fields, said);
  else log.debug(fields, said);
}
