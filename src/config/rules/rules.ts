/**
 * What ties keys together. Each rule looks at the whole file (in its own words, defaults filled in) and
 * names the key that has to change.
 */
import { parseBrokers } from '../brokers.ts';
import { channelFindings } from './channel-rules.ts';
import { fallbackFindings } from './fallback-rules.ts';
import { formatFindings } from './format-rules.ts';
import { modelFindings } from './model-rules.ts';
import { muteFindings } from './mute-rules.ts';
import type { Finding } from '../problem.ts';
import { hashNeedsKey } from './privacy-rules.ts';
import { repeated } from './repeated.ts';
import { retentionFindings } from './retention-rules.ts';
import { takesDigest } from '../resolve-digest.ts';
import { topicNames } from '../resolve-topics.ts';
import { isLoopback, parseListenAddress } from '../schema/listen-address.ts';
import type { ConfigFile } from '../schema/root.ts';
import { unknownName } from './unknown-name.ts';
import { webhookFindings } from './webhook-rules.ts';

/** Where a model stands that another file holds; null: in the file itself. */
type PlaceOf = (model: number) => string | null;
type Rule = (file: ConfigFile, placeOf: PlaceOf) => Finding[];

const RULES: readonly Rule[] = [
  redisNeedsUrl,
  outsideNeedsTokens,
  oidcNeedsTokens,
  mailNeedsSmtp,
  signedNeedsSecret,
  secretsDiffer,
  webhookFindings,
  brokersAreAddresses,
  topicsOnce,
  formatFindings,
  clientCertificateIsWhole,
  saslIsWhole,
  modelNamesOnce,
  (file) => file.models.flatMap((model, index) => modelFindings(model, ['models', index])),
  retentionFindings,
  hashNeedsKey,
  muteFindings,
  channelFindings,
  fallbackFindings,
  channelsExist,
  digestChannelsTakeDigests,
  retrainWebhooksExist,
];

export function ruleFindings(file: ConfigFile, placeOf: PlaceOf = () => null): Finding[] {
  return RULES.flatMap((rule) => rule(file, placeOf));
}

function redisNeedsUrl({ queue }: ConfigFile): Finding[] {
  if (queue.backend === 'redis' && queue.url === undefined) {
    return [
      { path: ['queue', 'url'], message: 'is required with backend redis, such as redis://localhost:6379' },
    ];
  }
  if (queue.backend === 'postgres' && queue.url !== undefined) {
    const message =
      'has no meaning with backend postgres, which uses `database`; remove it or set backend: redis';
    return [{ path: ['queue', 'url'], message, atKey: true }];
  }
  return [];
}

function outsideNeedsTokens({ api, probes, auth }: ConfigFile): Finding[] {
  if (auth.tokens) return [];
  const message = 'can be reached from other machines: set `auth: { tokens: true }`, or listen on 127.0.0.1';
  return Object.entries({ api, probes }).flatMap(([section, { listen = '' }]) => {
    const address = parseListenAddress(listen);
    return address === null || isLoopback(address) ? [] : [{ path: [section, 'listen'], message }];
  });
}

function oidcNeedsTokens({ auth }: ConfigFile): Finding[] {
  if (auth.oidc === undefined || auth.tokens) return [];
  const message = 'does nothing while nobody is asked who they are: set `auth: { tokens: true }`';
  return [{ path: ['auth', 'oidc'], message, atKey: true }];
}

function mailNeedsSmtp({ channels, smtp }: ConfigFile): Finding[] {
  if (smtp !== undefined) return [];
  return Object.entries(channels)
    .filter(([, { type }]) => type === 'email')
    .map(([name]) => ({
      path: ['channels', name, 'type'],
      message: 'mail needs a server: add `smtp: { url, from }`',
    }));
}

function signedNeedsSecret({ webhooks }: ConfigFile): Finding[] {
  return Object.entries(webhooks)
    .filter(([, { preset, secret }]) => preset === 'standard' && secret === undefined)
    .map(([name]) => ({
      path: ['webhooks', name, 'secret'],
      message: 'is required with preset standard: receivers trust a request by its signature',
    }));
}

function secretsDiffer({ webhooks, channels }: ConfigFile): Finding[] {
  const lists = Object.entries({ webhooks, channels }).flatMap(([section, entries]) =>
    Object.entries(entries).map(([name, { secret }]) => ({ path: [section, name, 'secret'], secret })),
  );
  return lists.flatMap(({ path, secret }) => {
    if (!Array.isArray(secret)) return [];
    const places = secret.map((value, index) => ({ value, path: [...path, index] }));
    // Without the value: it is a secret.
    return repeated(places, (_, first) => `is the same secret as ${first}; remove one of them`);
  });
}

