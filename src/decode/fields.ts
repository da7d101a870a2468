import { classLabel } from '../core/columns/class-label.ts';
import type { LabelSource, LogEventType } from '../core/events/events.ts';
import { LABEL_SOURCES } from '../core/events/events.ts';
import { DEFAULT_MODEL_VERSION } from '../core/model.ts';
import type { Result } from '../core/result.ts';
import { ok } from '../core/result.ts';
import type { Refusal } from './dead-letter.ts';
import { refuse } from './dead-letter.ts';
import { exactDigits } from './exact-digits.ts';
import type { JsonObject } from './json-message.ts';
import type { DecodeLimits } from './limits.ts';
import { cleanName, shown, storableUpTo } from './text.ts';
import { isPlausibleTime, isRoundedOver, parseTimestamp } from './timestamp.ts';

/** An event's fields, and the text they were parsed from where there is one. */
export interface EnvelopeSource {
  readonly object: JsonObject;
  readonly text: string | null;
}

const EVENT_TYPES: readonly string[] = ['prediction', 'features', 'label'] satisfies LogEventType[];

/** The event's own `type` goes before the topic's, so that one topic may carry all three. */
export function readType(
  envelope: JsonObject,
  typeFromTopic: LogEventType | undefined,
): Result<LogEventType, Refusal> {
  const given = envelope['type'];
  if (given === undefined || given === null) {
    if (typeFromTopic !== undefined) return ok(typeFromTopic);
    return refuse('unknown_type', `no type, and the topic does not imply one; ${TYPES_ACCEPTED}`);
  }
  if (typeof given === 'string' && EVENT_TYPES.includes(given)) return ok(given as LogEventType);
  return refuse('unknown_type', `type is ${shown(given)}; ${TYPES_ACCEPTED}`);
}
const TYPES_ACCEPTED = `accepted are ${EVENT_TYPES.join(', ')}`;

export function readModel(envelope: JsonObject, limits: DecodeLimits): Result<string, Refusal> {
  const given = envelope['model'];
  if (given === undefined || given === null || given === '') {
    return refuse('missing_model', 'the event names no model');
  }
  const name = typeof given === 'string' ? cleanName(given, limits.maxNameLength) : null;
  return name === null ? refuse('invalid_field', nameDetail('model', given, limits)) : ok(name);
}

/** A number is accepted, since `"model_version": 3` cannot mean anything else. */
export function readModelVersion(envelope: JsonObject, limits: DecodeLimits): Result<string, Refusal> {
  const given = envelope['model_version'];
  if (given === undefined || given === null || given === '') return ok(DEFAULT_MODEL_VERSION);
  if (typeof given === 'bigint' || (typeof given === 'number' && Number.isFinite(given))) {
    return ok(classLabel(given));
  }
  const name = typeof given === 'string' ? cleanName(given, limits.maxNameLength) : null;
  return name === null ? refuse('invalid_field', nameDetail('model_version', given, limits)) : ok(name);
}

function nameDetail(field: string, given: unknown, limits: DecodeLimits): string {
  return `${field} is ${shown(given)}; accepted is a string of at most ${limits.maxNameLength} characters, none of them a control character`;
}

/**
 * Ids are strings only: a JSON number above 2^53 loses digits in most languages, and two predictions that
 * share an id by rounding would swap labels without a trace. The dead letter quotes the digits as sent.
 */
export function readPredictionId(
  message: EnvelopeSource,
  limits: DecodeLimits,
): Result<string | null, Refusal> {
  const given = message.object['prediction_id'];
  if (given === undefined || given === null || given === '') return ok(null);
  if (typeof given === 'number') {
    const digits =
      (message.text === null ? null : exactDigits(message.text, 'prediction_id')) ?? String(given);
    return refuse(
      'invalid_field',
      `prediction_id is the number ${digits}; send it as a string, "${digits}", because large numbers lose digits in JSON`,
    );
  }
  if (typeof given !== 'string') {
    return refuse('invalid_field', `prediction_id is ${shown(given)}; accepted is a string`);
  }
  // Ids are compared, never shortened or normalised: two that differ must stay apart.
  if (given.length > limits.maxIdLength || given.includes('\u0000') || !given.isWellFormed()) {
    return refuse(
      'invalid_field',
      `prediction_id ${shown(given)} must have at most ${limits.maxIdLength} characters, no NUL and valid Unicode`,
    );
  }
  return ok(given);
}

