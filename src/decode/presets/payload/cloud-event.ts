import type { JsonObject } from '../../json-message.ts';
import { base64Bytes, field, isObject, parsedText, spelled } from './json-shape.ts';
import type { FormatMessage } from '../preset.ts';

/** A CloudEvent of any version and binding; attributes by lower-case name. */
export interface CloudEvent {
  readonly attributes: ReadonlyMap<string, string>;
  /** The payload, parsed when it is JSON. */
  readonly data: unknown;
}

/** HTTP headers and Kafka headers spell the prefix differently. */
const PREFIXES = ['ce_', 'ce-'];
const DATA_FIELDS: ReadonlySet<string> = new Set(['data', 'data_base64']);

/**
 * The events of a message: attributes in headers with the payload as the value (binary mode), or all in the JSON value
 * (structured mode), or a batch of those. Null when it is neither.
 */
export function cloudEvents(message: FormatMessage): CloudEvent[] | null {
  const attributes = headerAttributes(message.headers);
  if (attributes.has('type') && attributes.has('id')) return [{ attributes, data: message.value }];
  const { value } = message;
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  return list.length > 0 && list.every(isStructured) ? list.map(structuredEvent) : null;
}

function headerAttributes(headers: ReadonlyMap<string, string>): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [name, value] of headers) {
    const prefix = PREFIXES.find((known) => name.startsWith(known));
    if (prefix !== undefined) attributes.set(name.slice(prefix.length), value);
  }
  return attributes;
}

function isStructured(value: unknown): value is JsonObject {
  return isObject(value) && typeof value['specversion'] === 'string' && typeof value['type'] === 'string';
}

function structuredEvent(event: JsonObject): CloudEvent {
  const attributes = new Map<string, string>();
  for (const [name, value] of Object.entries(event)) {
    if (DATA_FIELDS.has(name) || typeof value === 'object') continue;
    attributes.set(name.toLowerCase(), spelled(value));
  }
  const encoded = base64Bytes(field(event, 'data_base64'));
  const data = encoded === null ? field(event, 'data') : Buffer.from(encoded).toString('utf8');
  return { attributes, data: parsedText(data) };
}
