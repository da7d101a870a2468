import { isUtf8 } from 'node:buffer';
import type { Result } from '../core/result.ts';
import { ok } from '../core/result.ts';
import { replaceBareNumbers } from './bare-numbers.ts';
import { withExactIntegers } from './exact-digits.ts';
import type { Refusal } from './dead-letter.ts';
import { refuse } from './dead-letter.ts';
import type { DecodeLimits } from './limits.ts';

const BYTE_ORDER_MARK = '\ufeff';
/** First byte of a message in the wire format of schema registries: 0, four bytes of schema id, the payload. */
const SCHEMA_WIRE_MAGIC = 0;

export type JsonObject = Readonly<Record<string, unknown>>;

export interface JsonMessage {
  readonly object: JsonObject;
  /** What was parsed, for whoever needs a spelling that parsing lost. */
  readonly text: string;
  /** The text held bare NaN or Infinity, as Python writes them. */
  readonly hadBareNumbers: boolean;
}

/** A message of any JSON value, for formats that wrap events. */
export interface JsonValue {
  readonly value: unknown;
  readonly text: string;
  readonly hadBareNumbers: boolean;
}

/** Bytes → one JSON object, within the limits. Cost: one pass for UTF-8, one parse, a walk over nested values. */
export function readJsonMessage(
  bytes: Uint8Array | null,
  limits: DecodeLimits,
): Result<JsonMessage, Refusal> {
  const read = readJsonValue(bytes, limits);
  if (!read.ok) return read;
  const { value, text, hadBareNumbers } = read.value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('not_an_object', `found ${typeName(value)}; an event is one JSON object`);
  }
  if (isDeeperThan(value, limits.maxDepth)) return refuse('too_deep', depthDetail(limits));
  return ok({ object: value as JsonObject, text, hadBareNumbers });
}

/**
 * The same for formats that are not events themselves: arrays are taken too, and whole numbers beyond 2^53 come as
 * bigints, so that ids keep their digits.
 */
export function readExactJson(bytes: Uint8Array | null, limits: DecodeLimits): Result<JsonValue, Refusal> {
  const read = readJsonValue(bytes, limits);
  if (!read.ok) return read;
  const { value, text } = read.value;
  if (typeof value !== 'object' || value === null) {
    return refuse(
      'not_an_object',
      `found ${typeName(value)}; a message is a JSON object or an array of them`,
    );
  }
  // Before anything recursive: the second parse is as deep as the text.
  if (isDeeperThan(value, limits.maxDepth)) return refuse('too_deep', depthDetail(limits));
  return ok({ ...read.value, value: withExactIntegers(text, value) });
}

/** Within the limits of bytes and UTF-8; how deep it nests is not looked at. */
function readJsonValue(bytes: Uint8Array | null, limits: DecodeLimits): Result<JsonValue, Refusal> {
  if (bytes === null || bytes.byteLength === 0) {
    return refuse('empty_message', 'the message has no value (a tombstone, or zero bytes)');
  }
  if (bytes.byteLength > limits.maxBytes) {
    return refuse('too_large', `${bytes.byteLength} bytes; at most ${limits.maxBytes} are accepted`);
  }
  if (!isUtf8(bytes)) {
    return refuse(
      'invalid_utf8',
      `the bytes are not UTF-8${schemaHint(bytes)}; events are JSON objects in UTF-8`,
    );
  }
  const text = utf8Text(bytes);
  const parsed = parse(text);
  if (!parsed.ok) {
    if (text.trim() === '') return refuse('empty_message', 'the message holds white space only');
    return refuse('malformed_json', `${parsed.error}${schemaHint(bytes)}`);
  }
  const { value, tolerated } = parsed.value;
  return ok({ value, text: parsed.value.text, hadBareNumbers: tolerated });
}

const depthDetail = (limits: DecodeLimits): string => `values nest deeper than ${limits.maxDepth} levels`;

function utf8Text(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

interface Parsed {
  readonly value: unknown;
  readonly text: string;
  readonly tolerated: boolean;
}

function parse(text: string): Result<Parsed, string> {
  try {
    return ok({ value: JSON.parse(text), text, tolerated: false });
  } catch (error) {
    const replaced = replaceBareNumbers(text);
    if (replaced === null) return { ok: false, error: (error as SyntaxError).message };
    try {
      return ok({ value: JSON.parse(replaced), text: replaced, tolerated: true });
    } catch (second) {
      return { ok: false, error: (second as SyntaxError).message };
    }
  }
}

/** With a stack of its own: a value nested ten thousand levels deep would overflow a recursive walk. */
export function isDeeperThan(root: object, maxDepth: number): boolean {
  const pending: { value: object; depth: number }[] = [{ value: root, depth: 1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.depth > maxDepth) return true;
    for (const child of Object.values(next.value) as unknown[]) {
      if (typeof child === 'object' && child !== null && !ArrayBuffer.isView(child))
        pending.push({ value: child, depth: next.depth + 1 });
    }
  }
  return false;
}

function schemaHint(bytes: Uint8Array): string {
  return bytes[0] === SCHEMA_WIRE_MAGIC && bytes.byteLength > 5
    ? ' (it starts with a zero byte, as messages encoded with a schema registry do)'
    : '';
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
