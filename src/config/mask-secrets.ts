import type { PathPart } from './problem.ts';
import { pathText } from './problem.ts';
import type { Config } from './resolve.ts';

export const MASK = '***';

/** A `*` stands for any one name or index. */
const SECRET_PLACES = [
  'kafka.sasl.password',
  'kafka.sasl.client_secret',
  'kafka.ssl.key',
  'schema_registry.password',
  'schema_registry.token',
  'webhooks.*.secret',
  'webhooks.*.secret.*',
  'webhooks.*.headers.*',
  'channels.*.secret',
  'channels.*.secret.*',
  'channels.*.routing_key',
  'channels.*.headers.*',
];
/** Passwords hide in their user part and query. */
const CONNECTION_PLACES = ['database', 'queue.url', 'smtp.url', 'schema_registry.url'];
/** Here the path is a secret too when it was kept out of the file: chat services put their token there. */
const WEBHOOK_PLACES = ['webhooks.*.url', 'channels.*.url'];
/** Values that say nothing an attacker lacks, even when a variable brought them in. Everything else is masked. */
const HARMLESS_PLACES = [
  'timezone',
  'public_url',
  'api.listen',
  'kafka.brokers',
  'kafka.brokers.*',
  'kafka.client_id',
  'kafka.group_id',
  'kafka.topics.*.*',
  'kafka.topics.*.*.topic',
  'kafka.ssl.server_name',
  'kafka.ssl.ca',
  'models.*',
  'smtp.from',
  'smtp.ca',
  'channels.*.to.*',
];

/** The effective file with every secret replaced by `***`, for printing. */
export function maskSecrets(config: Pick<Config, 'source'>): unknown {
  const { effective, references } = config.source;
  return masked(effective, [], references);
}

/** An address that stands at a place of the configuration, or was made from it. */
export function maskedAddress(
  { source }: Pick<Config, 'source'>,
  path: readonly PathPart[],
  address: string,
): string {
  return maskedUrl(address, { wholeQuery: true, path: source.references.has(pathText(path)) });
}

function masked(value: unknown, path: readonly PathPart[], references: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return maskedText(value, path, references.has(pathText(path)));
  if (Array.isArray(value)) return value.map((item, index) => masked(item, [...path, index], references));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, masked(item, [...path, key], references)]),
  );
}

function maskedText(text: string, path: readonly PathPart[], fromReference: boolean): string {
  if (standsAt(path, SECRET_PLACES)) return MASK;
  if (standsAt(path, CONNECTION_PLACES)) return maskedUrl(text, { wholeQuery: false, path: false });
  if (standsAt(path, WEBHOOK_PLACES)) return maskedUrl(text, { wholeQuery: true, path: fromReference });
  return fromReference && !standsAt(path, HARMLESS_PLACES) ? MASK : text;
}

/** `models.*` covers everything under a model. */
function standsAt(path: readonly PathPart[], places: readonly string[]): boolean {
  return places.some((place) => {
    const parts = place.split('.');
    const fits = parts.every((part, depth) => part === '*' || part === path[depth]);
    return fits && (parts.length === path.length || (place === 'models.*' && path.length > 2));
  });
}

const SECRET_PARAMETER = /pass|secret|token|key|auth|sig/i;

export function maskedUrl(text: string, hide: { wholeQuery: boolean; path: boolean }): string {
  if (!URL.canParse(text)) return MASK;
  const url = new URL(text);
  if (url.password !== '') url.password = MASK;
  // A user without a password is a token, as in https://TOKEN@host.
  else if (url.username !== '') url.username = MASK;
  if (hide.path && url.pathname !== '/') url.pathname = `/${MASK}`;
  for (const name of new Set(url.searchParams.keys())) {
    if (hide.wholeQuery || SECRET_PARAMETER.test(name)) url.searchParams.set(name, MASK);
  }
  if (url.hash !== '') url.hash = MASK;
  return url.href;
}
