import { randomUUID } from 'node:crypto';
import {
  eventId,
  eventTime,
  eventNumber,
  modelName,
  versionName,
  namedValues,
  eventOutcome,
} from './event-values.ts';
import { expectFieldNames } from './field-names.ts';

/** A prediction to be logged. Other fields are not, and what looks like a slip in one of these names is refused. */
export interface LoggedPrediction {
  readonly model: string;
  /** A class or an amount; may be absent beside `features`, or where `error` says why the model failed. */
  readonly prediction?: unknown;
  readonly version?: string | number;
  /** The inputs as the model got them. */
  readonly features?: object;
  /** Absent: one is made (UUID 4). */
  readonly predictionId?: string | number | bigint;
  /** Probability of the positive class. */
  readonly score?: unknown;
  readonly probabilities?: object;
  /** Absent: now. */
  readonly timestamp?: Date | string | number;
  /** What rows are told apart by, and is no input; `segment` is another name of it. */
  readonly tags?: object;
  readonly segment?: object;
  /** Nobody acts on it; see `inHoldout`. */
  readonly holdout?: boolean;
  readonly latencyMs?: unknown;
  readonly cost?: unknown;
  readonly energyJ?: unknown;
  readonly error?: string;
}

/** What turned out to be true of a prediction. */
export interface LoggedLabel {
  readonly model: string;
  readonly predictionId: string | number | bigint;
  readonly label: unknown;
  readonly timestamp?: Date | string | number;
  /** `natural` (it happened), `user` (somebody said so), `inferred` (another model did). */
  readonly source?: 'natural' | 'user' | 'inferred';
  /** False where it may still be revised. */
  readonly final?: boolean;
}

export interface ClientEvent {
  readonly type: 'prediction' | 'label';
  readonly prediction_id: string;
  readonly [field: string]: unknown;
}

const PREDICTION_FIELDS = [
  // Of the log, and to come; no slip of `model`.
  'mode',
  'model',
  'prediction',
  'version',
  'features',
  'predictionId',
  'score',
  'probabilities',
  'timestamp',
  'tags',
  'segment',
  'holdout',
  'latencyMs',
  'cost',
  'energyJ',
  'error',
];
const LABEL_FIELDS = ['model', 'predictionId', 'label', 'timestamp', 'source', 'final'];
const SOURCES: readonly unknown[] = ['natural', 'user', 'inferred'];

/**
 * A prediction as the log format has it; what is not known is not written.
 *
 * @throws TypeError that names the field that cannot be
 */
export function predictionEvent(logged: LoggedPrediction): ClientEvent {
  expectFieldNames(logged, PREDICTION_FIELDS);
  const { model, prediction, version, features, predictionId, probabilities, timestamp, holdout, error } =
    logged;
  const tags = {
    ...(logged.segment === undefined ? {} : namedValues(logged.segment, 'segment')),
    ...(logged.tags === undefined ? {} : namedValues(logged.tags, 'tags')),
  };
  return {
    type: 'prediction',
    prediction_id: predictionId === undefined ? randomUUID() : eventId(predictionId),
    model: modelName(model),
    ...(version === undefined ? {} : { model_version: versionName(version) }),
    timestamp: timestamp === undefined ? new Date().toISOString() : eventTime(timestamp),
    ...(features === undefined ? {} : { features: namedValues(features, 'features') }),
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
    // A model that failed has an error, and one that is watched by its inputs alone has features.
    ...(prediction === undefined && (error !== undefined || features !== undefined)
      ? {}
      : { prediction: eventOutcome(prediction, 'prediction') }),
    ...(probabilities === undefined ? {} : { probabilities: shares(probabilities) }),
    ...known('score', eventNumber(logged.score, 'score')),
    ...known('latency_ms', eventNumber(logged.latencyMs, 'latency_ms')),
    ...known('cost', eventNumber(logged.cost, 'cost')),
    ...known('energy_j', eventNumber(logged.energyJ, 'energy_j')),
    ...(holdout === undefined ? {} : { holdout }),
    ...(error === undefined ? {} : { error }),
  };
}

/**
 * A label as the log format has it.
 *
 * @throws TypeError that names the field that cannot be
 */
export function labelEvent(logged: LoggedLabel): ClientEvent {
  expectFieldNames(logged, LABEL_FIELDS);
  const { model, predictionId, label, timestamp, source, final } = logged;
  if (source !== undefined && !SOURCES.includes(source)) {
    throw new TypeError(`source: ${JSON.stringify(source)} is none of ${SOURCES.join(', ')}`);
  }
  return {
    type: 'label',
    prediction_id: eventId(predictionId),
    model: modelName(model),
    label: eventOutcome(label, 'label'),
    timestamp: timestamp === undefined ? new Date().toISOString() : eventTime(timestamp),
    ...(source === undefined ? {} : { source }),
    ...(final === undefined ? {} : { final }),
  };
}

function shares(probabilities: object): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(namedValues(probabilities, 'probabilities')).map(([name, share]) => [
      name,
      eventNumber(share, `probabilities.${name}`),
    ]),
  );
}

function known(name: string, value: number | null): Record<string, number> {
  return value === null ? {} : { [name]: value };
}
