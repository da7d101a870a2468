import { MAX_DEAD_LETTER_BYTES } from '../core/events/dead-letter.ts';
import type { DeadLetter, DeadLetterReason } from '../core/events/dead-letter.ts';
import type { LogEvent, SourcePosition } from '../core/events/events.ts';
import type { RawRecord } from '../core/events/log-source.ts';
import type { Result } from '../core/result.ts';
import { fail, ok } from '../core/result.ts';
import type { Refusal } from './dead-letter.ts';
import { deadLetter, refuse } from './dead-letter.ts';
import type { DecoderEars, DecoderOptions } from './decoder.ts';
import { createDecoder, readEvent } from './decoder.ts';
import { readModel } from './fields.ts';
import { isDeeperThan, readExactJson } from './json-message.ts';
import type { DecodeLimits } from './limits.ts';
import type { Envelope, Envelopes, FormatMessage } from './presets/preset.ts';
import type { SchemaReference } from './schema-reference.ts';
import { readFrame } from './schema-reference.ts';
import type { SchemaSource } from './schema-source.ts';

/** How the messages of a log are made into events. */
export interface Format {
  /** For people: `json`, a preset's name, a mapping's name. */
  readonly name: string;
  /** What is done before: parse JSON, ask the schema registry, nothing. */
  readonly payload: 'json' | 'registry' | 'bytes';
  /** Null: the values are events already, in the fields of docs/logs.md. */
  readonly read: ((message: FormatMessage) => Envelopes) | null;
}

export type DecodedEvents = Result<readonly LogEvent[], DeadLetter>;

/**
 * A log's decoder. A record may hold several events, or none, when it is of the format and says nothing about a
 * prediction. Those of one record share its position.
 */
export interface RecordDecoder {
  /** What decoding these records needs from elsewhere. Rejects on an outage: nothing of them may be decoded then. */
  prepare(records: readonly RawRecord[]): Promise<void>;
  /** Pure, once prepared. `ears`: instead of those the decoder was made with. */
  decode(record: RawRecord, position: SourcePosition, ears?: DecoderEars): DecodedEvents;
}

const ready = async (): Promise<void> => {};

export function createRecordDecoder(
  format: Format,
  limits: DecodeLimits,
  options: DecoderOptions = {},
  schemas: SchemaSource | null = null,
): RecordDecoder {
  if (format.payload === 'json' && format.read === null) {
    return {
      prepare: ready,
      decode(record, position, ears) {
        const decode = createDecoder(limits, { ...options, ...ears });
        const event = decode(record.value, position, record.timestampMs);
        return event.ok ? ok([event.value]) : event;
      },
    };
  }
  return {
    prepare: async (records) => await schemas?.load(references(records, limits)),
    decode(record, position, ears) {
      const heard = { ...options, ...ears };
      const value = payloadValue(record, format, limits, schemas, heard);
      if (!value.ok) return fail(letterOf(position, value.error, record, null));
      const envelopes = format.read?.(messageOf(record, position, value.value)) ?? asEnvelopes(value.value);
      if (!envelopes.ok) return fail(letterOf(position, envelopes.error, record, null));
      return eventsOf(envelopes.value, record, position, limits, heard);
    },
  };
}

function eventsOf(
  envelopes: readonly Envelope[],
  record: RawRecord,
  position: SourcePosition,
  limits: DecodeLimits,
  options: DecoderOptions,
): DecodedEvents {
  const events: LogEvent[] = [];
  for (const [index, given] of envelopes.entries()) {
    const object = envelopes.length > 1 ? withOwnId(given, index, position) : given;
    const event = readEvent({ object, text: null }, position, record.timestampMs, limits, options);
    if (event.ok) {
      events.push(event.value);
      continue;
    }
    // One bad row refuses the record: half a record could never be replayed without counting the other half twice.
    const model = readModel(object, limits);
    const row = envelopes.length > 1 ? `row ${index}: ` : '';
    const refusal = { ...event.error, detail: `${row}${hint(event.error)}` };
    return fail(letterOf(position, refusal, record, model.ok ? model.value : null));
  }
  return ok(events);
}

/** Rows without an id are told apart by where they stand, since all have the position of their record. */
function withOwnId(envelope: Envelope, row: number, position: SourcePosition): Envelope {
  const id = envelope['prediction_id'];
  if (id !== undefined && id !== null && id !== '') return envelope;
  const place = `${position.source}/${position.partition}/${position.offset}`;
  return { ...envelope, prediction_id: `${place}-item-${row}` };
}

function hint({ reason, detail }: Refusal): string {
  return reason === 'missing_model' ? `${detail}; set \`model\` beside its format` : detail;
}

