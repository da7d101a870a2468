import type { Features, FeatureValue } from '../../core/events/events.ts';
import { smallKeptWith } from '../../core/memory/remember.ts';
import type { Task } from '../../core/model.ts';
import type { CountingKernel } from '../../kernel/kernel.ts';
import { BoundedCounts, boundedName } from '../bounded-counts.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';
import {
  combineProfiles,
  createFeatureProfile,
  decodeFeatureProfile,
  takeIn,
  outcomeReference,
  scoreReference,
} from './feature-profile.ts';
import type { FeatureProfile } from './feature-profile.ts';
import type { ReferenceProfile } from './feature-reference.ts';
import { FORGOTTEN_COLUMN, skipColumn, slotsOf } from './forgotten-columns.ts';
import { MAX_NEW_LEVELS } from './categorical-profile.ts';
import { OperationalProfile } from './operational-profile.ts';
import type { Operation } from './operational-profile.ts';
import { UntypedFeatures } from './untyped-features.ts';

/** Names of features the baseline does not know are counted up to this many, the rest in one number. */
const MAX_UNKNOWN_FEATURES = 100;

/** Amounts of operation, and names of unknown features. */
const OWN_CELLS = 2_048;

const FORMAT_VERSION = 3;
/** It had all sums as doubles. */
const FORMAT_BEFORE = 2;

const NONE_KNOWN: ReadonlySet<string> = new Set();

/** Once for all profiles of a reference. */
const namesOf = smallKeptWith(
  ({ features }: ReferenceProfile): ReadonlySet<string> => new Set(features.map(({ name }) => name)),
);

export interface InputRow extends Operation {
  readonly features: Features;
  readonly prediction: string | number | null;
  readonly score: number | null;
}

/**
 * What a window knows of its inputs and predictions: a profile per feature, in the baseline's order. Two profiles
 * of one window add (`merge`) and undo (`subtract`) exactly, in any order; so does the sign of `add`.
 *
 * Without a baseline, features are found as they come, at most `MAX_UNTYPED_FEATURES`.
 */
export class InputProfile {
  readonly reference: ReferenceProfile | null;
  readonly task: Task;
  /** Predictions counted. */
  rows = 0;
  /** Feature rows counted: equal to `rows` unless features are logged apart. */
  featureRows = 0;
  /** In the baseline's order; empty without one. */
  readonly features: readonly FeatureProfile[];
  /** Present only without a baseline. */
  readonly untyped: UntypedFeatures | null;
  readonly prediction: FeatureProfile;
  readonly score: FeatureProfile;
  /** Latency, cost, energy and errors of the predictions. */
  readonly operation = new OperationalProfile();
  /** Rows per feature name the baseline does not know. */
  readonly unknownFeatures = new BoundedCounts(MAX_UNKNOWN_FEATURES);
  private readonly known: ReadonlySet<string>;
  private addresses: Int32Array | null = null;

  constructor(reference: ReferenceProfile | null, task: Task) {
    this.reference = reference;
    this.task = task;
    this.features = (reference?.features ?? []).map(createFeatureProfile);
    this.untyped = reference === null ? new UntypedFeatures() : null;
    this.prediction = createFeatureProfile(outcomeReference(reference?.prediction, 'prediction', task));
    this.score = createFeatureProfile(scoreReference(reference?.score));
    this.known = reference === null ? NONE_KNOWN : namesOf(reference);
  }

  /** What it takes of memory, about, in values of eight bytes. */
  get cells(): number {
    let cells = OWN_CELLS + this.prediction.cells + this.score.cells + this.untypedCells;
    for (const profile of this.features) cells += profile.cells;
    return cells;
  }

  /** The part of it that grows with the columns that come. */
  get untypedCells(): number {
    return this.untyped?.cells ?? 0;
  }

  /** Gives its memory to others. It must not be used any more. */
  release(): void {
    for (const profile of this.columns()) if (profile.kind === 'numeric') profile.release();
  }

  /** Features, then the score and the prediction: a column's number is its place here. */
  columns(): FeatureProfile[] {
    return [...this.features, this.score, this.prediction];
  }

  /** By column: where in the kernel's memory its counts are, 0 for those that are not there. Null: there is no room. */
  addressesIn(kernel: CountingKernel): Int32Array | null {
    if (this.addresses !== null) return this.addresses;
    const columns = this.columns();
    if (!kernel.hasRoom(Int32Array.BYTES_PER_ELEMENT * columns.length)) return null;
    const addresses = kernel.int32(columns.length);
    for (const [at, column] of columns.entries())
      if (column.kind === 'numeric') column.noteAddress(addresses, at);
    return (this.addresses = addresses);
  }

  /** About so many rows come: a guess, that saves time where it is right. */
  expect(rows: number): void {
    for (const column of this.columns()) if (column.kind === 'numeric') column.expect(rows);
  }

