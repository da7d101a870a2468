/**
 * Rows as columns: the one in-memory shape for training files, row samples and labelled rows.
 * A million rows of twenty features are twenty typed arrays, not twenty million objects.
 */
export type FeatureKind = 'numeric' | 'categorical' | 'boolean';

export interface NumericColumn {
  readonly name: string;
  readonly kind: 'numeric';
  /** NaN is missing. ±Infinity is kept, and counted as invalid by profiles. */
  readonly values: Float64Array;
  /** Rows whose cell was present but unreadable as a number; `values` holds NaN there. */
  readonly invalid: number;
}

export interface CategoricalColumn {
  readonly name: string;
  readonly kind: 'categorical' | 'boolean';
  /** Index into `levels`; -1 is missing. */
  readonly codes: Int32Array;
  readonly levels: readonly string[];
  readonly invalid: number;
}

export type Column = NumericColumn | CategoricalColumn;

/** `probability_<class>`: the column of one class's probability. */
export const PROBABILITY_PREFIX = 'probability_';

/**
 * Feature columns plus the special ones. In classification `prediction` and `label` are categorical with
 * canonical classes; in regression numeric. `score` is P(positive class).
 */
export interface Table {
  readonly rows: number;
  readonly features: readonly Column[];
  readonly prediction: Column | null;
  readonly score: NumericColumn | null;
  /** Models of several classes: the probability of each, by canonical class. Absent where none were given. */
  readonly probabilities?: ReadonlyMap<string, NumericColumn>;
  readonly label: Column | null;
  /** 1 where nobody acted on the prediction. Absent: not known. */
  readonly holdout?: Uint8Array;
  /** Epoch milliseconds; NaN is missing. */
  readonly timestampMs: Float64Array | null;
  readonly predictionId: readonly (string | null)[] | null;
  /** How each prediction was made. Absent where no column says. */
  readonly operation?: TableOperation;
}

/** How a file says, in small letters, that nothing went wrong. */
export const NO_ERROR: ReadonlySet<string> = new Set(['', 'false', '0']);

/** NaN: not said. A row without an error has no level, or one of `NO_ERROR`. */
export interface TableOperation {
  readonly latencyMs: NumericColumn | null;
  readonly cost: NumericColumn | null;
  readonly energyJ: NumericColumn | null;
  readonly error: CategoricalColumn | null;
}

/**
 * In the order of their names, whatever the order of a file. For everything in which the order would show: ties between
 * columns that are worth the same, hashes over several, the last digits of sums.
 *
 * @example inNameOrder([{ name: 'b' }, { name: 'a' }]) // [{ name: 'a' }, { name: 'b' }]
 */
export function inNameOrder<T extends { readonly name: string }>(columns: Iterable<T>): T[] {
  return [...columns].sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
}
