import type { Features, FeatureValue, RowProbabilities } from '../../../core/events/events.ts';
import type { LabelRank } from '../../../core/events/effective-label.ts';
import { outranks } from '../../../core/events/effective-label.ts';
import { boundedName, nameHash } from '../../bounded-counts.ts';
import type { FeatureReference, ReferenceProfile } from '../feature-reference.ts';
import { levelIndex } from '../feature-reference.ts';

/** Rows kept of a window. */
export const SAMPLE_ROWS = 2_000;
/** Of wide models fewer: so many values in all, but never fewer rows than `FEWEST_ROWS`. */
const MOST_VALUES = 400_000;
const FEWEST_ROWS = 200;
/** Texts that are no level of the baseline are cut to this: they are told apart, not read. */
const LONGEST_TEXT = 64;
export const MOST_SEGMENTS = 32;
/** A row of more classes is kept without its probabilities: nothing estimates from so many. */
export const MOST_SAMPLED_CLASSES = 20;

export interface SampledPrediction {
  /** A class, or in regression a number. */
  readonly prediction: string | number | null;
  readonly score: number | null;
  readonly segments: readonly string[];
  /** When it was made; null in samples that kept no times. */
  readonly atMs: number | null;
  /** Of several classes; of two the score says all. */
  readonly probabilities: RowProbabilities | null;
}

export interface SampledLabel {
  readonly label: string | number;
  readonly rank: LabelRank;
}

/** What is known of one row. Its parts may arrive apart, in any order. */
export interface SampledRow {
  /** By the baseline's order of features; undefined where the row did not name one. Null: no features yet. */
  readonly values: readonly (FeatureValue | undefined)[] | null;
  readonly predicted: SampledPrediction | null;
  readonly labelled: SampledLabel | null;
}

export interface RowSampleOptions {
  /** Instead of `sampleCapacity`. Merging keeps the smaller of two. */
  readonly capacity?: number;
  /** That of what is stored already, where this is only what came since: rows from there on are not wanted. */
  readonly cutoff?: bigint | null;
}

/** So many times `capacity` rows are held before the sample is cut back to it. */
const ROOM = 1.25;

/** A row's own, beside its features: objects, texts, probabilities. */
const CELLS_OF_A_ROW = 64;

const NOTHING: SampledRow = { values: null, predicted: null, labelled: null };

