/** Records and what decoding them gives, for tests of formats. */
import { readFileSync } from 'node:fs';
import type { DeadLetter } from '../../src/core/events/dead-letter.ts';
import type { LogEvent } from '../../src/core/events/events.ts';
import type { FormatSettings } from '../../src/core/events/log-format.ts';
import { DEFAULT_FORMAT_SETTINGS } from '../../src/core/events/log-format.ts';
import type { RawRecord } from '../../src/core/events/log-source.ts';
import type { DecoderOptions } from '../../src/decode/decoder.ts';
import { formatOf } from '../../src/decode/formats.ts';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';
import type { DecodedEvents, Format } from '../../src/decode/record-decoder.ts';
import { createRecordDecoder } from '../../src/decode/record-decoder.ts';
import type { SchemaSource } from '../../src/decode/schema-source.ts';

export const RECORD_MS = Date.UTC(2026, 2, 1, 12, 0, 5);
export const samples = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../vectors/log-samples/${file}.json`, import.meta.url), 'utf8'));

export interface GivenRecord {
  readonly value?: Uint8Array | string | object | null;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string | Uint8Array>>;
}

export function record({ value = null, key, headers }: GivenRecord): RawRecord {
  const bytes =
    value === null || value instanceof Uint8Array
      ? value
      : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return {
    offset: 41n,
    timestampMs: RECORD_MS,
    key: key === undefined ? null : Buffer.from(key),
    value: bytes,
    ...(headers === undefined
      ? {}
      : {
          headers: new Map(
            Object.entries(headers).map(([name, text]) => [
              name,
              typeof text === 'string' ? Buffer.from(text) : text,
            ]),
          ),
        }),
  };
}

export interface Decoding {
  readonly topic?: string;
  readonly options?: DecoderOptions;
  readonly schemas?: SchemaSource;
}

export function decodeRecord(format: Format, given: RawRecord, decoding: Decoding = {}): DecodedEvents {
  const decoder = createRecordDecoder(
    format,
    DEFAULT_DECODE_LIMITS,
    decoding.options ?? {},
    decoding.schemas ?? null,
  );
  return decoder.decode(given, { source: `kafka:${decoding.topic ?? 't'}`, partition: 3, offset: 41n });
}

export function format(name: string, settings: Partial<FormatSettings> = {}): Format {
  return formatOf({
    name,
    encoding: 'plain',
    mapping: null,
    settings: { ...DEFAULT_FORMAT_SETTINGS, ...settings },
  });
}

export function eventsOf(decoded: DecodedEvents): readonly LogEvent[] {
  if (!decoded.ok) throw new Error(`expected events, got ${decoded.error.reason}: ${decoded.error.detail}`);
  return decoded.value;
}

export function refusedOf(decoded: DecodedEvents): DeadLetter {
  if (decoded.ok) throw new Error(`expected a dead letter, got ${decoded.value.length} events`);
  return decoded.error;
}

/** Features as plain values, for comparing. */
export const featuresOf = (event: LogEvent | undefined): unknown[] =>
  event === undefined || event.type === 'label' ? [] : [...event.features.values()];
