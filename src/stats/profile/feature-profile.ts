import type { FeatureValue } from '../../core/events/events.ts';
import type { Task } from '../../core/model.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';
import { CategoricalProfile } from './categorical-profile.ts';
import type { FeatureReference } from './feature-reference.ts';
import { unknownCategorical, unknownNumeric, unknownScore } from './without-baseline.ts';
import { NumericProfile } from './numeric-profile.ts';

/** What a window knows of one feature, bound to what the baseline knows of it. */
export type FeatureProfile = NumericProfile | CategoricalProfile;

export function createFeatureProfile(reference: FeatureReference): FeatureProfile {
  return reference.kind === 'numeric' ? new NumericProfile(reference) : new CategoricalProfile(reference);
}

export function decodeFeatureProfile(
  reader: ByteReader,
  reference: FeatureReference,
  hasGapSums = true,
): FeatureProfile {
  return reference.kind === 'numeric'
    ? NumericProfile.decode(reader, reference, hasGapSums)
    : CategoricalProfile.decode(reader, reference);
}

/** The same counts as measured against another reference. Both references must have one grid or the same levels. */
export function rebound(profile: FeatureProfile, reference: FeatureReference): FeatureProfile {
  const writer = new ByteWriter();
  profile.encode(writer);
  return decodeFeatureProfile(new ByteReader(writer.finish()), reference);
}

/** Adds or takes away a profile of the same feature. */
export function combineProfiles(into: FeatureProfile, other: FeatureProfile, sign: 1 | -1): void {
  if (into.kind === 'numeric' && other.kind === 'numeric') {
    if (sign === 1) into.merge(other);
    else into.subtract(other);
  } else if (into.kind !== 'numeric' && other.kind !== 'numeric') {
    if (sign === 1) into.merge(other);
    else into.subtract(other);
  } else {
    throw new Error(`profiles of ${into.reference.name} are of different kinds`);
  }
}

/** Adds what was only read to be added: its memory is there for the next one. */
export function takeIn(into: FeatureProfile, other: FeatureProfile): void {
  combineProfiles(into, other, 1);
  if (other.kind === 'numeric') other.release();
}

/** The reference a prediction (or label) is counted on: the baseline's own, or a neutral one. */
export function outcomeReference(
  known: FeatureReference | null | undefined,
  name: 'prediction' | 'label',
  task: Task,
): FeatureReference {
  return known ?? (task === 'classification' ? unknownCategorical(name) : unknownNumeric(name));
}

export function scoreReference(known: FeatureReference | null | undefined): FeatureReference {
  return known ?? unknownScore();
}

/**
 * A feature without baseline, whose kind nobody declared. Numbers are counted on the fixed grid, everything else
 * as levels, both at once; which of the two it is is read at the end, so the order of arrival cannot decide it.
 */
export class UntypedProfile {
  readonly name: string;
  missing = 0;
  invalid = 0;
  readonly numeric: NumericProfile;
  readonly levels: CategoricalProfile;

  constructor(name: string) {
    this.name = name;
    this.numeric = new NumericProfile(unknownNumeric(name));
    this.levels = new CategoricalProfile(unknownCategorical(name));
  }

  add(value: FeatureValue | undefined, sign: 1 | -1): void {
    if (value === null || value === undefined) this.missing += sign;
    else if (typeof value === 'symbol') this.invalid += sign;
    else if (typeof value === 'number') {
      if (Number.isNaN(value)) this.missing += sign;
      else this.numeric.addNumber(value, sign);
    } else this.levels.add(value, sign);
  }

  combine(other: UntypedProfile, sign: 1 | -1): void {
    this.missing += sign * other.missing;
    this.invalid += sign * other.invalid;
    combineProfiles(this.numeric, other.numeric, sign);
    combineProfiles(this.levels, other.levels, sign);
  }

  /** Numbers or levels, whichever there are more of; numbers when equal. */
  get kind(): 'numeric' | 'categorical' {
    return this.levels.n > this.numeric.n ? 'categorical' : 'numeric';
  }

  /** What it takes of memory at most, beside names of levels, in values of eight bytes. */
  get mostCells(): number {
    return this.numeric.mostCells + this.levels.cells;
  }

  /** Rows in which the feature was named. */
  get rows(): number {
    return this.missing + this.invalid + this.numeric.rows + this.levels.rows;
  }
}
