import type { FeatureValue, Features } from '../core/events/events.ts';
import { INVALID_VALUE } from '../core/events/events.ts';
import type { Result } from '../core/result.ts';
import { ok } from '../core/result.ts';
import { classLabel } from '../core/columns/class-label.ts';
import type { Refusal } from './dead-letter.ts';
import { refuse } from './dead-letter.ts';
import type { JsonObject } from './json-message.ts';
import type { DecodeLimits } from './limits.ts';
import { cleanName, shown, storableUpTo } from './text.ts';

export interface NamedValues {
  readonly values: Features;
  /** Entries left out because their name is blank, overlong or holds control characters. */
  readonly droppedNames: number;
}

export const NO_VALUES: NamedValues = { values: new Map(), droppedNames: 0 };

/**
 * `features` or `tags` of an envelope, null when absent. Values keep the type they were logged with, because a
 * changed type is a finding; objects and arrays are `INVALID_VALUE`. A bad name costs the entry, not the event.
 */
export function readNamedValues(
  envelope: JsonObject,
  field: 'features' | 'tags',
  limits: DecodeLimits,
): Result<NamedValues | null, Refusal> {
  const given = envelope[field];
  if (given === undefined || given === null) return ok(null);
  if (typeof given !== 'object' || Array.isArray(given)) {
    return refuse('invalid_field', `${field} is ${shown(given)}; accepted is an object of name to value`);
  }
  const entries = entriesOf(given);
  if (entries.length > limits.maxFeatures) {
    return refuse('too_many_features', `${field} has ${entries.length} names; at most ${limits.maxFeatures}`);
  }
  const values = new Map<string, FeatureValue>();
  let droppedNames = 0;
  for (const [key, value] of entries) {
    const name = cleanName(key, limits.maxNameLength);
    if (name === null) droppedNames += 1;
    else values.set(name, featureValue(value, limits));
  }
  return ok({ values, droppedNames });
}

/** Presets and mappings, which put names together themselves, give a map. */
function entriesOf(given: object): [string, unknown][] {
  return given instanceof Map
    ? ([...given] as [string, unknown][])
    : (Object.entries(given) as [string, unknown][]);
}

function featureValue(value: unknown, limits: DecodeLimits): FeatureValue {
  switch (typeof value) {
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return Number(value);
    case 'string':
      return storableUpTo(value, limits.maxTextLength);
    default:
      return value === null ? null : INVALID_VALUE;
  }
}

/** `probabilities`, by canonical class. A class whose probability is null or was NaN is left out. */
export function readProbabilities(
  envelope: JsonObject,
  limits: DecodeLimits,
): Result<ReadonlyMap<string, number> | null, Refusal> {
  const given = envelope['probabilities'];
  if (given === undefined || given === null) return ok(null);
  if (typeof given !== 'object' || Array.isArray(given)) {
    return refuse(
      'invalid_field',
      `probabilities is ${shown(given)}; accepted is an object of class to number`,
    );
  }
  const entries = entriesOf(given);
  if (entries.length > limits.maxFeatures) {
    return refuse(
      'invalid_field',
      `probabilities has ${entries.length} classes; at most ${limits.maxFeatures}`,
    );
  }
  const probabilities = new Map<string, number>();
  for (const [key, value] of entries) {
    if (value === null) continue;
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      return refuse('invalid_field', `probabilities of class ${shown(key)} is ${shown(value)}, not a number`);
    }
    probabilities.set(classLabel(storableUpTo(key, limits.maxTextLength)), value);
  }
  return ok(probabilities.size === 0 ? null : probabilities);
}
