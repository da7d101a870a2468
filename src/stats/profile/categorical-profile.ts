import { booleanLevel, classLabel } from '../../core/columns/class-label.ts';
import type { FeatureValue } from '../../core/events/events.ts';
import { BoundedCounts, boundedName } from '../bounded-counts.ts';
import type { ByteReader, ByteWriter } from '../bytes.ts';
import { fingerprint, levelIndex } from './feature-reference.ts';
import type { CategoricalReference } from './feature-reference.ts';
import { FORGOTTEN_COLUMN } from './forgotten-columns.ts';
import { addInto } from './numeric-profile.ts';

/** What stands for the place of a level in a column: there is none, or the baseline has not got it. */
export const MISSING_LEVEL = -1;
export const NEW_LEVEL = -2;

/** Levels the baseline never had are counted by name up to this many, the rest in one number. */
export const MAX_NEW_LEVELS = 256;
/** A name of ordinary length and its entry in a table. */
const CELLS_OF_A_NAME = 16;

/**
 * A window's counts of one categorical or boolean feature: the baseline's levels exactly, new ones bounded.
 *
 * A string is its own level, as logged; a number or boolean its canonical class, so that 1 and 1.0 are one level. In a boolean
 * feature `True`, `true` and 1 are one.
 * null, undefined and NaN are missing; ±Infinity and INVALID_VALUE cannot be levels and are invalid.
 */
export class CategoricalProfile {
  readonly kind: 'categorical' | 'boolean';
  readonly reference: CategoricalReference;
  missing = 0;
  invalid = 0;
  infinite = 0;
  /** Rows per level of the reference. */
  readonly counts: Float64Array;
  newLevels = new BoundedCounts(MAX_NEW_LEVELS);
  private readonly index: ReadonlyMap<string, number>;

  constructor(reference: CategoricalReference) {
    this.kind = reference.kind;
    this.reference = reference;
    this.counts = new Float64Array(reference.levels.length);
    this.index = levelIndex(reference);
  }

  add(value: FeatureValue | undefined, sign: 1 | -1): void {
    if (this.kind === 'boolean' && value !== null && value !== undefined && typeof value !== 'symbol') {
      const level = booleanLevel(value);
      if (level !== null) return this.addLevel(level, sign);
    }
    if (typeof value === 'string') this.addLevel(value, sign);
    else if (value === null || value === undefined) this.missing += sign;
    else if (typeof value === 'symbol') this.invalid += sign;
    else if (typeof value === 'boolean' || Number.isFinite(value)) this.addLevel(classLabel(value), sign);
    else if (Number.isNaN(value)) this.missing += sign;
    else this.infinite += sign;
  }

  /** `count` rows of one level; negative to take them away. */
  addLevel(level: string, count: number): void {
    const name = boundedName(level);
    const at = this.index.get(name);
    if (at === undefined) this.newLevels.add(name, count);
    else this.counts[at] = (this.counts[at] ?? 0) + count;
  }

  /**
   * Rows of a column, by each one's place among the baseline's levels or `MISSING_LEVEL`. Answers how many are
   * `NEW_LEVEL`, which are not counted.
   */
  addColumn(levels: Int32Array, rows: Uint16Array, count: number, sign: 1 | -1): number {
    const { counts } = this;
    let missing = 0;
    let news = 0;
    for (let i = 0; i < count; i++) {
      const level = levels[rows[i] ?? 0] ?? MISSING_LEVEL;
      if (level >= 0) counts[level] = (counts[level] ?? 0) + sign;
      else if (level === MISSING_LEVEL) missing += 1;
      else news += 1;
    }
    this.missing += sign * missing;
    return news;
  }

  reclassifyMissingAsInvalid(rows: number): void {
    this.missing -= rows;
    this.invalid += rows;
  }

  merge(other: CategoricalProfile): void {
    this.combine(other, 1);
  }

  subtract(other: CategoricalProfile): void {
    this.combine(other, -1);
  }

  private combine(other: CategoricalProfile, sign: 1 | -1): void {
    if (fingerprint(other.reference) !== fingerprint(this.reference)) {
      throw new Error(`profiles of ${this.reference.name} were counted on different levels`);
    }
    this.missing += sign * other.missing;
    this.invalid += sign * other.invalid;
    this.infinite += sign * other.infinite;
    addInto(this.counts, other.counts, sign);
    this.newLevels.merge(other.newLevels, sign);
  }

  /** Rows of one level, the baseline's or a new one that is kept by name. */
  rowsOf(level: string): number {
    const name = boundedName(level);
    const at = this.index.get(name);
    return at === undefined ? this.newLevels.get(name) : (this.counts[at] ?? 0);
  }

  /** What it takes of memory, about, in values of eight bytes. */
  get cells(): number {
    return this.counts.length + CELLS_OF_A_NAME * this.newLevels.size;
  }

  /** Rows with a level. */
  get n(): number {
    let sum = this.newLevels.total;
    for (const count of this.counts) sum += count;
    return sum;
  }

  /** Different levels that occur: exact, or an estimate when more new ones came than are kept (see `BoundedCounts`). */
  get distinct(): { readonly count: number; readonly exact: boolean } {
    let known = 0;
    for (const count of this.counts) if (count !== 0) known += 1;
    const { count, exact } = this.newLevels.distinct;
    return { count: known + count, exact };
  }

  get rows(): number {
    return this.n + this.missing + this.invalid + this.infinite;
  }

  encode(writer: ByteWriter): void {
    writer.unsigned(fingerprint(this.reference));
    for (const count of [this.missing, this.invalid, this.infinite]) writer.signed(count);
    writer.sparse(this.counts);
    this.newLevels.encode(writer);
  }

  static decode(reader: ByteReader, reference: CategoricalReference): CategoricalProfile {
    const mark = reader.unsigned();
    if (mark === FORGOTTEN_COLUMN) return new CategoricalProfile(reference);
    if (mark !== fingerprint(reference)) {
      throw new Error(`stored counts of ${reference.name} belong to another baseline`);
    }
    const profile = new CategoricalProfile(reference);
    profile.missing = reader.signed();
    profile.invalid = reader.signed();
    profile.infinite = reader.signed();
    reader.sparse(profile.counts);
    profile.newLevels = BoundedCounts.decode(reader, MAX_NEW_LEVELS);
    return profile;
  }
}