function brokersAreAddresses({ kafka }: ConfigFile): Finding[] {
  if (kafka === undefined) return [];
  const brokers = parseBrokers(kafka.brokers);
  const bad = brokers.ok ? [] : brokers.error;
  return bad.map((index) => ({
    path: ['kafka', 'brokers', ...(typeof kafka.brokers === 'string' ? [] : [index])],
    message: 'expected host:port, such as kafka-1:9092',
  }));
}

function topicsOnce({ kafka }: ConfigFile): Finding[] {
  if (kafka === undefined) return [];
  const { predictions, features, labels } = topicNames(kafka.topics);
  const places = Object.entries({ predictions, features, labels }).flatMap(([kind, topics]) =>
    topics.map((topic, index) => ({ value: topic, path: ['kafka', 'topics', kind, index] })),
  );
  if (places.length === 0) {
    return [
      { path: ['kafka', 'topics'], message: 'name at least one topic under predictions, features or labels' },
    ];
  }
  return repeated(
    places,
    (topic, first) => `topic ${topic} is already listed at ${first}; its events would be read twice`,
  );
}

function clientCertificateIsWhole({ kafka }: ConfigFile): Finding[] {
  const ssl = kafka?.ssl;
  if (typeof ssl !== 'object' || (ssl.cert === undefined) === (ssl.key === undefined)) return [];
  const missing = ssl.cert === undefined ? 'cert' : 'key';
  return [{ path: ['kafka', 'ssl', missing], message: 'a client certificate needs both cert and key' }];
}

const PASSWORD_KEYS = ['username', 'password'] as const;
const GRANT_KEYS = ['token_url', 'client_id', 'client_secret'] as const;

function saslIsWhole({ kafka }: ConfigFile): Finding[] {
  const sasl = kafka?.sasl;
  if (sasl === undefined) return [];
  const path = ['kafka', 'sasl'];
  const isOauth = sasl.mechanism === 'oauthbearer';
  const foreign = isOauth ? PASSWORD_KEYS : ([...GRANT_KEYS, 'scope', 'token_file'] as const);
  const misplaced = foreign
    .filter((key) => sasl[key] !== undefined)
    .map((key) => ({ path: [...path, key], message: `means nothing to the mechanism ${sasl.mechanism}` }));
  if (isOauth && sasl.token_file !== undefined) {
    const both = GRANT_KEYS.filter((key) => sasl[key] !== undefined);
    return [
      ...misplaced,
      ...both.map((key) => ({ path: [...path, key], message: 'give either this or token_file' })),
    ];
  }
  const missing = (isOauth ? GRANT_KEYS : PASSWORD_KEYS)
    .filter((key) => sasl[key] === undefined)
    .map((key) => ({
      path: [...path, key],
      message: `the mechanism ${sasl.mechanism} needs ${isOauth ? 'it, or token_file' : 'it'}`,
    }));
  return [...misplaced, ...missing];
}

function modelNamesOnce({ models }: ConfigFile, placeOf: PlaceOf): Finding[] {
  const places = models.map(({ name }, index) => ({ value: name, path: ['models', index, 'name'] }));
  const first = new Map(models.map(({ name }, index) => [name, index] as const).reverse());
  return repeated(
    places,
    (name, path) => `model ${name} is already configured at ${placeOf(first.get(name) ?? 0) ?? path}`,
  );
}

function channelsExist({ models, channels }: ConfigFile): Finding[] {
  const known = Object.keys(channels);
  return models.flatMap(({ alerts }, model) =>
    alerts.channels.flatMap((channel, index) =>
      known.includes(channel)
        ? []
        : [unknownName(['models', model, 'alerts', 'channels', index], 'channels', channel, known)],
    ),
  );
}

function digestChannelsTakeDigests({ models, channels }: ConfigFile): Finding[] {
  const known = Object.keys(channels);
  return models.flatMap(({ alerts: { digest } }, model) =>
    (digest === 'off' ? [] : (digest.channels ?? [])).flatMap((name, index) => {
      const path = ['models', model, 'alerts', 'digest', 'channels', index];
      const channel = Object.hasOwn(channels, name) ? channels[name] : undefined;
      if (channel === undefined) return [unknownName(path, 'channels', name, known)];
      if (takesDigest(channel)) return [];
      const what = channel.type === 'webhook' ? 'a webhook of format alertmanager' : channel.type;
      const message = `${what} keeps incidents and takes no digest; name a channel of type email, slack, teams or webhook`;
      return [{ path, message }];
    }),
  );
}

function retrainWebhooksExist({ models, webhooks }: ConfigFile): Finding[] {
  const known = Object.keys(webhooks);
  return models.flatMap(({ retrain }, model) =>
    retrain === undefined || known.includes(retrain.webhook)
      ? []
      : [unknownName(['models', model, 'retrain', 'webhook'], 'webhooks', retrain.webhook, known)],
  );
}
