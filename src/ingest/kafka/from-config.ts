import type { ConnectionOptions } from 'node:tls';
import type { LogEventType } from '../../core/events/events.ts';
import type { KafkaSasl, KafkaTopic } from './kafka-options.ts';

/** What a configuration says of its topics. */
export interface TopicNames {
  readonly predictions: readonly string[];
  readonly features: readonly string[];
  readonly labels: readonly string[];
}

/** What a configuration says of TLS and login; null: none. */
export interface SecuritySettings {
  readonly ssl: {
    readonly ca: string | null;
    readonly cert: string | null;
    readonly key: string | null;
    readonly serverName: string | null;
  } | null;
  readonly sasl: KafkaSasl | null;
}

export function kafkaTopics({
  topics,
}: {
  readonly topics: TopicNames;
}): (KafkaTopic & { readonly eventType: LogEventType })[] {
  const of = (names: readonly string[], eventType: LogEventType) =>
    names.map((topic) => ({ topic, eventType }));
  return [
    ...of(topics.predictions, 'prediction'),
    ...of(topics.features, 'features'),
    ...of(topics.labels, 'label'),
  ];
}

/** TLS and login, where configured, in kafkajs' words. */
export function kafkaSecurity({ ssl, sasl }: SecuritySettings): {
  readonly ssl?: ConnectionOptions;
  readonly sasl?: KafkaSasl;
} {
  return {
    ...(ssl === null
      ? {}
      : {
          ssl: {
            ...(ssl.ca === null ? {} : { ca: [ssl.ca] }),
            ...(ssl.cert === null ? {} : { cert: ssl.cert }),
            ...(ssl.key === null ? {} : { key: ssl.key }),
            ...(ssl.serverName === null ? {} : { servername: ssl.serverName }),
          },
        }),
    ...(sasl === null ? {} : { sasl }),
  };
}
