import { classLabel } from '../../core/class-label.ts';
import type { Task } from '../../core/model.ts';
import { boundedName } from '../bounded-counts.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';
import { boundedContribution, CompensatedSums } from '../compensated.ts';
import { ConfusionCounts } from './confusion.ts';
import {
  combineProfiles,
  createFeatureProfile,
  decodeFeatureProfile,
  outcomeReference,
} from './feature-profile.ts';
import type { FeatureProfile } from './feature-profile.ts';
import type { PerformanceCounts, ReferenceProfile } from './feature-reference.ts';
import { decodeSums, encodeSums } from './numeric-profile.ts';

const FORMAT_VERSION = 1;

/** Places in `sums`. e = prediction − label. The last two serve classification: b = (score − [label is positive])². */
const ERROR = 0;
const ABSOLUTE = 1;
const SQUARED = 2;
const FOURTH = 3;
const LABEL = 4;
const LABEL_SQUARED = 5;
const BRIER = 6;
const BRIER_SQUARED = 7;
const SUMS = 8;

/**
 * What a window knows of its labelled rows: the labels' distribution and enough sums for the model's performance.
 * Adds and undoes like `InputProfile`; a revised label is subtracted as it was and added as it is.
 */
export class LabelProfile {
  readonly reference: ReferenceProfile | null;
  readonly task: Task;
  /** Labelled rows. */
  labelled = 0;
  readonly label: FeatureProfile;
  private readonly confusion: ConfusionCounts;
  /** Regression: rows where label and prediction are finite. Classification: rows that also have a score. */
  private measured = 0;
  private readonly sums = new CompensatedSums(SUMS);

  constructor(reference: ReferenceProfile | null, task: Task) {
    this.reference = reference;
    this.task = task;
    this.label = createFeatureProfile(outcomeReference(reference?.label, 'label', task));
    this.confusion = new ConfusionCounts(confusionClasses(reference));
  }

  /** A label without a prediction counts in the labels' distribution only. */
  add(label: string | number, prediction: string | number | null, score: number | null, sign: 1 | -1): void {
    this.labelled += sign;
    this.label.add(label, sign);
    if (this.task === 'regression') this.addErrors(label, prediction, sign);
    else this.addClasses(label, prediction, score, sign);
  }

  private addErrors(label: string | number, prediction: string | number | null, sign: 1 | -1): void {
    if (typeof label !== 'number' || typeof prediction !== 'number') return;
    if (!Number.isFinite(label) || !Number.isFinite(prediction)) return;
    const error = prediction - label;
    this.measured += sign;
    this.sum(ERROR, error, sign);
    this.sum(ABSOLUTE, Math.abs(error), sign);
    this.sum(SQUARED, error ** 2, sign);
    this.sum(FOURTH, error ** 4, sign);
    this.sum(LABEL, label, sign);
    this.sum(LABEL_SQUARED, label ** 2, sign);
  }

  private addClasses(
    label: string | number,
    prediction: string | number | null,
    score: number | null,
    sign: 1 | -1,
  ): void {
    const truth = boundedName(classLabel(label));
    if (prediction !== null) this.confusion.add(truth, boundedName(classLabel(prediction)), sign);
    const positive = this.reference?.positiveClass ?? null;
    if (score === null || positive === null || !Number.isFinite(score)) return;
    const brier = (score - (truth === boundedName(positive) ? 1 : 0)) ** 2;
    this.measured += sign;
    this.sum(BRIER, brier, sign);
    this.sum(BRIER_SQUARED, brier ** 2, sign);
  }

  private sum(at: number, value: number, sign: 1 | -1): void {
    this.sums.add(at, sign * boundedContribution(value));
  }

  /** Null when no row had both a label and a prediction. */
  get performance(): PerformanceCounts | null {
    const sum = (at: number): number => this.sums.get(at);
    if (this.task === 'regression') {
      if (this.measured <= 0) return null;
      return {
        task: 'regression',
        n: this.measured,
        sumError: sum(ERROR),
        sumAbsolute: sum(ABSOLUTE),
        sumSquared: sum(SQUARED),
        sumFourth: sum(FOURTH),
        sumLabel: sum(LABEL),
        sumLabelSquared: sum(LABEL_SQUARED),
      };
    }
    if (this.confusion.n <= 0) return null;
    return {
      task: 'classification',
      n: this.confusion.n,
      correct: this.confusion.correct,
      classes: this.confusion.classes,
      confusion: this.confusion.matrix(),
      scored: this.measured,
      sumBrier: sum(BRIER),
      sumBrierSquared: sum(BRIER_SQUARED),
    };
  }

  merge(other: LabelProfile): void {
    this.combine(other, 1);
  }

  subtract(other: LabelProfile): void {
    this.combine(other, -1);
  }

  private combine(other: LabelProfile, sign: 1 | -1): void {
    if (other.task !== this.task) throw new Error('label profiles of different tasks cannot be combined');
    this.labelled += sign * other.labelled;
    this.measured += sign * other.measured;
    combineProfiles(this.label, other.label, sign);
    this.confusion.merge(other.confusion, sign);
    this.sums.merge(other.sums, sign);
  }

  encode(): Uint8Array {
    const writer = new ByteWriter();
    writer.unsigned(FORMAT_VERSION);
    writer.signed(this.labelled);
    writer.signed(this.measured);
    this.label.encode(writer);
    this.confusion.encode(writer);
    encodeSums(writer, this.sums);
    return writer.finish();
  }

  /** Throws on bytes of another format, another baseline, or damage. */
  static decode(bytes: Uint8Array, reference: ReferenceProfile | null, task: Task): LabelProfile {
    const reader = new ByteReader(bytes);
    const version = reader.unsigned();
    if (version !== FORMAT_VERSION) throw new Error(`label profile format ${version} is not known`);
    const profile = new LabelProfile(reference, task);
    profile.labelled = reader.signed();
    profile.measured = reader.signed();
    combineProfiles(profile.label, decodeFeatureProfile(reader, profile.label.reference), 1);
    profile.confusion.merge(ConfusionCounts.decode(reader, confusionClasses(reference)), 1);
    decodeSums(reader, profile.sums);
    if (!reader.done) throw new Error('label profile has bytes left over');
    return profile;
  }
}

/** The baseline's classes, most frequent labels first, then those only predicted. */
function confusionClasses(reference: ReferenceProfile | null): readonly string[] {
  const classes = new Set<string>();
  for (const known of [reference?.label, reference?.prediction]) {
    if (known !== null && known !== undefined && known.kind !== 'numeric') {
      for (const level of known.levels) classes.add(level);
    }
  }
  return [...classes];
}
