import type { Config } from '../../config/resolve.ts';
import { UsageError, UserError } from '../../core/errors.ts';
import type { LogEventType } from '../../core/events/events.ts';
import type { LogFormat } from '../../core/events/log-format.ts';
import { DEFAULT_FORMAT_SETTINGS, JSON_EVENTS } from '../../core/events/log-format.ts';
import type { RawRecord } from '../../core/events/log-source.ts';
import { formatOf } from '../../decode/formats.ts';
import { recogniseFormat } from '../../decode/recognise-format.ts';
import { DEFAULT_DECODE_LIMITS } from '../../decode/limits.ts';
import { findFormatPreset, FORMAT_PRESET_NAMES } from '../../decode/presets/presets.ts';
import { createRecordDecoder } from '../../decode/record-decoder.ts';
import { decodeLimits } from '../../pipeline/intake/decode-limits.ts';
import { readEventLines } from '../../ingest/file/event-lines.ts';
import { sampleTopic } from '../../ingest/kafka/sample-topic.ts';
import { SchemaRegistry } from '../../ingest/registry/schema-registry.ts';
import { kafkaSecurity, kafkaTopics } from '../../ingest/kafka/from-config.ts';
import type { DecodeSummary } from './summary.ts';
import { eventJson, SummaryBuilder } from './summary.ts';
import type { Io } from '../terminal/io.ts';
import { oneLine, textTable } from '../terminal/text-table.ts';

export interface DecodeFlags {
  readonly sample: number;
  readonly topic?: string;
  readonly format?: string;
  readonly mapping?: string;
  readonly model?: string;
  readonly type?: LogEventType;
  readonly json?: boolean;
}

const WITHIN_MS = 15_000;

interface Sample {
  readonly source: string;
  readonly eventType: LogEventType | null;
  readonly format: LogFormat;
  readonly records: readonly { readonly partition: number; readonly record: RawRecord }[];
}

/** Shows how the first messages of a file or a topic are understood. Nothing is stored, no position is moved. */
export async function decodeSample(file: string | undefined, flags: DecodeFlags, io: Io): Promise<void> {
  if ((file === undefined) === (flags.topic === undefined)) {
    throw new UsageError('give either a file or --topic');
  }
  expectFormat(flags);
  const { config, sample } =
    file === undefined ? await ofTopic(flags.topic ?? '', flags, io) : await ofFile(file, flags, io);
  const summary = new SummaryBuilder();
  const schemas =
    config?.schemaRegistry === null || config === null
      ? null
      : new SchemaRegistry(config.schemaRegistry, io.clock);
  const decoder = createRecordDecoder(
    formatOf(sample.format),
    config === null ? DEFAULT_DECODE_LIMITS : decodeLimits(config),
    { typeFromTopic: sample.eventType ?? undefined, onEpochUnit: (unit) => summary.addUnit(unit) },
    schemas,
  );
  await decoder.prepare(sample.records.map(({ record }) => record));
  for (const { partition, record } of sample.records) {
    const decoded = decoder.decode(record, { source: sample.source, partition, offset: record.offset });
    summary.add(decoded);
    const at = { partition, offset: String(record.offset) };
    const said = decoded.ok
      ? { ...at, events: decoded.value.map(eventJson) }
      : { ...at, dead_letter: { reason: decoded.error.reason, detail: decoded.error.detail } };
    io.print(
      `${JSON.stringify(said, (_key, value: unknown) => (value === Infinity || value === -Infinity ? String(value) : value))}\n`,
    );
  }
  const suggestion = suggestedFormat(sample);
  if (flags.json === true) {
    io.print(
      `${JSON.stringify({ summary: { format: sample.format.name, suggestion, ...summary.summary() } })}\n`,
    );
  } else io.say(summaryText(sample.format.name, suggestion, summary.summary()));
}

