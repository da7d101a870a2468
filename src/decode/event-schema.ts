import { LABEL_SOURCES, type LogEventType } from '../core/events/events.ts';
import { DEFAULT_DECODE_LIMITS } from './limits.ts';

type Schema = Readonly<Record<string, unknown>>;

const { maxFeatures, maxIdLength, maxNameLength } = DEFAULT_DECODE_LIMITS;

const nullOr = (...others: readonly Schema[]): Schema => ({ anyOf: [{ type: 'null' }, ...others] });

/** A text with something in it. Its length is in code points here and in UTF-16 units where it is read. */
const NAME: Schema = {
  type: 'string',
  maxLength: maxNameLength,
  pattern: String.raw`^(?=[\s\S]*\S)[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]+$`,
};
const ID_PATTERN = String.raw`[^\u0000\ud800-\udfff]`;
const FILLED: Schema = { type: 'string', pattern: String.raw`\S` };
const OUTCOMES: readonly Schema[] = [{ type: 'number' }, { type: 'boolean' }, FILLED];

/** The days there are from 1970 to 2199, parts apart by the separator. */
function days(separator: string): string {
  const month = [
    `(?:0[13578]|1[02])${separator}(?:0[1-9]|[12]\\d|3[01])`,
    `(?:0[469]|11)${separator}(?:0[1-9]|[12]\\d|30)`,
    `02${separator}(?:0[1-9]|1\\d|2[0-8])`,
  ].join('|');
  const leap = '(?:19(?:7[26]|8[048]|9[26])|2000|2[01](?:0[48]|[2468][048]|[13579][26]))';
  return `(?:(?:19[7-9]\\d|2[01]\\d\\d)${separator}(?:${month})|${leap}${separator}02${separator}29)`;
}
const HOUR = String.raw`(?:[01]\d|2[0-3])`;
const SECOND = String.raw`(?:[0-5]\d|60)(?:[.,]\d{1,18})?`;
const ZONE = String.raw`(?:Z|z|[+-]${HOUR}(?::?[0-5]\d)?)?`;
const EXTENDED = String.raw`${days('-')}(?:[Tt ]${HOUR}:[0-5]\d(?::${SECOND})?\s?${ZONE})?`;
const BASIC = String.raw`${days('')}(?:T${HOUR}[0-5]\d(?:${SECOND})?${ZONE})?`;
/** Seconds to 2198; then milli-, micro- and nanoseconds from where their unit begins. Eight digits are a date. */
const EPOCH = [
  String.raw`\d{1,7}|\d{9}|(?:[0-6]\d|7[01])\d{8}`,
  ...[9, 12, 15].map((more) => String.raw`[1-9]\d{${more + 2}}|(?:[1-6]\d|7[01])\d{${more + 2}}`),
].join('|');

const TIMESTAMP: Schema = {
  description:
    'ISO 8601, UTC where no zone is said, or an epoch in s, ms, µs or ns, recognised by its size. Absent: the time of the record. Not more than ten minutes after the record.',
  anyOf: [
    { type: 'null' },
    { type: 'number', minimum: 0, maximum: 7_258_118_400 },
    { type: 'number', minimum: 1e11, maximum: 7_258_118_400_000 },
    { type: 'number', minimum: 1e14, maximum: 7_258_118_400_000_000 },
    { type: 'number', minimum: 1e17, maximum: 7_258_118_400_000_000_000 },
    {
      type: 'string',
      maxLength: 64,
      pattern: String.raw`^\s*(?:${EXTENDED}|${BASIC}|(?:${EPOCH})(?:\.\d{1,18})?)\s*$`,
    },
  ],
};

const envelope = (type: LogEventType): Schema => ({
  type: { const: type },
  model: { ...NAME, description: 'Name of the model, as in the configuration.' },
  timestamp: TIMESTAMP,
});

const PREDICTED: Schema = {
  model_version: {
    ...nullOr({ type: 'number' }, { const: '' }, NAME),
    description: 'Absent: the version "default".',
  },
  prediction_id: {
    ...nullOr({ type: 'string', maxLength: maxIdLength, pattern: `^${ID_PATTERN}*$` }),
    description: 'What its label will refer to; it counts once.',
  },
  features: {
    ...nullOr({ type: 'object', maxProperties: maxFeatures }),
    description: 'Value by name: numbers, strings, booleans, null. Others count as invalid.',
  },
  tags: {
    ...nullOr({ type: 'object', maxProperties: maxFeatures }),
    description: 'Value by name, to slice by; no features.',
  },
};

const FEATURES_NEEDED: Schema = { required: ['features'], properties: { features: { type: 'object' } } };

const BODIES: Readonly<Record<LogEventType, Schema>> = {
  prediction: {
    required: ['type', 'model'],
    anyOf: [FEATURES_NEEDED, { required: ['prediction'], properties: { prediction: { anyOf: OUTCOMES } } }],
    properties: {
      ...envelope('prediction'),
      ...PREDICTED,
      prediction: {
        type: ['null', 'number', 'boolean', 'string'],
        description: 'A class or an amount, by the task of the model.',
      },
      score: { type: ['null', 'number'], description: 'Probability of the positive class.' },
      probabilities: {
        ...nullOr({
          type: 'object',
          maxProperties: maxFeatures,
          additionalProperties: { type: ['null', 'number'] },
        }),
        description: 'Probability by class.',
      },
      holdout: {
        type: ['null', 'boolean'],
        description: 'True where nobody acted on the prediction.',
      },
      latency_ms: { description: 'A number; anything else counts as absent, of these three.' },
      cost: {},
      energy_j: {},
      error: { description: 'Why there is no prediction. Null, false and "" are none.' },
    },
  },
  features: {
    required: ['type', 'model', 'features'],
    allOf: [FEATURES_NEEDED],
    properties: { ...envelope('features'), ...PREDICTED },
  },
  label: {
    required: ['type', 'model', 'prediction_id', 'label'],
    properties: {
      ...envelope('label'),
      prediction_id: { type: 'string', minLength: 1, maxLength: maxIdLength, pattern: `^${ID_PATTERN}+$` },
      label: { anyOf: OUTCOMES, description: 'The truth, as the predictions of the model are written.' },
      source: { enum: [null, ...LABEL_SOURCES], description: 'Absent: natural.' },
      final: { type: ['null', 'boolean'], description: 'False: another label may follow. Absent: true.' },
    },
  },
};

/**
 * JSON Schema (draft 2020-12) of what is read as an event of this type, where the topic does not imply it. Beyond it: the
 * size of the message (1 MiB), how deep it nests (32 levels), that no timestamp lies in the future, and names are
 * counted in UTF-16 units.
 */
export function eventJsonSchema(type: LogEventType): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:shiftwatch:schema:${type}`,
    title: `shiftwatch event: ${type}`,
    type: 'object',
    ...BODIES[type],
  };
}
