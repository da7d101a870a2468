import type { Task } from '../../core/model.ts';
import type { RegressionSample } from '../performance/regression-sums.ts';
import type { ScoreCells } from '../performance/score-cells.ts';
import type { LossSums } from '../performance/score-losses.ts';
import type { OperationalProfile } from './operational-profile.ts';

/**
 * What the baseline remembers of one feature, enough to measure any later window against it.
 *
 * A numeric feature is a grid of its own sorted values with counts at the points and strictly between them, so a
 * window counted on the same grid can be compared as if the rows were still there.
 */
export interface NumericReference {
  readonly kind: 'numeric';
  readonly name: string;
  /** Ascending distinct finite values: all of the reference's when they fit, else quantiles with both ends. */
  readonly grid: Float64Array;
  /** Rows equal to each grid point. */
  readonly equal: Float64Array;
  /** Rows strictly between neighbours: `between[i]` is below `grid[i]`, the last is above the last point. */
  readonly between: Float64Array;
  /** Sum of the values counted in each of `between`. */
  readonly betweenSums: Float64Array;
  /** Grid index of each bin's inclusive upper edge; one open bin follows the last. So there is one bin more than edges. */
  readonly edges: Int32Array;
  /** No reference row lies between grid points: KS against this reference is then exact. */
  readonly exact: boolean;
  /** Finite values. */
  readonly n: number;
  readonly mean: number;
  /** Σ (x − mean)². The standard deviation is √(m2/n) (ddof 0). */
  readonly m2: number;
  readonly rows: number;
  readonly missing: number;
  readonly invalid: number;
  /** Rows holding ±Infinity; they count as invalid in shares. */
  readonly infinite: number;
}

export interface CategoricalReference {
  readonly kind: 'categorical' | 'boolean';
  readonly name: string;
  /** Most frequent first, equals by name. */
  readonly levels: readonly string[];
  readonly counts: Float64Array;
  /** How many further levels there were, and their rows. A window cannot tell them from new ones. */
  readonly otherLevels: number;
  readonly otherCount: number;
  readonly rows: number;
  readonly missing: number;
  readonly invalid: number;
  readonly infinite: number;
}

export type FeatureReference = NumericReference | CategoricalReference;

/** Counts and sums of a labelled sample, enough for its performance with an interval and a test against another's. */
export type PerformanceCounts = ClassificationCounts | RegressionCounts;

export interface ClassificationCounts {
  readonly task: 'classification';
  /** Rows with a label and a prediction. */
  readonly n: number;
  readonly correct: number;
  /** Rows and columns of `confusion`; one further row and column hold every other class. */
  readonly classes: readonly string[];
  /** `confusion[label][prediction]`, classes.length + 1 on each side. */
  readonly confusion: readonly (readonly number[])[];
  /** Losses of the rows that also have a score, or probabilities of several classes. */
  readonly brier: LossSums | null;
  readonly logLoss: LossSums | null;
  /** Score by "is the positive class"; null without scores, or where probabilities of several classes stand. */
  readonly cells: ScoreCells | null;
  /** More than two classes: each class's probability by "is that class". */
  readonly cellsByClass: ReadonlyMap<string, ScoreCells> | null;
}

export interface RegressionCounts extends RegressionSample {
  readonly task: 'regression';
}

/** A column that is kept, or how one that is forgotten was counted. */
export type ColumnSlot = 'kept' | 'numeric' | 'levels';

export interface ReferenceProfile {
  readonly task: Task;
  readonly positiveClass: string | null;
  readonly rows: number;
  readonly features: readonly FeatureReference[];
  /**
   * How columns lie in what is stored of windows, where some of the baseline's are forgotten: `features` are those that are kept, in
   * this order. Absent: all are.
   */
  readonly slots?: readonly ColumnSlot[];
  readonly prediction: FeatureReference | null;
  readonly score: FeatureReference | null;
  readonly label: FeatureReference | null;
  readonly performance: PerformanceCounts | null;
  /** How its predictions were made; absent or null where the training data does not say. */
  readonly operation?: OperationalProfile | null;
}

/** Rows with a usable value. */
export function valueCount(reference: FeatureReference): number {
  return reference.rows - reference.missing - reference.invalid - reference.infinite;
}

const fingerprints = new WeakMap<FeatureReference, number>();

/**
 * 32 bits over what a profile's counts depend on (grid or levels). A profile carries it, so that counts taken on
 * one grid are never read against another.
 */
export function fingerprint(reference: FeatureReference): number {
  const known = fingerprints.get(reference);
  if (known !== undefined) return known;
  const bytes =
    reference.kind === 'numeric'
      ? new Uint8Array(reference.grid.buffer, reference.grid.byteOffset, reference.grid.byteLength)
      : Buffer.from(JSON.stringify(reference.levels));
  let hash = reference.kind === 'numeric' ? 0x811c9dc5 : 0x811c9dc4;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  fingerprints.set(reference, hash >>> 0);
  return hash >>> 0;
}

const levelIndexes = new WeakMap<CategoricalReference, ReadonlyMap<string, number>>();

/** Level → its place in `levels`, built once per reference and shared by every profile of it. */
export function levelIndex(reference: CategoricalReference): ReadonlyMap<string, number> {
  let index = levelIndexes.get(reference);
  if (index === undefined) {
    index = new Map(reference.levels.map((level, i) => [level, i]));
    levelIndexes.set(reference, index);
  }
  return index;
}
