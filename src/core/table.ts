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
  /** Of a reference whose rows have times: what each feature does by itself, learned from all of its rows. */
  readonly habits?: ReadonlyMap<string, ColumnHabits>;
  /** Of a reference whose rows have times: how its own windows were counted, by their length in milliseconds. */
  readonly windows?: ReadonlyMap<number, OwnWindows>;
}

/** One column in each of a reference's own windows. */
export interface ColumnWindows {
  /** Edges or levels, as a comparison with the reference names them. */
  readonly bins: readonly (string | number | null)[];
  /** By window and bin. */
  readonly counts: readonly (readonly number[])[];
}

/** What healthy windows look like: those the reference itself is made of. */
export interface OwnWindows {
  /** When each began; empty in baselines of before cycles were looked for. */
  readonly startsMs: readonly number[];
  readonly features: ReadonlyMap<string, ColumnWindows>;
  readonly prediction: ColumnWindows;
  readonly score: ColumnWindows;
  readonly label: ColumnWindows;
}

/** What a column did in stretches of about one length. */
export interface StretchHabits {
  /** Of a stretch. */
  readonly rows: number;
  /** Largest deviance a row of a value that was commoner in a stretch than in the rest. */
  readonly fill: number;
  /** The same of missing cells. */
  readonly missing: number;
  /** Largest share of a stretch's rows whose values the rest does not have. */
  readonly novel: number;
}

/** Runs of one value that are longer than `from` rows: by how much, as a generalised Pareto distribution. */
export interface RunTail {
  readonly from: number;
  readonly runs: number;
  /** Rows. */
  readonly scale: number;
  /** 0: as of coins; above it some are far longer than most. */
  readonly shape: number;
}

/**
 * What a column does by itself, learned from all rows of a reference in order of their times: how long one value stays, how
 * much more often than otherwise one comes for a while, how many cells are missing for a while. A fault is what it never did.
 */
export interface ColumnHabits {
  readonly rows: number;
  /** Most rows in a row with one and the same value; cells that are missing are no value, and neither end nor lengthen it. */
  readonly longestRun: number;
  /** How long its longest runs are; absent where too few are longer than the others. */
  readonly runs?: RunTail;
  /**
   * How much oftener than in no order a row has the value of the row before: (share − expected)/(1 − expected); 1 where
   * values never change but in runs, 0 in a shuffled table, which teaches nothing of runs.
   */
  readonly persistence: number;
  /** Half of the rows a stretch, a quarter, …; the longest first. Empty where there are too few rows. */
  readonly stretches: readonly StretchHabits[];
}

/** What a column did in windows that nobody accused: of each figure the most. */
export interface LearnedHabit {
  /** Fewest in such a window. */
  readonly rows: number;
  readonly fill: number;
  readonly missing: number;
  readonly novel: number;
  /** Rows in a row with one value. */
  readonly run: number;
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