/** Of two cutoffs, where null is none. */
export function lesserHash(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

/** How many rows are kept of a model with so many features. */
export function sampleCapacity(features: number): number {
  return Math.min(SAMPLE_ROWS, Math.max(FEWEST_ROWS, Math.floor(MOST_VALUES / Math.max(1, features))));
}

/**
 * The rows of a window whose id hash is smallest: a uniform sample without replacement that depends on nothing but the
 * set of rows. Any order, any split and any repetition give the same sample, and merging is associative, commutative
 * and idempotent: rows with one hash are one row, of which each part may have brought a piece.
 *
 * `cutoff` is the smallest hash that has been left out, null while none has. The sample is always *all* rows below
 * the cutoff. That is what makes removal honest: `remove` leaves a smaller sample, still complete below its cutoff and
 * still uniform. Only who still has the rows at or beyond the cutoff can fill it up again, by making a new sample of
 * them. Taking out a repeated id that another part holds needs no redraw: the sum of both parts is complete again.
 *
 * Memory: at most 1¼ times `sampleCapacity` rows. A row beyond the cutoff costs one comparison (`wants`).
 */
export class RowSample {
  readonly reference: ReferenceProfile;
  private most: number;
  private readonly rowOf = new Map<bigint, SampledRow>();
  private bound: bigint | null = null;
  /** The bound in two halves, for who has a hash in two halves. */
  private boundHigh = Number.POSITIVE_INFINITY;
  private boundLow = 0;

  constructor(reference: ReferenceProfile, options: RowSampleOptions = {}) {
    this.reference = reference;
    this.most = options.capacity ?? sampleCapacity(reference.features.length);
    if (options.cutoff !== undefined && options.cutoff !== null) this.setBound(options.cutoff);
  }

  get capacity(): number {
    return this.most;
  }

  /** False: the row is not among the smallest, and need not be put together at all. */
  wants(hash: bigint): boolean {
    return this.bound === null || hash < this.bound;
  }

  /** `wants` of a hash in two signed halves, without making a bigint of it. */
  wantsHalves(high: number, low: number): boolean {
    return high < this.boundHigh || (high === this.boundHigh && low >>> 0 < this.boundLow);
  }

  addPrediction(hash: bigint, features: Pick<Features, 'get'> | null, predicted: SampledPrediction): void {
    if (!this.wants(hash)) return;
    const { prediction, score, segments, atMs, probabilities } = predicted;
    this.join(hash, {
      values: features === null ? null : this.valuesOf(features),
      predicted: {
        prediction: typeof prediction === 'string' ? boundedText(prediction) : prediction,
        score,
        segments: segments.slice(0, MOST_SEGMENTS),
        atMs,
        probabilities:
          probabilities === null || probabilities.classes.length > MOST_SAMPLED_CLASSES
            ? null
            : probabilities,
      },
      labelled: null,
    });
  }

  /** Features that were logged apart from their prediction. */
  addFeatures(hash: bigint, features: Pick<Features, 'get'>): void {
    if (this.wants(hash)) this.join(hash, { ...NOTHING, values: this.valuesOf(features) });
  }

  /** Of several labels the one that outranks the others stays, in whichever order they come. */
  addLabel(hash: bigint, label: string | number, rank: LabelRank): void {
    const text = typeof label === 'string' ? boundedText(label) : label;
    if (this.wants(hash)) this.join(hash, { ...NOTHING, labelled: { label: text, rank } });
  }

  /** Takes a row out and answers it, or null. `put` undoes it. */
  remove(hash: bigint): SampledRow | null {
    const row = this.rowOf.get(hash) ?? null;
    this.rowOf.delete(hash);
    return row;
  }

  put(hash: bigint, row: SampledRow): void {
    if (this.wants(hash)) this.join(hash, row);
  }

  merge(other: RowSample): void {
    if (other.reference.features.length !== this.reference.features.length) {
      throw new Error('row samples of different baselines cannot be combined');
    }
    this.most = Math.min(this.most, other.most);
    if (other.bound !== null) this.lower(other.bound);
    for (const [hash, row] of other.rowOf) this.put(hash, row);
  }

  /** Rows held now: more than `capacity` until they are asked for. */
  get held(): number {
    return this.rowOf.size;
  }

  /** What those rows take of memory, about, in values of eight bytes. */
  get cells(): number {
    return this.rowOf.size * (this.reference.features.length + CELLS_OF_A_ROW);
  }

  /** Smallest hash that has been left out. */
  get cutoff(): bigint | null {
    this.trim();
    return this.bound;
  }

  /** In order of hash. */
  get rows(): readonly (readonly [bigint, SampledRow])[] {
    this.trim();
    return [...this.sortedHashes()].map((hash) => [hash, this.rowOf.get(hash) ?? NOTHING] as const);
  }

  private join(hash: bigint, row: SampledRow): void {
    const known = this.rowOf.get(hash);
    this.rowOf.set(hash, known === undefined ? row : joined(known, row));
    // Sorting now and then is cheaper than keeping order at each addition.
    if (this.rowOf.size >= this.most * ROOM) this.trim();
  }

  private trim(): void {
    if (this.rowOf.size <= this.most) return;
    const first = this.sortedHashes()[this.most];
    if (first !== undefined) this.lower(first);
  }

  /** As a typed array, which sorts bigints several times faster than a list. */
  private sortedHashes(): BigInt64Array {
    return BigInt64Array.from(this.rowOf.keys()).sort();
  }

  private lower(bound: bigint): void {
    if (this.bound !== null && this.bound <= bound) return;
    this.setBound(bound);
    for (const hash of this.rowOf.keys()) if (hash >= bound) this.rowOf.delete(hash);
  }

  private setBound(bound: bigint): void {
    this.bound = bound;
    this.boundHigh = Number(bound >> 32n);
    this.boundLow = Number(BigInt.asUintN(32, bound));
  }

  private valuesOf(features: Pick<Features, 'get'>): (FeatureValue | undefined)[] {
    return this.reference.features.map((feature) => keptValue(feature, features.get(feature.name)));
  }
}

/** The baseline's own levels stay whole. */
function keptValue(feature: FeatureReference, value: FeatureValue | undefined): FeatureValue | undefined {
  if (typeof value !== 'string' || value.length <= LONGEST_TEXT) return value;
  const name = boundedName(value);
  return feature.kind !== 'numeric' && levelIndex(feature).has(name) ? name : boundedText(value);
}

function boundedText(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  return `${text.slice(0, LONGEST_TEXT - 9).toWellFormed()}…${nameHash(text).toString(16).padStart(8, '0')}`;
}

function joined(a: SampledRow, b: SampledRow): SampledRow {
  return {
    values: eitherOf(a.values, b.values),
    predicted: eitherOf(a.predicted, b.predicted),
    labelled: higherLabel(a.labelled, b.labelled),
  };
}

/** Ids are claimed once before they are counted, so two different pieces are not expected; were there, order must not decide. */
function eitherOf<T>(a: T | null, b: T | null): T | null {
  if (a === null || b === null) return a ?? b;
  return spelled(a) <= spelled(b) ? a : b;
}

function higherLabel(a: SampledLabel | null, b: SampledLabel | null): SampledLabel | null {
  if (a === null || b === null) return a ?? b;
  if (outranks(a.rank, b.rank)) return a;
  return outranks(b.rank, a.rank) ? b : eitherOf(a, b);
}

function spelled(piece: unknown): string {
  return JSON.stringify(piece, (_, value: FeatureValue | object | undefined) =>
    typeof value === 'object' ? value : `${typeof value} ${Object.is(value, -0) ? '-0' : String(value)}`,
  );
}
