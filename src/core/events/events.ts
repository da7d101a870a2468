/**
 * The three kinds of log event, after decoding. Everything downstream of `decode` works on these;
 * nothing downstream sees bytes or JSON.
 */

/** A value that was present but of a type no feature can have (object, array). Counted as invalid. */
export const INVALID_VALUE = Symbol('invalid feature value');

/**
 * A feature as logged. `null` is missing; NaN counts as missing, ±Infinity as invalid, when the profile
 * meets them; a string in a numeric feature is invalid there.
 */
export type FeatureValue = number | string | boolean | null | typeof INVALID_VALUE;

/** A `Map`, never an object: feature names come from untrusted logs and may be `__proto__`. */
export type Features = ReadonlyMap<string, FeatureValue>;

/** Probabilities of one row, those of a class at the place of its name. */
export interface RowProbabilities {
  readonly classes: readonly string[];
  readonly values: readonly number[];
}

/** Where an event came from: one record of one partition of one log. HTTP and files have these too. */
export interface SourcePosition {
  /** `kafka:<topic>`, `http` or `file:<name>`. */
  readonly source: string;
  readonly partition: number;
  readonly offset: bigint;
}

interface EventBase {
  readonly position: SourcePosition;
  readonly model: string;
  readonly timestampMs: number;
}

export interface PredictionEvent extends EventBase {
  readonly type: 'prediction';
  readonly modelVersion: string;
  /** Absent: the prediction is watched, but no label can ever join it. */
  readonly predictionId: string | null;
  readonly features: Features;
  readonly tags: Features;
  /** A canonical class (see `classLabel`) or, in regression, a number. Absent when only features were logged. */
  readonly prediction: string | number | null;
  /** Probability of the model's positive class. */
  readonly score: number | null;
  readonly probabilities: ReadonlyMap<string, number> | null;
  readonly latencyMs: number | null;
  readonly cost: number | null;
  readonly energyJ: number | null;
  readonly holdout: boolean;
  readonly error: string | null;
}

/** Features logged apart from predictions, for models with `features_from: features`. */
export interface FeaturesEvent extends EventBase {
  readonly type: 'features';
  readonly modelVersion: string;
  readonly predictionId: string | null;
  readonly features: Features;
  readonly tags: Features;
}

export const LABEL_SOURCES = ['inferred', 'user', 'natural'] as const;
export type LabelSource = (typeof LABEL_SOURCES)[number];

export interface LabelEvent extends EventBase {
  readonly type: 'label';
  readonly predictionId: string;
  /** A canonical class or, in regression, a number. */
  readonly label: string | number;
  readonly labelSource: LabelSource;
  readonly final: boolean;
}

export type LogEvent = PredictionEvent | FeaturesEvent | LabelEvent;
export type LogEventType = LogEvent['type'];
