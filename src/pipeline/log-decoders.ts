import type { Config } from '../config/resolve.ts';
import type { Clock } from '../core/clock.ts';
import type { LogEventType } from '../core/events.ts';
import { formatOf } from '../decode/formats.ts';
import { DEFAULT_DECODE_LIMITS } from '../decode/limits.ts';
import { createRecordDecoder, type RecordDecoder } from '../decode/record-decoder.ts';
import { SchemaRegistry } from '../ingest/registry/schema-registry.ts';

/** The decoder of a log whose messages are not plain JSON events; null for those that are. */
export type LogDecoders = (source: string) => RecordDecoder | null;

/** One decoder a log, all of them with the same schema registry. `source` is `kafka:<topic>`. */
export function createLogDecoders(
  config: Pick<Config, 'kafka' | 'schemaRegistry' | 'ingest'>,
  clock: Clock,
): LogDecoders {
  const schemas = config.schemaRegistry === null ? null : new SchemaRegistry(config.schemaRegistry, clock);
  const limits = { ...DEFAULT_DECODE_LIMITS, maxFutureMs: config.ingest.maxFutureMs };
  const decoders = new Map<string, RecordDecoder>();
  const eventTypes = eventTypesOf(config.kafka);
  return function decoderOf(source) {
    const topic = source.replace(/^kafka:/, '');
    const format = config.kafka?.formats.get(topic);
    if (format === undefined) return null;
    const known = decoders.get(source);
    if (known !== undefined) return known;
    const options = { typeFromTopic: eventTypes.get(topic) };
    const decoder = createRecordDecoder(formatOf(format), limits, options, schemas);
    decoders.set(source, decoder);
    return decoder;
  };
}

function eventTypesOf(kafka: Config['kafka']): ReadonlyMap<string, LogEventType> {
  const { predictions = [], features = [], labels = [] } = kafka?.topics ?? {};
  const of = (topics: readonly string[], type: LogEventType) => topics.map((topic) => [topic, type] as const);
  return new Map([...of(predictions, 'prediction'), ...of(features, 'features'), ...of(labels, 'label')]);
}