/** Nanoseconds whose millisecond a double does not tell, with the digits that were sent. */
function asSent({ object, text }: EnvelopeSource): unknown {
  const given = object['timestamp'];
  if (!isRoundedOver(given) || text === null) return given;
  const digits = exactDigits(text, 'timestamp');
  return digits !== null && /^\d+$/.test(digits) ? BigInt(digits) : given;
}

/** Absent: the record's own time. A stamp too far after the record is refused, whoever reads it and whenever. */
export function readTimestampMs(
  message: EnvelopeSource,
  recordTimestampMs: number,
  limits: DecodeLimits,
): Result<number, Refusal> {
  const given = asSent(message);
  // A producer that stamps its records in microseconds would otherwise put them into the year 58,000.
  const recordHasTime = isPlausibleTime(recordTimestampMs);
  if (given === undefined || given === null) {
    if (recordHasTime) return ok(recordTimestampMs);
    return refuse('timestamp_invalid', 'neither the event nor its record has a usable timestamp');
  }
  const parsed = parseTimestamp(given);
  if (!parsed.ok) return refuse('timestamp_invalid', parsed.error);
  if (recordHasTime && parsed.value > recordTimestampMs + limits.maxFutureMs) {
    return refuse(
      'timestamp_in_future',
      `timestamp ${shown(given)} lies ${Math.round((parsed.value - recordTimestampMs) / 1_000)} s after the record's own; at most ${limits.maxFutureMs / 1_000} s`,
    );
  }
  return parsed;
}

/**
 * `prediction` or `label`. Numbers stay numbers, since only the model's task says whether 1 is a class or an
 * amount; strings and booleans become canonical classes. Null, NaN and blank text are absent.
 */
export function readOutcome(
  envelope: JsonObject,
  field: 'prediction' | 'label',
  limits: DecodeLimits,
): Result<string | number | null, Refusal> {
  const given = envelope[field];
  if (given === undefined || given === null) return ok(null);
  if (typeof given === 'number') {
    // An infinite prediction is news about the model; an infinite truth would only spoil every mean.
    if (field === 'label' && !Number.isFinite(given)) return refuse('invalid_field', 'label is infinite');
    return ok(given);
  }
  if (typeof given === 'boolean' || typeof given === 'bigint') return ok(classLabel(given));
  if (typeof given !== 'string') {
    return refuse('invalid_field', `${field} is ${shown(given)}; accepted are string, number and boolean`);
  }
  const label = classLabel(storableUpTo(given, limits.maxTextLength));
  return ok(label === '' ? null : label);
}

export function readScore(envelope: JsonObject): Result<number | null, Refusal> {
  const given = envelope['score'];
  if (given === undefined || given === null) return ok(null);
  if (typeof given === 'number') return ok(given);
  return refuse(
    'invalid_field',
    `score is ${shown(given)}; accepted is a number, the probability of the positive class`,
  );
}

export function readFlag(
  envelope: JsonObject,
  field: 'holdout' | 'final',
  absent: boolean,
): Result<boolean, Refusal> {
  const given = envelope[field];
  if (given === undefined || given === null) return ok(absent);
  if (typeof given === 'boolean') return ok(given);
  return refuse('invalid_field', `${field} is ${shown(given)}; accepted are true and false`);
}

export function readLabelSource(envelope: JsonObject): Result<LabelSource, Refusal> {
  const given = envelope['source'];
  if (given === undefined || given === null) return ok('natural');
  const source = LABEL_SOURCES.find((name) => name === given);
  if (source !== undefined) return ok(source);
  return refuse('invalid_field', `source is ${shown(given)}; accepted are ${LABEL_SOURCES.join(', ')}`);
}

/** Side measurements never cost the event: anything but a finite number is absent. */
export function readMeasure(envelope: JsonObject, field: 'latency_ms' | 'cost' | 'energy_j'): number | null {
  const given = envelope[field];
  return typeof given === 'number' && Number.isFinite(given) ? given : null;
}

export function readError(envelope: JsonObject, limits: DecodeLimits): string | null {
  const given = envelope['error'];
  if (given === undefined || given === null || given === false || given === '') return null;
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  return storableUpTo(text, limits.maxTextLength);
}
