/** From the file's words to what the code works with: milliseconds, maps, addresses, defaults carried over. */
import { classLabel } from '../core/columns/class-label.ts';
import { lowerIsBetter } from '../core/metric-direction.ts';
import type { ModelSpec, RetrainSpec } from '../core/model.ts';
import { parseBrokers } from './brokers.ts';
import { durationMs } from './duration.ts';
import { parseListenAddress } from './schema/listen-address.ts';
import { resolveDigest } from './resolve-digest.ts';
import { resolveFeatures } from './resolve-features.ts';
import { resolveCalendar, resolveMutes } from './resolve-mute.ts';
import { resolveMapping } from './resolve-mapping.ts';
import { resolveOperational, resolveVersionSizes } from './resolve-operational.ts';
import { resolvePrivacy } from './resolve-privacy.ts';
import { resolveRetention } from './resolve-retention.ts';
import type { WrittenAt } from './yaml/lines-of-values.ts';
import { resolveFormat, topicFormats, topicNames } from './resolve-topics.ts';
import { runsInBusiestWeek } from './schema/cron.ts';
import type { ConfigFile, ModelEntry } from './schema/root.ts';

/** Where a configuration came from; what `config print` and `maskSecrets` work on. Holds secrets. */
export interface ConfigSource {
  readonly file: string;
  readonly effective: ConfigFile;
  /** Path of each value that a reference brought in → the reference as written. */
  readonly references: ReadonlyMap<string, string>;
  /** Where each value that is written stands, by its path. */
  readonly lines: ReadonlyMap<string, WrittenAt>;
}

export type Config = ReturnType<typeof resolveConfig>;
export type QueueConfig = Config['queue'];
export type KafkaConfig = NonNullable<Config['kafka']>;
export type SchemaRegistryConfig = NonNullable<Config['schemaRegistry']>;
export type SmtpConfig = NonNullable<Config['smtp']>;
export type OidcConfig = NonNullable<Config['auth']['oidc']>;
export type WebhookConfig = ReturnType<typeof resolveWebhook>;

/** Expects a file that has passed schema and rules. */
export function resolveConfig(source: ConfigSource) {
  const file = source.effective;
  return {
    /** Null: an embedded PostgreSQL under ./.shiftwatch. */
    databaseUrl: file.database ?? null,
    queue: resolveQueue(file.queue),
    timezone: file.timezone,
    /** Without a slash at its end. */
    publicUrl: file.public_url?.replace(/\/+$/, '') ?? null,
    api: resolveApi(file),
    /** Null: health and metrics are answered by the API alone. */
    probes: file.probes.listen === undefined ? null : addressOf(file.probes.listen),
    auth: { tokens: file.auth.tokens, oidc: resolveOidc(file.auth.oidc) },
    kafka: file.kafka === undefined ? null : resolveKafka(file.kafka, file.mapping),
    /** By name, for files: topics hold theirs. */
    mappings: new Map(
      Object.entries(file.mapping).map(([name, entry]) => [name, resolveMapping(name, entry)]),
    ),
    schemaRegistry: file.schema_registry === undefined ? null : resolveRegistry(file.schema_registry),
    ingest: {
      checkpointEveryMs: durationMs(file.ingest.checkpoint_every),
      maxFutureMs: durationMs(file.ingest.max_future),
      idleAfterMs: durationMs(file.ingest.idle_after),
    },
    dedupe: { horizonMs: durationMs(file.dedupe.horizon), maxIds: file.dedupe.max_ids },
    history: resolveRetention(file),
    models: file.models.map((model) => resolveModel(model, file)),
    channels: new Map(
      Object.entries(file.channels).map(([name, channel]) => [name, resolveChannel(channel)]),
    ),
    smtp:
      file.smtp === undefined ? null : { url: file.smtp.url, from: file.smtp.from, ca: file.smtp.ca ?? null },
    webhooks: new Map(
      Object.entries(file.webhooks).map(([name, webhook]) => [name, resolveWebhook(webhook)]),
    ),
    outbound: { allowPrivate: file.outbound.allow_private },
    metrics: resolveMetrics(file),
    source,
  } as const;
}

/** Null: no model is shown one by one. */
function resolveMetrics({ metrics, models }: ConfigFile) {
  const shown = models.filter((model) => model.metrics ?? metrics.models).map(({ name }) => name);
  return shown.length === 0
    ? null
    : ({ models: shown, features: metrics.features, maxSeries: metrics.max_series } as const);
}

/** Thrown for what schema and rules have made impossible. */
function unchecked(path: string): never {
  throw new Error(`${path} was resolved without having been checked`);
}

function addressOf(listen: string) {
  return parseListenAddress(listen) ?? unchecked('listen');
}

function resolveApi({ api, mapping }: ConfigFile) {
  return {
    ...addressOf(api.listen),
    /** How posted events are read that name no format. */
    defaultFormat: api.default_format,
    /** By the name that `?format=` gives. */
    formats: new Map(
      Object.entries(api.formats).map(([name, entry]) => [name, resolveFormat(entry, mapping)]),
    ),
  } as const;
}

