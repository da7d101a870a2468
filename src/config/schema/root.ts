/**
 * The configuration file as people write it: every key, its type, its default. Types are inferred from here
 * and nowhere else. Keys that are missing here but listed in `reserved.ts` get their own error.
 */
import { z } from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { EVENT_FORMAT } from '../../core/events/log-format.ts';
import { authSchema } from './auth.ts';
import { channelSchema, outboundSchema, smtpSchema, webhookSchema, withOwnDefaults } from './channels.ts';
import { kafkaSchema } from './kafka.ts';
import { isListenAddress } from './listen-address.ts';
import { formatKeys, mappingSchema, schemaRegistrySchema } from './log-format.ts';
import { limitsSchema, modelSchema } from './model.ts';
import { calendarSchema, muteSchema, timezone } from './mute.ts';
import { privacySchema } from './privacy.ts';
import { retentionSchema } from './retention.ts';
import { open } from './shown.ts';
import { duration, hasNoLogin, openText, referenceName, url } from './values.ts';

const queueSchema = z.strictObject({
  backend: z
    .enum(['postgres', 'redis'])
    .default('postgres')
    .meta({ description: 'where jobs are queued: in `database`, or in Redis' }),
  url: url(['redis:', 'rediss:'], 'redis://:password@localhost:6379', () => /^\/\d+$/)
    .optional()
    .meta({ description: '`redis://…` or `rediss://…`; needed with `redis`, refused without' }),
});

const address = open(
  z.string().refine(isListenAddress, { error: 'expected host:port, such as 127.0.0.1:8080 or [::1]:8080' }),
);

const apiSchema = z.strictObject({
  listen: address.default('127.0.0.1:8080').meta({
    description: '`host:port`; `:8080` is every address. What other machines can reach needs `auth.tokens`',
  }),
  default_format: referenceName
    .default(EVENT_FORMAT)
    .meta({ description: 'how posted events are read that name no format: a preset, or one of `formats`' }),
  formats: z
    .record(referenceName, z.strictObject(formatKeys))
    .default({})
    .meta({ description: 'what `?format=NAME` of posted events means' }),
});

const probesSchema = z.strictObject({
  listen: address.optional().meta({
    description:
      '`host:port` where every process, whatever its roles, answers `/health/live`, `/health/ready` and `/metrics`, and nothing else; absent: nowhere but in the API. What other machines can reach needs `auth.tokens`',
  }),
});

const ingestSchema = z.strictObject({
  checkpoint_every: duration({ minMs: 100, maxMs: 10 * MINUTE_MS })
    .default('5s')
    .meta({ description: 'how often counts and positions are written, in one transaction' }),
  max_future: duration({ minMs: 0, maxMs: DAY_MS })
    .default('10m')
    .meta({ description: 'an event stamped later than its log record by more than this is a dead letter' }),
  idle_after: duration({ minMs: SECOND_MS, maxMs: HOUR_MS })
    .default('1m')
    .meta({ description: 'a partition read to its end and silent this long no longer holds windows open' }),
});

const dedupeSchema = z.strictObject({
  horizon: duration({ minMs: DAY_MS, maxMs: 366 * DAY_MS })
    .default('30d')
    .meta({
      description:
        'how long a `prediction_id` is remembered at most: repeated meanwhile it is a duplicate. Of predictions that are kept, for as long: the newest 60 million of a model',
    }),
  max_ids: z.int().min(1_000).max(100_000_000).default(1_000_000).meta({
    description:
      'the newest so many ids of each model are remembered, in the memory of each process that reads logs; up to 64 bytes each',
  }),
});

const allAlertsSchema = z.strictObject({
  mute: z
    .array(muteSchema)
    .default([])
    .meta({ description: 'when nobody is told anything of any model; told afterwards what still stands' }),
});

/** Whoever has none yet is told how to have one. */
const NO_MODELS = 'shiftwatch init FILE writes the first model, and include: names files of models';

const metricsSchema = z.strictObject({
  models: z
    .boolean()
    .default(false)
    .meta({ description: 'whether `/metrics/fleet` shows drift, performance and verdict of each model' }),
  features: z.int().min(0).max(10_000).default(50).meta({
    description: 'so many features of a model, the worst by effect',
  }),
  max_series: z.int().min(0).max(1_000_000).default(10_000).meta({
    description: 'so many series of all models together; the rest is counted',
  }),
});

export const configFileSchema = z.strictObject({
  database: url(
    ['postgres:', 'postgresql:'],
    'postgres://user:password@localhost:5432/shiftwatch',
    () => /^\/[^/]+$/,
  )
    .optional()
    .meta({ description: '`postgres://…`; absent: an embedded PostgreSQL under `./.shiftwatch`' }),
  queue: queueSchema.prefault({}),
  timezone: timezone.default('UTC').meta({
    description:
      'IANA name; hours and days of windows, digests, muted hours, calendars and schedules are read in it',
  }),
  public_url: url(['https:', 'http:'], 'https://shiftwatch.example.org', () => /^/)
    .refine(hasNoLogin, {
      error:
        'must hold no user or password, for it is sent to everybody who is told: remove what stands before the @',
    })
    .optional()
    .meta({
      description: 'where people reach the dashboard, for links in messages; without user and password',
    }),
  api: apiSchema.prefault({}),
  probes: probesSchema.prefault({}),
  auth: authSchema.prefault({}),
  kafka: kafkaSchema.optional(),
  schema_registry: schemaRegistrySchema.optional(),
  mapping: z.record(referenceName, mappingSchema).default({}),
  ingest: ingestSchema.prefault({}),
  dedupe: dedupeSchema.prefault({}),
  retention: retentionSchema
    .optional()
    .meta({ description: 'how long what is kept is kept; a duration alone: predictions' }),
  privacy: privacySchema
    .prefault({})
    .meta({ description: 'what models hash by, and `min_count` of those that do not say' }),
  store_predictions: z
    .boolean()
    .default(true)
    .meta({ description: 'whether predictions are kept beside the counts; with false labels are ignored' }),
  limits: limitsSchema.prefault({}).meta({ description: 'default for every model' }),
  models: z
    .array(modelSchema, {
      error: ({ input }) => (input === undefined ? `is required: ${NO_MODELS}` : undefined),
    })
    .min(1, `must not be empty: ${NO_MODELS}`),
  calendar: z
    .array(calendarSchema)
    .default([])
    .meta({ description: 'dates and hours of which something is known for every model: holidays, sales' }),
  alerts: allAlertsSchema.prefault({}),
  channels: z.record(referenceName, channelSchema.transform(withOwnDefaults)).default({}),
  smtp: smtpSchema.optional(),
  webhooks: z.record(referenceName, webhookSchema).default({}),
  outbound: outboundSchema.prefault({}),
  metrics: metricsSchema.prefault({}),
});

/** What every model may have that does not say otherwise. */
export const modelDefaultsSchema = modelSchema.omit({ name: true }).partial();

/** The file as it is written: models of other files are put into it, and the defaults merged into them, before it is read. */
export const writtenFileSchema = configFileSchema.extend({
  models: configFileSchema.shape.models.optional(),
  include: z
    .union([openText, z.array(openText)])
    .optional()
    .meta({ description: 'files of models, such as `models/*.yaml`' }),
  model_defaults: modelDefaultsSchema
    .optional()
    .meta({ description: 'what every model has that does not say otherwise; a list is replaced whole' }),
});

/** The file after references are resolved and defaults are filled in; still in the file's own words. */
export type ConfigFile = z.output<typeof configFileSchema>;
export type ModelEntry = ConfigFile['models'][number];