async function ofTopic(
  topic: string,
  flags: DecodeFlags,
  io: Io,
): Promise<{ config: Config; sample: Sample }> {
  const config = await io.config();
  const { kafka } = config;
  if (kafka === null) throw new UserError('--topic needs `kafka` in the configuration');
  const configured = kafkaTopics(kafka).find((each) => each.topic === topic);
  const connection = {
    brokers: kafka.brokers,
    clientId: kafka.clientId,
    ...kafkaSecurity(kafka),
    log: io.log,
  };
  const records = await sampleTopic(connection, topic, flags.sample, WITHIN_MS);
  const format = chosenFormat(flags, config) ?? kafka.formats.get(topic) ?? JSON_EVENTS;
  return {
    config,
    sample: { source: `kafka:${topic}`, eventType: configured?.eventType ?? null, format, records },
  };
}

async function ofFile(
  file: string,
  flags: DecodeFlags,
  io: Io,
): Promise<{ config: Config | null; sample: Sample }> {
  // A file of a known format needs no configuration.
  const config = flags.mapping === undefined ? null : await io.config();
  const lines = readEventLines(file === '-' ? process.stdin : file, { clock: io.clock });
  const records: Sample['records'][number][] = [];
  for await (const record of lines.records) {
    records.push({ partition: 0, record });
    if (records.length >= flags.sample) break;
  }
  const format = chosenFormat(flags, config) ?? JSON_EVENTS;
  return { config, sample: { source: lines.source, eventType: flags.type ?? null, format, records } };
}

function expectFormat({ format }: DecodeFlags): void {
  if (format === undefined || format === JSON_EVENTS.name || findFormatPreset(format) !== null) return;
  throw new UsageError(`${format} is no format`, {
    fix: `Known are json, ${FORMAT_PRESET_NAMES.join(', ')}.`,
  });
}

/** What the command line asks for, before what is configured. */
function chosenFormat(flags: DecodeFlags, config: Config | null): LogFormat | null {
  const { format, mapping: name, model } = flags;
  if (name !== undefined) {
    const mapping = config?.mappings.get(name);
    if (mapping === undefined) throw new UserError(`nothing under \`mapping\` is named ${name}`);
    return { ...JSON_EVENTS, name, mapping };
  }
  if (format === undefined) return null;
  return { ...JSON_EVENTS, name: format, settings: { ...DEFAULT_FORMAT_SETTINGS, model: model ?? null } };
}

/** The format most of the first messages look like, when it is another than the one used. */
function suggestedFormat({ records, format, source }: Sample): string | null {
  if (format.mapping !== null) return null;
  const topic = source.startsWith('kafka:') ? source.slice('kafka:'.length) : null;
  const found = recogniseFormat(
    records.map(({ record }) => record),
    topic,
  );
  return found === format.name ? null : found;
}

function summaryText(format: string, suggestion: string | null, summary: DecodeSummary): string {
  const { prediction, features, label } = summary.events;
  const dead = summary.dead_letters.reduce((sum, { count }) => sum + count, 0);
  const lines = [
    `\n${summary.records} messages read as ${format}: ${prediction} predictions, ${features} features, ${label} labels, ` +
      `${summary.passed_over} passed over, ${dead} dead letters\n`,
  ];
  for (const { reason, count, detail } of summary.dead_letters) {
    lines.push(`  ${count} × ${reason}: ${oneLine(detail)}\n`);
  }
  if (suggestion !== null)
    lines.push(`They look like ${suggestion}: set \`format: ${suggestion}\` for the topic.\n`);
  const units = summary.epoch_units.map(({ unit, count }) => `${unit} (${count})`).join(', ');
  if (units !== '') lines.push(`Timestamps that are numbers were taken for: ${units}.\n`);
  if (summary.epoch_units.length > 1) lines.push('They come in different units: ask who writes which.\n');
  if (summary.fields.length === 0) return lines.join('');
  const rows = summary.fields.map(({ field, ...counts }) => [field, ...Object.values(counts).map(String)]);
  return [
    ...lines,
    '\n',
    textTable(['FIELD', 'PRESENT', 'MISSING', 'NUMBERS', 'TEXTS', 'BOOLEANS', 'INVALID'], rows),
  ].join('');
}