function resolveOidc(oidc: ConfigFile['auth']['oidc']) {
  if (oidc === undefined) return null;
  const { name, issuer, client_id: clientId, client_secret: clientSecret, scopes, claim, roles } = oidc;
  return { name, issuer, clientId, clientSecret, scopes, claim, roles } as const;
}

type Queue = { readonly backend: 'postgres' } | { readonly backend: 'redis'; readonly url: string };

function resolveQueue(queue: ConfigFile['queue']): Queue {
  if (queue.backend === 'postgres') return { backend: 'postgres' };
  return { backend: 'redis', url: queue.url ?? unchecked('queue.url') };
}

function resolveKafka(kafka: NonNullable<ConfigFile['kafka']>, mappings: ConfigFile['mapping']) {
  const brokers = parseBrokers(kafka.brokers);
  return {
    brokers: brokers.ok ? brokers.value : unchecked('kafka.brokers'),
    clientId: kafka.client_id,
    groupId: kafka.group_id,
    start: kafka.start,
    topics: topicNames(kafka.topics),
    /** Of the topics whose messages are not plain JSON events. */
    formats: topicFormats(kafka.topics, mappings),
    ssl: resolveTls(kafka.ssl),
    sasl: kafka.sasl === undefined ? null : resolveSasl(kafka.sasl),
    sessionTimeoutMs: durationMs(kafka.session_timeout),
  } as const;
}

/** Credentials as they go into the Authorization header; null without any. */
function resolveRegistry(registry: NonNullable<ConfigFile['schema_registry']>) {
  const { username, password, token } = registry;
  const url = new URL(registry.url);
  const inUrl = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  // `fetch` refuses addresses that hold them, and repeats the address while it does.
  url.username = '';
  url.password = '';
  return {
    url: url.href.replace(/\/+$/, ''),
    credentials:
      token !== undefined
        ? ({ kind: 'bearer', token } as const)
        : username !== undefined
          ? ({ kind: 'basic', username, password: password ?? '' } as const)
          : inUrl.username !== '' || inUrl.password !== ''
            ? ({ kind: 'basic', ...inUrl } as const)
            : null,
    timeoutMs: durationMs(registry.timeout),
  } as const;
}

/** PEM texts; an empty mapping is TLS with the system's authorities. */
export interface TlsConfig {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  readonly serverName: string | null;
}

function resolveTls(ssl: NonNullable<ConfigFile['kafka']>['ssl']): TlsConfig | null {
  if (ssl === false) return null;
  const given = ssl === true ? {} : ssl;
  return {
    ca: given.ca ?? null,
    cert: given.cert ?? null,
    key: given.key ?? null,
    serverName: given.server_name ?? null,
  };
}

/** In the words of the Kafka client. */
function resolveSasl(sasl: NonNullable<NonNullable<ConfigFile['kafka']>['sasl']>) {
  const { mechanism } = sasl;
  const given = (key: Exclude<keyof typeof sasl, 'mechanism'>): string =>
    sasl[key] ?? unchecked(`kafka.sasl.${key}`);
  if (mechanism !== 'oauthbearer') {
    return { mechanism, username: given('username'), password: given('password') } as const;
  }
  const login =
    sasl.token_file === undefined
      ? {
          tokenUrl: given('token_url'),
          clientId: given('client_id'),
          clientSecret: given('client_secret'),
          scope: sasl.scope ?? null,
        }
      : { tokenFile: sasl.token_file };
  return { mechanism, login } as const;
}

function resolveModel(model: ModelEntry, file: ConfigFile): ModelSpec {
  const columnLimit = model.limits.columns ?? file.limits.columns;
  return {
    name: model.name,
    task: model.task,
    ...(Object.keys(model.tags).length > 0 && { tags: model.tags }),
    positiveClass: model.positive_class === undefined ? null : classLabel(model.positive_class),
    windows: model.windows.map((window) => ({
      sizeMs: durationMs(window.size),
      ...(window.rows !== undefined && { rows: window.rows }),
      graceMs: durationMs(window.grace),
      acceptLateMs: durationMs(window.accept_late),
    })),
    segments: model.segments,
    groups: model.groups,
    minRows: model.min_rows,
    labels: {
      horizonMs: durationMs(model.labels.horizon),
      matureAfterMs: durationMs(model.labels.mature_after),
      ...(model.labels.mature_early && { matureEarly: true }),
      minLabelled: model.labels.min_labelled,
    },
    alerts: {
      forWindows: model.alerts.for,
      remindEveryMs: durationMs(model.alerts.remind_every),
      clearShare: model.alerts.clear,
      noData: model.alerts.no_data,
      channels: model.alerts.channels,
      page: model.alerts.page,
      digest: resolveDigest(model.alerts, file.channels),
      ...resolveMutes([...file.alerts.mute, ...model.alerts.mute], file.timezone),
    },
    retrain: model.retrain === undefined ? null : resolveRetrain(model.retrain),
    ...(model.operational !== undefined && { operational: resolveOperational(model.operational) }),
    ...(model.versions !== undefined && { versionSizes: resolveVersionSizes(model.versions) }),
    ...(Object.keys(model.features).length > 0 && { features: resolveFeatures(model.features) }),
    featuresFrom: model.features_from,
    storePredictions: model.store_predictions ?? file.store_predictions,
    ...(model.sampling !== undefined && { sampling: model.sampling }),
    ...(file.timezone !== 'UTC' && { timeZone: file.timezone }),
    ...resolveCalendar([...file.calendar, ...model.calendar], file.timezone),
    ...(model.seasonal !== undefined && { seasonal: { by: model.seasonal, timeZone: file.timezone } }),
    multivariate: model.multivariate,
    ...(columnLimit !== undefined && { columnLimit }),
    ...resolvePrivacy(model.privacy, file.privacy),
  };
}

