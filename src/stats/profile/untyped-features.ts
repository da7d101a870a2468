import type { Features } from '../../core/events/events.ts';
import { boundedName, compareByHash } from '../bounded-counts.ts';
import type { ByteReader, ByteWriter } from '../bytes.ts';
import { MAX_NEW_LEVELS } from './categorical-profile.ts';
import { combineProfiles, decodeFeatureProfile, UntypedProfile } from './feature-profile.ts';

/** Features followed without a baseline; names beyond this are only counted. */
export const MAX_UNTYPED_FEATURES = 500;

/** A grid of numbers and a table of levels, at most: it is counted on both. */
const CELLS_OF_A_FEATURE = new UntypedProfile('').mostCells + MAX_NEW_LEVELS;

/**
 * The features of a model that has no baseline, found as they come. As with new levels, the names kept are those
 * with the smallest hash, so that neither order of arrival nor the split over workers changes which they are.
 */
export class UntypedFeatures {
  private readonly profiles = new Map<string, UntypedProfile>();
  /** (row, name) pairs of names that did not fit. */
  overflow = 0;
  /** The kept name that would go first, while it is known. */
  private last: string | null = null;

  /** What they take of memory, about, in values of eight bytes. */
  get cells(): number {
    return this.profiles.size * CELLS_OF_A_FEATURE;
  }

  add(features: Features, sign: 1 | -1): void {
    for (const [name, value] of features) {
      const profile = this.place(boundedName(name));
      if (profile === null) this.overflow += sign;
      else profile.add(value, sign);
    }
  }

  /** The profile of a name, new when it is among the kept ones; null when it is not. */
  private place(name: string): UntypedProfile | null {
    const known = this.profiles.get(name);
    if (known !== undefined) return known;
    if (this.profiles.size >= MAX_UNTYPED_FEATURES) {
      this.last ??= lastByHash(this.profiles.keys());
      if (compareByHash(name, this.last) > 0) return null;
      this.overflow += this.profiles.get(this.last)?.rows ?? 0;
      this.profiles.delete(this.last);
    }
    this.last = null;
    const created = new UntypedProfile(name);
    this.profiles.set(name, created);
    return created;
  }

  forget(name: string): void {
    if (this.profiles.delete(name)) this.last = null;
  }

  combine(other: UntypedFeatures, sign: 1 | -1): void {
    this.overflow += sign * other.overflow;
    for (const [name, profile] of other.profiles) {
      const own = this.place(name);
      if (own === null) this.overflow += sign * profile.rows;
      else own.combine(profile, sign);
    }
  }

  /** In order of name. A row that does not name a feature has it missing: rows of the window less `rows`. */
  list(): readonly UntypedProfile[] {
    return [...this.profiles.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  encode(writer: ByteWriter): void {
    writer.signed(this.overflow);
    writer.unsigned(this.profiles.size);
    for (const profile of this.list()) {
      writer.string(profile.name);
      writer.signed(profile.missing);
      writer.signed(profile.invalid);
      profile.numeric.encode(writer);
      profile.levels.encode(writer);
    }
  }

  static decode(reader: ByteReader): UntypedFeatures {
    const result = new UntypedFeatures();
    result.overflow = reader.signed();
    const size = reader.count(1);
    if (size > MAX_UNTYPED_FEATURES) throw new RangeError(`${size} features are more than are followed`);
    for (let i = 0; i < size; i++) {
      const profile = new UntypedProfile(reader.string());
      profile.missing = reader.signed();
      profile.invalid = reader.signed();
      combineProfiles(profile.numeric, decodeFeatureProfile(reader, profile.numeric.reference), 1);
      combineProfiles(profile.levels, decodeFeatureProfile(reader, profile.levels.reference), 1);
      result.profiles.set(profile.name, profile);
    }
    return result;
  }
}

function lastByHash(names: Iterable<string>): string {
  let last = '';
  for (const name of names) if (last === '' || compareByHash(name, last) > 0) last = name;
  return last;
}
