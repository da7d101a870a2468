/** What ties formats, mappings and the schema registry together. */
import { CLOUD_EVENTS, EVENT_FORMAT, POSTED_PRESETS, PRESET_FORMATS } from '../../core/events/log-format.ts';
import { nearest } from '../../core/nearest.ts';
import type { Finding, PathPart } from '../problem.ts';
import type { FormatEntry } from '../resolve-topics.ts';
import { TOPIC_KINDS } from '../resolve-topics.ts';
import { unknownName } from './unknown-name.ts';
import type { ConfigFile } from '../schema/root.ts';

/** Keys that only presets read. */
const PRESET_KEYS = [
  'model',
  'model_version',
  'feature_names',
  'class_names',
  'output',
  'threshold',
  'prediction_field',
] as const;

export function formatFindings(file: ConfigFile): Finding[] {
  const { kafka } = file;
  const topics =
    kafka === undefined
      ? []
      : TOPIC_KINDS.flatMap((kind) =>
          kafka.topics[kind].flatMap((entry, index) =>
            typeof entry === 'string' ? [] : entryFindings(entry, ['kafka', 'topics', kind, index], file),
          ),
        );
  return [...topics, ...postedFindings(file), ...mappingFindings(file), ...registryFindings(file)];
}

/** Formats of posted events. */
function postedFindings(file: ConfigFile): Finding[] {
  const { formats, default_format: used } = file.api;
  const path = ['api', 'formats'];
  const known = [...Object.keys(formats), EVENT_FORMAT, ...POSTED_PRESETS];
  const unknown = {
    path: ['api', 'default_format'],
    message: `is neither under \`api.formats\` nor a preset that can be posted as it is (${POSTED_PRESETS.join(', ')})`,
    suggestion: nearest(used, known),
  };
  return [
    ...(known.includes(used) ? [] : [unknown]),
    ...Object.entries(formats).flatMap(([name, entry]) => [
      ...entryFindings(entry, [...path, name], file),
      ...(RESERVED_NAMES.includes(name)
        ? [{ path: [...path, name], message: 'has a meaning of its own; choose another name', atKey: true }]
        : []),
      ...(entry.format === 'seldon'
        ? [
            {
              path: [...path, name, 'format'],
              message: 'is of topics; what its request logger posts are CloudEvents: use kserve',
            },
          ]
        : []),
    ]),
  ];
}
const RESERVED_NAMES: readonly string[] = [EVENT_FORMAT, CLOUD_EVENTS];

function entryFindings(entry: FormatEntry, path: readonly PathPart[], file: ConfigFile): Finding[] {
  const { format, mapping, encoding } = entry;
  const findings: Finding[] = [];
  if (mapping !== undefined && format !== undefined) {
    findings.push({ path: [...path, 'mapping'], message: 'give either a format or a mapping', atKey: true });
  }
  const known = Object.keys(file.mapping);
  if (mapping !== undefined && !known.includes(mapping)) {
    findings.push(unknownName([...path, 'mapping'], 'mapping', mapping, known));
  }
  if (encoding === 'registry' && file.schema_registry === undefined) {
    findings.push({ path: [...path, 'encoding'], message: 'needs `schema_registry: { url }`' });
  }
  if (encoding === 'registry' && format === 'seldon') {
    findings.push({ path: [...path, 'encoding'], message: 'Seldon writes bare protobuf; use plain' });
  }
  const preset = PRESET_FORMATS.find(({ name }) => name === format);
  if (preset === undefined) {
    const what = mapping === undefined ? EVENT_FORMAT : 'a mapping';
    const stray = PRESET_KEYS.filter((key) => entry[key] !== undefined);
    findings.push(
      ...stray.map((key) => ({ path: [...path, key], message: `means nothing to ${what}`, atKey: true })),
    );
  } else if (!preset.namesModel && entry.model === undefined) {
    findings.push({
      path: [...path, 'model'],
      message: `is required: messages of ${preset.name} name no model`,
    });
  }
  if (entry.threshold !== undefined && entry.output !== 'score') {
    findings.push({
      path: [...path, 'threshold'],
      message: 'has a meaning with output: score only',
      atKey: true,
    });
  }
  return findings;
}

/** What no event can do without. A label or a prediction without its fields would only make dead letters. */
function mappingFindings({ mapping }: ConfigFile): Finding[] {
  return Object.entries(mapping).flatMap(([name, entry]) => {
    const path = ['mapping', name];
    const findings: Finding[] = [];
    if (entry.model === undefined) {
      findings.push({ path: [...path, 'model'], message: 'is required; such as { const: credit-risk }' });
    }
    if (entry.features === undefined && entry.prediction === undefined && entry.label === undefined) {
      findings.push({ path, message: 'maps none of features, prediction and label', atKey: true });
    }
    return findings;
  });
}

function registryFindings({ schema_registry: registry }: ConfigFile): Finding[] {
  if (registry === undefined) return [];
  const path = ['schema_registry'];
  if (registry.token !== undefined && registry.username !== undefined) {
    return [
      { path: [...path, 'token'], message: 'give either a token or username and password', atKey: true },
    ];
  }
  if ((registry.username === undefined) === (registry.password === undefined)) return [];
  const missing = registry.username === undefined ? 'username' : 'password';
  return [{ path: [...path, missing], message: 'username and password go together' }];
}
