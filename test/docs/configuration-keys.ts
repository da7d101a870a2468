/** Rows of docs/configuration.md, made of the JSON Schema: key, default, meaning. */
import { configJsonSchema } from '../../src/config/json-schema.ts';

interface Node {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Node>>;
  readonly type?: string;
  readonly anyOf?: readonly Node[];
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
}
interface ConfigKey {
  readonly path: string;
  readonly fallback: string;
  readonly meaning: string;
}

const root = configJsonSchema() as Node;

function resolved(node: Node): Node {
  return node.$ref === undefined ? node : (root.$defs?.[node.$ref.slice('#/$defs/'.length)] ?? {});
}

/** A list may stand for a text, a mapping for `true`: whichever has keys of its own. */
function keysBelow(given: Node, path: string): ConfigKey[] {
  const node = resolved(given);
  const { items, additionalProperties, properties = {}, required = [], anyOf = [] } = node;
  return [
    ...anyOf.flatMap((other) => (path === '' ? [] : keysBelow(other, path))),
    ...(items === undefined ? [] : keysBelow(items, `${path}[]`)),
    ...(typeof additionalProperties === 'object' ? keysBelow(additionalProperties, `${path}.NAME`) : []),
    ...Object.entries(properties).flatMap(([name, child]) => {
      const below = path === '' ? name : `${path}.${name}`;
      const meaning = hasOnlyKeys(resolved(child)) ? '' : meaningOf(child);
      const own = { path: below, fallback: fallbackOf(child, required.includes(name)), meaning };
      return [...(meaning === '' ? [] : [own]), ...keysBelow(child, below)];
    }),
  ];
}

/** Its keys say what it is. */
function hasOnlyKeys({ properties, additionalProperties }: Node): boolean {
  return (
    properties !== undefined || typeof (additionalProperties as Node | undefined)?.properties === 'object'
  );
}

function fallbackOf({ default: given }: Node, isRequired: boolean): string {
  if (Array.isArray(given)) return given.length === 0 ? '' : given.join(', ');
  if (given === undefined || typeof given === 'object') return isRequired ? 'required' : '';
  return `\`${typeof given === 'string' ? given : JSON.stringify(given)}\``;
}

/** More are told by a page of their own. */
const MOST_WORDS = 6;

/** Behind the words that are taken, where its sentence does not name them all. */
function meaningOf(node: Node): string {
  const { description = '' } = node;
  const taken = [node, ...(node.anyOf ?? [])].flatMap((each) => [
    ...(each.enum ?? []),
    ...(each.items?.enum ?? []),
  ]);
  const named = taken.every((word) => description.includes(`\`${String(word)}\``));
  if (description === '' || named || taken.length > MOST_WORDS) return description;
  return `${taken.map((word) => `\`${String(word)}\``).join(', ')}${description.startsWith('absent') ? ';' : ':'} ${description}`;
}

/** A model as it is in the end: the written one may leave to `model_defaults` what it needs. */
const models: Node = { items: { $ref: '#/$defs/model' } };
const CONFIG_KEYS: readonly ConfigKey[] = keysBelow(
  { ...root, properties: { ...root.properties, models } },
  '',
);

/** Those that are or lie below one of the prefixes, in their order; of `a.|b` the part before the bar is not shown. */
function below(prefixes: readonly string[], except: readonly string[] = []): ConfigKey[] {
  return prefixes.flatMap((prefix) => {
    const bar = prefix.indexOf('|');
    const whole = prefix.replace('|', '');
    const start = whole.endsWith('.') ? whole : `${whole}.`;
    return CONFIG_KEYS.filter(({ path }) => path === whole || path.startsWith(start))
      .filter(({ path }) => !except.some((other) => path.startsWith(other)))
      .map((key) => ({ ...key, path: key.path.slice(Math.max(bar, 0)) }));
  });
}

/** What docs/configuration.md has in each of its tables; other pages have the rest. */
export const KEY_TABLES: Readonly<Record<string, readonly ConfigKey[]>> = {
  process: below([
    'database',
    'queue',
    'timezone',
    'public_url',
    'api.listen',
    'probes',
    'auth.tokens',
    'include',
    'store_predictions',
    'limits',
    'privacy',
    'dedupe',
    'metrics',
    'ingest',
  ]),
  oidc: below(['auth.oidc.|']),
  kafka: below(
    ['kafka'],
    ['predictions', 'features', 'labels'].map((list) => `kafka.topics.${list}[]`),
  ),
  formats: below(['api.formats.NAME.|', 'schema_registry', 'api.default_format']),
  models: below(
    ['models[].|'],
    [
      'models[].retention',
      'models[].limits',
      'models[].privacy.min_count',
      'models[].store_predictions',
      'models[].retrain',
      'models[].operational.size',
      'models[].features.',
      'models[].alerts.mute[]',
      'models[].calendar[]',
    ],
  ),
  retrain: below(['models[].retrain.|']),
  features: below(['models[].features.NAME.|']),
  mute: below(['alerts.mute[].|']),
  channels: below(['channels', 'smtp', 'webhooks', 'outbound']),
};
