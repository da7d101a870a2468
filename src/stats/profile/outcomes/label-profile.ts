import type { RowProbabilities } from '../../../core/events/events.ts';
import type { Task } from '../../../core/model.ts';
import { ByteReader, ByteWriter } from '../../bytes.ts';
import { ClassifiedCounts } from './classified-counts.ts';
import { ErrorSums } from './error-sums.ts';
import {
  combineProfiles,
  createFeatureProfile,
  decodeFeatureProfile,
  outcomeReference,
  takeIn,
} from '../feature-profile.ts';
import type { FeatureProfile } from '../feature-profile.ts';
import type { PerformanceCounts, ReferenceProfile } from '../feature-reference.ts';
import { WHOLE_SCORE_POINTS } from './score-grid.ts';

/** 1 had neither counts of score by label nor the moments of a regression's labels. */
const FORMAT_VERSION = 2;

/**
 * What a window knows of its labelled rows: the labels' distribution, and the counts that every figure of performance
 * comes from. Adds and undoes like `InputProfile`; a revised label is subtracted as it was and added as it is.
 *
 * `scorePoints`: points of the grid on which scores are counted by label; profiles of different grids do not mix.
 */
export class LabelProfile {
  readonly reference: ReferenceProfile | null;
  readonly task: Task;
  readonly scorePoints: number;
  /** Labelled rows. */
  labelled = 0;
  readonly label: FeatureProfile;
  private readonly outcomes: ClassifiedCounts | ErrorSums;

  constructor(reference: ReferenceProfile | null, task: Task, scorePoints: number = WHOLE_SCORE_POINTS) {
    this.reference = reference;
    this.task = task;
    this.scorePoints = scorePoints;
    this.label = createFeatureProfile(outcomeReference(reference?.label, 'label', task));
    this.outcomes =
      task === 'regression'
        ? new ErrorSums(centreOf(reference))
        : new ClassifiedCounts(reference, scorePoints);
  }

  /** A label without a prediction counts in the labels' distribution only. */
  add(
    label: string | number,
    prediction: string | number | null,
    score: number | null,
    sign: 1 | -1,
    probabilities: RowProbabilities | null = null,
  ): void {
    this.labelled += sign;
    this.label.add(label, sign);
    if (this.outcomes instanceof ErrorSums) this.outcomes.add(label, prediction, sign);
    else this.outcomes.add(label, prediction, score, probabilities, sign);
  }

  /** Null when no row had both a label and a prediction. */
  get performance(): PerformanceCounts | null {
    return this.outcomes.counts();
  }

  merge(other: LabelProfile): void {
    this.combine(other, 1);
  }

  subtract(other: LabelProfile): void {
    this.combine(other, -1);
  }

  private combine(other: LabelProfile, sign: 1 | -1): void {
    this.labelled += sign * other.labelled;
    combineProfiles(this.label, other.label, sign);
    if (this.outcomes instanceof ErrorSums && other.outcomes instanceof ErrorSums) {
      this.outcomes.merge(other.outcomes, sign);
    } else if (this.outcomes instanceof ClassifiedCounts && other.outcomes instanceof ClassifiedCounts) {
      this.outcomes.merge(other.outcomes, sign);
    } else {
      throw new Error('label profiles of different tasks cannot be combined');
    }
  }

  /** Gives its memory to others. It must not be used any more. */
  release(): void {
    if (this.label.kind === 'numeric') this.label.release();
  }

  encode(): Uint8Array {
    const writer = new ByteWriter();
    writer.unsigned(FORMAT_VERSION);
    writer.signed(this.labelled);
    this.label.encode(writer);
    this.outcomes.encode(writer);
    return writer.finish();
  }

  /** Throws on bytes of another format, another baseline, another grid, or damage. */
  static decode(
    bytes: Uint8Array,
    reference: ReferenceProfile | null,
    task: Task,
    scorePoints: number = WHOLE_SCORE_POINTS,
  ): LabelProfile {
    const reader = new ByteReader(bytes);
    const version = reader.unsigned();
    if (version !== FORMAT_VERSION) throw new Error(`label profile format ${version} is not known`);
    const profile = new LabelProfile(reference, task, scorePoints);
    profile.labelled = reader.signed();
    takeIn(profile.label, decodeFeatureProfile(reader, profile.label.reference));
    if (profile.outcomes instanceof ErrorSums) {
      profile.outcomes.merge(ErrorSums.decode(reader, profile.outcomes.centre), 1);
    } else {
      profile.outcomes.merge(ClassifiedCounts.decode(reader, reference, scorePoints), 1);
    }
    if (!reader.done) throw new Error('label profile has bytes left over');
    return profile;
  }
}

function centreOf(reference: ReferenceProfile | null): number {
  const label = reference?.label ?? null;
  return label?.kind === 'numeric' ? label.mean : 0;
}
