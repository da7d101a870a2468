import type { DeadLetter } from '../../src/core/events/dead-letter.ts';
import type { LogEvent, SourcePosition } from '../../src/core/events/events.ts';
import type { Result } from '../../src/core/result.ts';
import type { DecoderOptions } from '../../src/decode/decoder.ts';
import { createDecoder } from '../../src/decode/decoder.ts';
import type { DecodeLimits } from '../../src/decode/limits.ts';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';

export const POSITION: SourcePosition = { source: 'kafka:ml.predictions', partition: 3, offset: 41n };
export const RECORD_MS = Date.UTC(2026, 2, 1, 12, 0, 5);

export function decodeBytes(
  bytes: Uint8Array | null,
  options: DecoderOptions = {},
  limits: Partial<DecodeLimits> = {},
): Result<LogEvent, DeadLetter> {
  return createDecoder({ ...DEFAULT_DECODE_LIMITS, ...limits }, options)(bytes, POSITION, RECORD_MS);
}

export const decodeText = (text: string, options: DecoderOptions = {}, limits: Partial<DecodeLimits> = {}) =>
  decodeBytes(Buffer.from(text), options, limits);

export const decodeJson = (value: object, options: DecoderOptions = {}, limits: Partial<DecodeLimits> = {}) =>
  decodeText(JSON.stringify(value), options, limits);

export function eventOf(result: Result<LogEvent, DeadLetter>): LogEvent {
  if (!result.ok) throw new Error(`expected an event, got ${result.error.reason}: ${result.error.detail}`);
  return result.value;
}

export function letterOf(result: Result<LogEvent, DeadLetter>): DeadLetter {
  if (result.ok) throw new Error(`expected a dead letter, got an event of type ${result.value.type}`);
  return result.error;
}

export const reasonOf = (result: Result<LogEvent, DeadLetter>) => letterOf(result).reason;