const DEFAULT_RUNS_PER_WEEK = 2;

/** A schedule was asked for in so many words: the default never stands in its way. */
function defaultCap(schedule: string | null): number {
  return Math.max(DEFAULT_RUNS_PER_WEEK, schedule === null ? 0 : runsInBusiestWeek(schedule));
}

function resolveRetrain(retrain: NonNullable<ModelEntry['retrain']>): RetrainSpec {
  const schedule = retrain.triggers.schedule ?? null;
  return {
    webhook: retrain.webhook,
    schedule,
    performance: retrain.triggers.performance ?? null,
    drift: retrain.triggers.drift,
    cooldownMs: durationMs(retrain.cooldown),
    silentAfterMs: durationMs(retrain.silent_after),
    judgeForMs: durationMs(retrain.judge_for),
    ...(retrain.target !== undefined && {
      target: {
        metric: retrain.target.metric,
        value: retrain.target.value,
        lowerIsBetter:
          retrain.target.better === undefined
            ? lowerIsBetter(retrain.target.metric)
            : retrain.target.better === 'lower',
      },
    }),
    maxPerWeek: retrain.max_per_week ?? defaultCap(schedule),
    ...(retrain.min_labels !== undefined && { minLabels: retrain.min_labels }),
    ...(retrain.approval === 'required' && {
      approval: { expiresAfterMs: durationMs(retrain.approval_expires) },
    }),
    ...(retrain.dry_run && { dryRun: true }),
  };
}

const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';

const FALLBACK_AFTER = '15m';

function resolveChannel(channel: ConfigFile['channels'][string]) {
  return { ...resolveTarget(channel), fallback: channel.fallback ?? null };
}

function resolveTarget(channel: ConfigFile['channels'][string]) {
  const { type } = channel;
  const target = channel.url ?? (type === 'pagerduty' ? PAGERDUTY_URL : '');
  const headers = new Map(Object.entries(channel.headers ?? {}));
  switch (type) {
    case 'email':
      return {
        type,
        to: channel.to ?? unchecked('channels.to'),
        fallbackAfterMs: durationMs(channel.fallback_after ?? FALLBACK_AFTER),
      } as const;
    case 'slack':
    case 'teams':
      return { type, url: target } as const;
    case 'pagerduty':
      return {
        type,
        url: target,
        routingKey: channel.routing_key ?? unchecked('channels.routing_key'),
      } as const;
    case 'alertmanager':
      return { type, url: target, headers } as const;
    case 'webhook':
      return {
        type,
        url: target,
        format: channel.format ?? 'standard',
        secret: channel.secret ?? null,
        headers,
      } as const;
  }
}

function resolveWebhook(webhook: ConfigFile['webhooks'][string]) {
  return {
    preset: webhook.preset,
    url: webhook.url,
    secret: webhook.secret ?? null,
    headers: new Map(Object.entries(webhook.headers)),
    params: new Map(Object.entries(webhook.params)),
    template:
      webhook.template === undefined
        ? null
        : {
            body: webhook.template.body,
            success: {
              status: webhook.template.success.status,
              answer: webhook.template.success.answer ?? null,
            },
          },
    aws:
      webhook.aws === undefined
        ? null
        : {
            region: webhook.aws.region,
            accessKeyId: webhook.aws.access_key_id,
            secretAccessKey: webhook.aws.secret_access_key,
            sessionToken: webhook.aws.session_token ?? null,
          },
    google: webhook.google?.credentials.file ?? null,
    poll: webhook.poll === undefined ? null : resolvePoll(webhook.poll),
  } as const;
}

function resolvePoll(poll: NonNullable<ConfigFile['webhooks'][string]['poll']>) {
  const { url, states } = poll;
  return {
    everyMs: durationMs(poll.every),
    /** Null: as the preset's own interface answers. */
    paths:
      url === undefined || states === undefined
        ? null
        : {
            url,
            statusPath: poll.status_path ?? unchecked('webhooks.poll.status_path'),
            states: { ...states, running: states.running ?? null },
            newVersionPath: poll.new_version_path ?? null,
            detailPath: poll.detail_path ?? null,
          },
  } as const;
}
