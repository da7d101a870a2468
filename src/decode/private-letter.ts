import { MAX_DEAD_LETTER_BYTES, type DeadLetter } from '../core/events/dead-letter.ts';
import { PREDICTION_ID, type PrivateFields } from '../core/privacy/private-fields.ts';
import type { Privacy } from '../core/privacy/privacy.ts';
import { type JsonObject, readJsonMessage } from './json-message.ts';
import { DEFAULT_DECODE_LIMITS } from './limits.ts';
import { storableUpTo } from './text.ts';

/** What an event says beside `features` and `tags`. Of other fields nobody reads anything, and anything may stand there. */
const ENVELOPE: readonly string[] = [
  'type',
  'model',
  'model_version',
  'timestamp',
  'prediction',
  'score',
  'probabilities',
  'holdout',
  'error',
  'latency_ms',
  'cost',
  'energy_j',
  'label',
  'source',
  'final',
];

const NO_BYTES = new Uint8Array();

/**
 * A dead letter of a message in which something may be private: without what its model drops, and hashed where that hashes. What cannot
 * be read as an event is withheld, because nobody can say what in it is what, and so is every sentence that may quote it.
 *
 * @param message all of it; null: of another format than plain events, in which a field may stand anywhere, of any model
 */
export function privateLetter(
  letter: DeadLetter,
  message: Uint8Array | null,
  privacy: Privacy | null,
): DeadLetter {
  const fields = privacy?.ofAny(message === null ? null : letter.model) ?? null;
  if (fields === null) return letter;
  const isAboutId = fields.hash.has(PREDICTION_ID) && letter.detail.startsWith(`${PREDICTION_ID} `);
  const kept = message === null ? null : whatRemains(message, fields, isAboutId);
  if (kept === null) return withheld(letter);
  const bytes = Buffer.from(JSON.stringify(kept));
  return {
    ...letter,
    detail: isAboutId ? 'prediction_id is no text that can be an id' : letter.detail,
    bytes: bytes.subarray(0, MAX_DEAD_LETTER_BYTES),
    byteLength: bytes.byteLength,
    hashed: [...fields.hash],
  };
}

function withheld({ position, reason, model, byteLength, recordMs }: DeadLetter): DeadLetter {
  return {
    position,
    reason,
    detail: 'what it says is withheld because of `privacy`',
    model,
    bytes: NO_BYTES,
    byteLength,
    ...(recordMs !== undefined && { recordMs }),
    isWithheld: true,
  };
}

/** Null: it is no event, or its features have no names. */
function whatRemains(message: Uint8Array, fields: PrivateFields, hasBadId: boolean): JsonObject | null {
  const read = readJsonMessage(message, DEFAULT_DECODE_LIMITS);
  if (!read.ok) return null;
  const { object } = read.value;
  const { features, tags } = object;
  if (![features, tags].every((given) => given === undefined || given === null || isObject(given)))
    return null;
  const said = ENVELOPE.filter((key) => Object.hasOwn(object, key));
  const id = object[PREDICTION_ID];
  return {
    ...Object.fromEntries(said.map((key) => [key, remaining(object[key], '', fields)])),
    // What cannot be an id must not become one.
    ...(id !== undefined && {
      [PREDICTION_ID]: hasBadId ? true : typeof id === 'string' && id !== '' ? fields.id(id) : id,
    }),
    ...(features !== undefined && { features: remaining(features, '', fields) }),
    ...(tags !== undefined && { tags: remaining(tags, '', fields) }),
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Fields go by their own name, and by the names of what they stand in before it. No deeper than a message may nest. */
function remaining(value: unknown, path: string, fields: PrivateFields): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => remaining(item, path, fields));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    const name = key.normalize('NFC');
    const names = [name, path === '' ? name : `${path}.${name}`];
    if (names.some((each) => fields.drop.has(each))) return [];
    if (!names.some((each) => fields.hash.has(each))) return [[key, remaining(inner, names[1]!, fields)]];
    return hashedEntry(key, inner, fields);
  });
  return Object.fromEntries(entries);
}

function hashedEntry(key: string, value: unknown, fields: PrivateFields): [string, unknown][] {
  if (value === null) return [[key, value]];
  if (typeof value === 'number' || typeof value === 'boolean') return [[key, fields.hashed(value)]];
  return typeof value === 'string'
    ? [[key, fields.hashed(storableUpTo(value, DEFAULT_DECODE_LIMITS.maxTextLength))]]
    : [];
}