function letterOf(
  position: SourcePosition,
  { reason, detail }: Refusal,
  record: RawRecord,
  model: string | null,
): DeadLetter {
  return letterOfRecord(position, reason, detail, record, model);
}

/** Headers larger than this in all are noise; without them the letter is kept for people only. */
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_KEY_BYTES = 1_024;

/** A dead letter that keeps what a format may need beside the value to read it again. */
export function letterOfRecord(
  position: SourcePosition,
  reason: DeadLetterReason,
  detail: string,
  record: RawRecord,
  model: string | null,
): DeadLetter {
  const { key, headers } = record;
  const size = [...(headers ?? [])].reduce((sum, [name, value]) => sum + name.length + value.byteLength, 0);
  return {
    ...deadLetter(position, reason, detail, record.value, model),
    ...(key === null || key.byteLength > MAX_KEY_BYTES ? {} : { key: key.slice() }),
    ...(size === 0 || size > MAX_HEADER_BYTES
      ? {}
      : { headers: new Map([...(headers ?? [])].map(([name, value]) => [name, value.slice()])) }),
  };
}

/** Bytes → the value a format reads, within the limits. */
function payloadValue(
  record: RawRecord,
  format: Format,
  limits: DecodeLimits,
  schemas: SchemaSource | null,
  options: DecoderOptions,
): Result<unknown, Refusal> {
  const bytes = record.value;
  if (format.payload === 'json') {
    const read = readExactJson(bytes, limits);
    if (read.ok && read.value.hadBareNumbers) options.onTolerated?.('bare_numbers', 1);
    return read.ok ? ok(read.value.value) : read;
  }
  if (bytes === null || bytes.byteLength === 0) {
    return refuse('empty_message', 'the message has no value (a tombstone, or zero bytes)');
  }
  if (bytes.byteLength > limits.maxBytes) {
    return refuse('too_large', `${bytes.byteLength} bytes; at most ${limits.maxBytes} are accepted`);
  }
  return format.payload === 'bytes' ? ok(bytes) : registeredValue(record, bytes, schemas, limits);
}

function registeredValue(
  record: RawRecord,
  bytes: Uint8Array,
  schemas: SchemaSource | null,
  limits: DecodeLimits,
): Result<unknown, Refusal> {
  const frame = readFrame(bytes, record.headers);
  if (!frame.ok) return refuse('schema_error', frame.error);
  const { schema, payload, indexesInHeader } = frame.value;
  const reader = schemas?.get(schema);
  if (reader === undefined) throw new Error(`schema ${schema} was not prepared before its records`);
  if ('unusable' in reader) return refuse('schema_error', `schema ${schema}: ${reader.unusable}`);
  if (reader.read === null) {
    // The schema says what should be, the log what was: a message that breaks it is news, not a dead letter.
    const read = readExactJson(payload, limits);
    return read.ok ? ok(read.value.value) : read;
  }
  let value: unknown;
  try {
    value = reader.read(payload, indexesInHeader);
  } catch (error) {
    return refuse('schema_error', `the bytes do not fit schema ${schema}: ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && isDeeperThan(value, limits.maxDepth)) {
    return refuse('too_deep', `values nest deeper than ${limits.maxDepth} levels`);
  }
  return ok(value);
}

/** Also of records that decoding will refuse before it asks for their schema. */
function references(records: readonly RawRecord[], limits: DecodeLimits): Set<SchemaReference> {
  const found = new Set<SchemaReference>();
  for (const { value, headers, unreadable } of records) {
    if (value === null || unreadable !== undefined || value.byteLength > limits.maxBytes) continue;
    const frame = readFrame(value, headers);
    if (frame.ok) found.add(frame.value.schema);
  }
  return found;
}

function messageOf(record: RawRecord, position: SourcePosition, value: unknown): FormatMessage {
  return {
    value,
    headers: headerTexts(record.headers),
    key: record.key === null || record.key.byteLength === 0 ? null : utf8(record.key),
    topic: position.source.startsWith(KAFKA) ? position.source.slice(KAFKA.length) : null,
  };
}
const KAFKA = 'kafka:';

function headerTexts(headers: RawRecord['headers']): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [name, value] of headers ?? []) texts.set(name.toLowerCase(), utf8(value));
  return texts;
}

/** A header is never longer than a dead letter may be. */
function utf8(bytes: Uint8Array): string {
  const length = Math.min(bytes.byteLength, MAX_DEAD_LETTER_BYTES);
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('utf8');
}

function asEnvelopes(value: unknown): Envelopes {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    return refuse('not_an_object', 'an event is one object');
  }
  return ok([value as Envelope]);
}
