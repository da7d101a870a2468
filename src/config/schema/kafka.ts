import { z } from 'zod';
import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { formatKeys } from './log-format.ts';
import { open } from './shown.ts';
import { duration, nonEmpty, openText, url } from './values.ts';

/** What Kafka itself allows. */
const topicName = open(
  z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,249}$/, {
      error: 'a Kafka topic name is 1 to 249 letters, digits, dots, dashes or underscores',
    })
    .refine((name) => name !== '.' && name !== '..', { error: 'no Kafka topic is called . or ..' }),
);
const topics = z.array(z.union([topicName, z.strictObject({ topic: topicName, ...formatKeys })])).default([]);

/** Brokers refuse longer or shorter sessions by default (group.min/max.session.timeout.ms). */
const SESSION = { minMs: 6 * SECOND_MS, maxMs: 30 * MINUTE_MS };

const tls = z.strictObject({
  ca: nonEmpty
    .optional()
    .meta({ description: 'PEM of the authority that signed the brokers (`file:` helps)' }),
  cert: nonEmpty.optional().meta({ description: 'PEM of the client certificate' }),
  key: nonEmpty.optional().meta({ description: 'PEM of the client key' }),
  server_name: openText.optional().meta({ description: 'name to expect in the brokers’ certificates' }),
});

const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const;

const sasl = z.strictObject({
  mechanism: z.enum(SASL_MECHANISMS).meta({ description: 'how to log in' }),
  username: nonEmpty.optional(),
  password: nonEmpty.optional(),
  token_url: url(['https:', 'http:'], 'https://login.example.org/oauth2/token')
    .optional()
    .meta({ description: 'oauthbearer: where client_id and client_secret are exchanged for a token' }),
  client_id: nonEmpty.optional(),
  client_secret: nonEmpty.optional(),
  scope: nonEmpty.optional(),
  token_file: openText
    .optional()
    .meta({ description: 'oauthbearer: a file with the token, read at every login; instead of token_url' }),
});

export const kafkaSchema = z.strictObject({
  brokers: z
    .union([openText, z.array(openText).min(1)])
    .meta({ description: '`host:port`, as a list or separated by commas' }),
  client_id: openText.default('shiftwatch').meta({ description: 'name in the brokers’ logs and quotas' }),
  group_id: openText
    .default('shiftwatch')
    .meta({ description: 'consumer group; processes that share it share the partitions' }),
  start: z.enum(['earliest', 'latest']).default('earliest').meta({
    description:
      'where a topic that was never read begins; a partition added later is read from its beginning',
  }),
  topics: z.strictObject({
    predictions: topics.meta({
      description: 'names, or `{ topic, format, … }`; at least one topic in all three lists, none twice',
    }),
    features: topics.meta({ description: 'the same' }),
    labels: topics.meta({ description: 'the same' }),
  }),
  ssl: z
    .union([z.boolean(), tls])
    .default(false)
    .meta({ description: '`true`: TLS with the system’s authorities; or a mapping' }),
  sasl: sasl.optional(),
  session_timeout: duration(SESSION)
    .default('30s')
    .meta({ description: 'after this long without a heartbeat another process takes over' }),
});
