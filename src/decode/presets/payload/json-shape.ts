import { withExactIntegers } from '../../exact-digits.ts';
import type { JsonObject } from '../../json-message.ts';
import { isDeeperThan } from '../../json-message.ts';
import { DEFAULT_DECODE_LIMITS } from '../../limits.ts';

export function isObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

/** Text that is not empty. Numbers too, since ids and names are often logged as such; bigints keep their digits. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
}

/** An own field of an object: names come from logs and may be `__proto__`. */
export function field(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** A scalar as text; nothing for objects, lists and what is absent. */
export function spelled(value: unknown): string {
  return typeof value === 'boolean' ? String(value) : (textOf(value) ?? '');
}

/**
 * JSON inside a string, parsed, whole numbers exactly; null when it is none or nests deeper than a message may. Other
 * values pass as they are.
 */
export function parsedText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null) return parsed;
  return isDeeperThan(parsed, DEFAULT_DECODE_LIMITS.maxDepth) ? null : withExactIntegers(value, parsed);
}

export function base64Bytes(value: unknown): Uint8Array | null {
  return typeof value === 'string' ? Buffer.from(value, 'base64') : null;
}

/** An object, or the objects of an array; null for anything else. */
export function records(value: unknown): JsonObject[] | null {
  if (isObject(value)) return [value];
  return Array.isArray(value) && value.every(isObject) ? value : null;
}
