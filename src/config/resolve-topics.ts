import type { LogFormat } from '../core/events/log-format.ts';
import { DEFAULT_FORMAT_SETTINGS, EVENT_FORMAT } from '../core/events/log-format.ts';
import { resolveMapping } from './resolve-mapping.ts';
import type { ConfigFile } from './schema/root.ts';

export type Topics = NonNullable<ConfigFile['kafka']>['topics'];
export type TopicEntry = Topics['predictions'][number];
export type FormatEntry = ConfigFile['api']['formats'][string];

export const TOPIC_KINDS = ['predictions', 'features', 'labels'] as const;

export const topicName = (entry: TopicEntry): string => (typeof entry === 'string' ? entry : entry.topic);

export function topicNames(topics: Topics) {
  return {
    predictions: topics.predictions.map(topicName),
    features: topics.features.map(topicName),
    labels: topics.labels.map(topicName),
  };
}

/** Topic → how it is read. Topics of plain JSON events are left out. */
export function topicFormats(
  topics: Topics,
  mappings: ConfigFile['mapping'],
): ReadonlyMap<string, LogFormat> {
  const formats = new Map<string, LogFormat>();
  for (const entry of TOPIC_KINDS.flatMap((kind) => topics[kind])) {
    if (typeof entry === 'string') continue;
    const format = resolveFormat(entry, mappings);
    const isPlain = format.name === EVENT_FORMAT && format.encoding === 'plain' && format.mapping === null;
    if (!isPlain) formats.set(entry.topic, format);
  }
  return formats;
}

/** What stands beside a topic, or under a name of posted formats. */
export function resolveFormat(entry: FormatEntry, mappings: ConfigFile['mapping']): LogFormat {
  const mapped = entry.mapping === undefined ? undefined : mappings[entry.mapping];
  return {
    name: entry.mapping ?? entry.format ?? EVENT_FORMAT,
    encoding: entry.encoding,
    mapping: mapped === undefined ? null : resolveMapping(entry.mapping ?? '', mapped),
    settings: {
      model: entry.model ?? null,
      modelVersion: entry.model_version ?? null,
      featureNames: entry.feature_names ?? null,
      classNames: entry.class_names ?? null,
      output: entry.output ?? DEFAULT_FORMAT_SETTINGS.output,
      threshold: entry.threshold ?? DEFAULT_FORMAT_SETTINGS.threshold,
      predictionField: entry.prediction_field ?? DEFAULT_FORMAT_SETTINGS.predictionField,
    },
  };
}