  add(row: InputRow, sign: 1 | -1): void {
    this.addFeatures(row.features, sign);
    this.addPrediction(row, sign);
  }

  /** A feature the row does not name is missing. */
  addFeatures(features: Features, sign: 1 | -1): void {
    this.featureRows += sign;
    if (this.untyped !== null) {
      this.untyped.add(features, sign);
      return;
    }
    let named = 0;
    for (const profile of this.features) {
      const value: FeatureValue | undefined = features.get(profile.reference.name);
      if (value !== undefined) named += 1;
      profile.add(value, sign);
    }
    if (named < features.size) this.countUnknown(features, sign);
  }

  private countUnknown(features: Features, sign: 1 | -1): void {
    for (const name of features.keys()) {
      if (!this.known.has(name)) this.unknownFeatures.add(boundedName(name), sign);
    }
  }

  /** What was counted by the name of a feature that no baseline has. Its rows stay among those of names that are not kept. */
  forget(name: string): void {
    this.unknownFeatures.forget(boundedName(name));
    this.untyped?.forget(boundedName(name));
  }

  addPrediction(row: Omit<InputRow, 'features'>, sign: 1 | -1): void {
    this.rows += sign;
    this.prediction.add(row.prediction, sign);
    this.score.add(row.score, sign);
    this.operation.add(row, sign);
  }

  merge(other: InputProfile): void {
    this.combine(other, 1);
  }

  subtract(other: InputProfile): void {
    this.combine(other, -1);
  }

  private combine(other: InputProfile, sign: 1 | -1): void {
    if (other.features.length !== this.features.length || other.task !== this.task) {
      throw new Error('profiles of different baselines cannot be combined');
    }
    this.rows += sign * other.rows;
    this.featureRows += sign * other.featureRows;
    for (const [i, profile] of this.features.entries()) {
      const counterpart = other.features[i];
      if (counterpart !== undefined) combineProfiles(profile, counterpart, sign);
    }
    if (this.untyped !== null && other.untyped !== null) this.untyped.combine(other.untyped, sign);
    combineProfiles(this.prediction, other.prediction, sign);
    combineProfiles(this.score, other.score, sign);
    this.unknownFeatures.merge(other.unknownFeatures, sign);
    this.operation.merge(other.operation, sign);
  }

  /** Versioned and sparse: what was never touched costs a few bytes a feature. */
  encode(): Uint8Array {
    const writer = new ByteWriter();
    writer.unsigned(FORMAT_VERSION);
    const slots = this.reference === null ? [] : slotsOf(this.reference);
    writer.unsigned(slots.length);
    writer.signed(this.rows);
    writer.signed(this.featureRows);
    const features = this.features.values();
    for (const slot of slots) {
      if (slot === 'kept') features.next().value?.encode(writer);
      else writer.unsigned(FORGOTTEN_COLUMN);
    }
    this.prediction.encode(writer);
    this.score.encode(writer);
    this.unknownFeatures.encode(writer);
    this.untyped?.encode(writer);
    this.operation.encode(writer);
    return writer.finish();
  }

  /** Throws on bytes of another format, another baseline, or damage. */
  static decode(bytes: Uint8Array, reference: ReferenceProfile | null, task: Task): InputProfile {
    const reader = new ByteReader(bytes);
    const version = reader.unsigned();
    if (version !== FORMAT_VERSION && version !== FORMAT_BEFORE)
      throw new Error(`input profile format ${version} is not known`);
    const profile = new InputProfile(reference, task);
    const featureCount = reader.unsigned();
    const slots = reference === null ? [] : slotsOf(reference);
    if (featureCount !== slots.length) {
      throw new Error(`stored profile has ${featureCount} features, its baseline ${slots.length}`);
    }
    profile.rows = reader.signed();
    profile.featureRows = reader.signed();
    const hasGapSums = version > FORMAT_BEFORE;
    const take = (target: FeatureProfile | undefined): void => {
      if (target !== undefined) takeIn(target, decodeFeatureProfile(reader, target.reference, hasGapSums));
    };
    const features = profile.features.values();
    for (const slot of slots) {
      if (slot === 'kept') take(features.next().value);
      else skipColumn(reader, slot, MAX_NEW_LEVELS, hasGapSums);
    }
    take(profile.prediction);
    take(profile.score);
    profile.unknownFeatures.merge(BoundedCounts.decode(reader, MAX_UNKNOWN_FEATURES), 1);
    if (profile.untyped !== null) profile.untyped.combine(UntypedFeatures.decode(reader), 1);
    profile.operation.merge(OperationalProfile.decode(reader), 1);
    if (!reader.done) throw new Error('input profile has bytes left over');
    return profile;
  }
}
