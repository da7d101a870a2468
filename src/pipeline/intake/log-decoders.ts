import type { Config } from '../../config/resolve.ts';
import type { Clock } from '../../core/clock.ts';
import type { LogEventType } from '../../core/events/events.ts';
import { formatOf } from '../../decode/formats.ts';
import { decodeLimits } from './decode-limits.ts';
import { createRecordDecoder, type Format, type RecordDecoder } from '../../decode/record-decoder.ts';
import { SchemaRegistry } from '../../ingest/registry/schema-registry.ts';
import { readerOf } from './posted-formats.ts';

/** Begins the source of events that were posted in a format of their own; plain ones come from `http`. */
const POSTED = 'http:';

/** The decoder of a log whose messages are not plain JSON events; null for those that are. */
export type LogDecoders = (source: string) => RecordDecoder | null;

/** One decoder a log, all of them with the same schema registry. `source` is `kafka:<topic>` or `http:<format>`. */
export function createLogDecoders(
  config: Pick<Config, 'kafka' | 'api' | 'schemaRegistry' | 'ingest' | 'models'>,
  clock: Clock,
): LogDecoders {
  const schemas = config.schemaRegistry === null ? null : new SchemaRegistry(config.schemaRegistry, clock);
  const limits = decodeLimits(config);
  const decoders = new Map<string, RecordDecoder>();
  const eventTypes = eventTypesOf(config.kafka);
  return function decoderOf(source) {
    const known = decoders.get(source);
    if (known !== undefined) return known;
    const format = formatOfLog(source, config);
    if (format === null) return null;
    const options = { typeFromTopic: eventTypes.get(topicOf(source)) };
    const decoder = createRecordDecoder(format, limits, options, schemas);
    decoders.set(source, decoder);
    return decoder;
  };
}

const topicOf = (source: string): string => source.replace(/^kafka:/, '');

function formatOfLog(source: string, { kafka, api }: Pick<Config, 'kafka' | 'api'>): Format | null {
  if (source.startsWith(POSTED)) return readerOf(source.slice(POSTED.length), api);
  const format = kafka?.formats.get(topicOf(source));
  return format === undefined ? null : formatOf(format);
}

function eventTypesOf(kafka: Config['kafka']): ReadonlyMap<string, LogEventType> {
  const { predictions = [], features = [], labels = [] } = kafka?.topics ?? {};
  const of = (topics: readonly string[], type: LogEventType) => topics.map((topic) => [topic, type] as const);
  return new Map([...of(predictions, 'prediction'), ...of(features, 'features'), ...of(labels, 'label')]);
}
