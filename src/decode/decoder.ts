import type { DeadLetter } from '../core/events/dead-letter.ts';
import type { LabelEvent, LogEvent, LogEventType, SourcePosition } from '../core/events/events.ts';
import type { EpochUnit } from '../core/events/log-mapping.ts';
import type { Result } from '../core/result.ts';
import { fail, ok } from '../core/result.ts';
import type { Refusal } from './dead-letter.ts';
import { deadLetter, refuse } from './dead-letter.ts';
import type { NamedValues } from './features.ts';
import { NO_VALUES, readNamedValues, readProbabilities } from './features.ts';
import type { EnvelopeSource } from './fields.ts';
import {
  readError,
  readFlag,
  readLabelSource,
  readMeasure,
  readModel,
  readModelVersion,
  readOutcome,
  readPredictionId,
  readScore,
  readTimestampMs,
  readType,
} from './fields.ts';
import { readJsonMessage } from './json-message.ts';
import type { DecodeLimits } from './limits.ts';
import { privateEvent } from './private-event.ts';
import { epochUnit } from './timestamp.ts';

/** What was accepted although it should not have been sent; for a counter, so that producers can be told. */
export type Tolerated = 'bare_numbers' | 'dropped_names';

/** Who is told of what should not have been sent so, and is read all the same. */
export interface DecoderEars {
  readonly onTolerated?: (kind: Tolerated, count: number) => void;
  /** The unit assumed for a timestamp that is a number. */
  readonly onEpochUnit?: (unit: EpochUnit) => void;
}

export interface DecoderOptions extends DecoderEars {
  /** What the topic carries. Without it every event must say its `type`. */
  readonly typeFromTopic?: LogEventType | undefined;
}

export type Decoder = (
  bytes: Uint8Array | null,
  position: SourcePosition,
  recordTimestampMs: number,
) => Result<LogEvent, DeadLetter>;

/**
 * Bytes → event, or a dead letter with a reason. Only an unreadable envelope is a dead letter; odd feature
 * values are the statistics' business. Pure and deterministic: the same record decodes alike on every replay,
 * the only clock is the record's own time. Whether the model is known is not decided here.
 */
export function createDecoder(limits: DecodeLimits, options: DecoderOptions = {}): Decoder {
  return function decode(bytes, position, recordTimestampMs) {
    const message = readJsonMessage(bytes, limits);
    if (!message.ok) return fail(deadLetter(position, message.error.reason, message.error.detail, bytes));
    if (message.value.hadBareNumbers) options.onTolerated?.('bare_numbers', 1);
    const event = readEvent(message.value, position, recordTimestampMs, limits, options);
    if (event.ok) return event;
    const model = readModel(message.value.object, limits);
    const { reason, detail } = event.error;
    return fail(deadLetter(position, reason, detail, bytes, model.ok ? model.value : null));
  };
}

type EnvelopeHolder = Pick<EnvelopeSource, 'object'>;

/** The fields all three types share. */
interface Envelope {
  readonly position: SourcePosition;
  readonly model: string;
  readonly timestampMs: number;
  readonly predictionId: string | null;
}

/** Also for what a format has made of its message, which is no text. */
export function readEvent(
  message: EnvelopeSource,
  position: SourcePosition,
  recordTimestampMs: number,
  limits: DecodeLimits,
  options: DecoderOptions,
): Result<LogEvent, Refusal> {
  const type = readType(message.object, options.typeFromTopic);
  if (!type.ok) return type;
  const model = readModel(message.object, limits);
  if (!model.ok) return model;
  const timestampMs = readTimestampMs(message, recordTimestampMs, limits);
  if (!timestampMs.ok) return timestampMs;
  const unit = epochUnit(message.object['timestamp']);
  if (unit !== null) options.onEpochUnit?.(unit);
  const predictionId = readPredictionId(message, limits);
  if (!predictionId.ok) return predictionId;
  const envelope: Envelope = {
    position,
    model: model.value,
    timestampMs: timestampMs.value,
    predictionId: predictionId.value,
  };
  const event =
    type.value === 'label'
      ? readLabel(message, envelope, limits)
      : readPrediction(type.value, message, envelope, limits, options);
  const fields = limits.privacy?.of(model.value) ?? null;
  return event.ok && fields !== null ? ok(privateEvent(event.value, fields)) : event;
}

function readPrediction(
  type: 'prediction' | 'features',
  { object }: EnvelopeHolder,
  envelope: Envelope,
  limits: DecodeLimits,
  options: DecoderOptions,
): Result<LogEvent, Refusal> {
  const modelVersion = readModelVersion(object, limits);
  if (!modelVersion.ok) return modelVersion;
  const features = readNamedValues(object, 'features', limits);
  if (!features.ok) return features;
  const tags = readNamedValues(object, 'tags', limits);
  if (!tags.ok) return tags;
  const outcome = type === 'prediction' ? readPredicted({ object }, limits) : ok(null);
  if (!outcome.ok) return outcome;
  if (features.value === null && (outcome.value === null || outcome.value.prediction === null)) {
    const needed = type === 'prediction' ? 'features or prediction is needed' : 'features is needed';
    return refuse('missing_fields', `${needed} in an event of type ${type}`);
  }
  reportDropped(options, features.value, tags.value);
  const common = {
    ...envelope,
    modelVersion: modelVersion.value,
    features: (features.value ?? NO_VALUES).values,
    tags: (tags.value ?? NO_VALUES).values,
  };
  return ok(
    outcome.value === null
      ? { type: 'features', ...common }
      : { type: 'prediction', ...common, ...outcome.value },
  );
}

function readPredicted({ object }: EnvelopeHolder, limits: DecodeLimits) {
  const given = readOutcome(object, 'prediction', limits);
  if (!given.ok) return given;
  const score = readScore(object);
  if (!score.ok) return score;
  const probabilities = readProbabilities(object, limits);
  if (!probabilities.ok) return probabilities;
  const holdout = readFlag(object, 'holdout', false);
  if (!holdout.ok) return holdout;
  return ok({
    prediction: given.value,
    score: score.value,
    probabilities: probabilities.value,
    latencyMs: readMeasure(object, 'latency_ms'),
    cost: readMeasure(object, 'cost'),
    energyJ: readMeasure(object, 'energy_j'),
    holdout: holdout.value,
    error: readError(object, limits),
  });
}

function readLabel(
  { object }: EnvelopeHolder,
  envelope: Envelope,
  limits: DecodeLimits,
): Result<LabelEvent, Refusal> {
  const { predictionId } = envelope;
  if (predictionId === null) return refuse('missing_fields', 'a label needs the prediction_id it belongs to');
  const label = readOutcome(object, 'label', limits);
  if (!label.ok) return label;
  if (label.value === null) return refuse('missing_fields', 'a label event needs a label');
  const labelSource = readLabelSource(object);
  if (!labelSource.ok) return labelSource;
  const final = readFlag(object, 'final', true);
  if (!final.ok) return final;
  return ok({
    type: 'label',
    ...envelope,
    predictionId,
    label: label.value,
    labelSource: labelSource.value,
    final: final.value,
  });
}

function reportDropped(options: DecoderOptions, ...read: (NamedValues | null)[]): void {
  const dropped = read.reduce((sum, one) => sum + (one?.droppedNames ?? 0), 0);
  if (dropped > 0) options.onTolerated?.('dropped_names', dropped);
}
