import { classLabel } from '../../core/columns/class-label.ts';
import type { FeatureValue } from '../../core/events/events.ts';
import type { FlatColumn, FlatLayout, FlatRow } from '../../core/events/flat-row.ts';
import { CELL_NULL, CELL_NUMBER, cellValue } from '../../core/events/flat-row.ts';
import type { Task } from '../../core/model.ts';
import { boundedName } from '../bounded-counts.ts';
import type { FeatureReference } from './feature-reference.ts';
import { BATCH_ROWS, countAtOnce, LevelColumn, NumberColumn } from './flat-columns.ts';
import type { BatchTarget, PickProfile } from './flat-columns.ts';
import { OperationColumns } from './flat-operation.ts';
import type { InputProfile } from './input-profile.ts';

/** What of a row is counted: features and predictions may be logged apart. */
export type CountedPart = 'all' | 'features' | 'prediction';

/**
 * Counts flat rows of one layout into profiles of one baseline, column by column: rows are gathered, then each feature
 * of all of them is counted in one go, which halves the time. A value's place is looked up once, however many windows
 * and segments it is counted into. Nothing is allocated per row, but for values no baseline has. The counts are
 * those of `InputProfile.add` with the events the rows stand for, bit for bit.
 *
 * The profiles are complete only after `flush`.
 */
export class FlatCounting {
  readonly layout: FlatLayout;
  private readonly task: Task;
  private readonly part: CountedPart;
  private readonly numbers: NumberColumn[] = [];
  private readonly levels: LevelColumn[] = [];
  private readonly prediction: NumberColumn | LevelColumn;
  private readonly operation: OperationColumns;
  private readonly unknown: readonly string[];
  /** The first `used` of them are of this batch; the others lend their arrays to the next. */
  private readonly targets: BatchTarget[] = [];
  private readonly targetOf = new Map<InputProfile, BatchTarget>();
  private used = 0;
  private held = 0;
  private sign: 1 | -1 = 1;

  /** Every profile counted into must have been made from the same baseline as `like`, which has one. */
  constructor(layout: FlatLayout, like: InputProfile, part: CountedPart = 'all') {
    if (like.untyped !== null) throw new Error('flat rows are counted on the grid of a baseline');
    this.layout = layout;
    this.task = like.task;
    this.part = part;
    const byName = new Map(layout.features.map((column) => [column.name, column]));
    for (const [i, { reference }] of part === 'prediction' ? [] : like.features.entries()) {
      this.addColumn((profile) => profile.features[i], reference, byName.get(reference.name) ?? null);
      byName.delete(reference.name);
    }
    this.unknown = part === 'prediction' ? [] : [...byName.keys()].map(boundedName);
    if (part !== 'features') this.addColumn((profile) => profile.score, like.score.reference, layout.score);
    this.operation = new OperationColumns(layout);
    const pick: PickProfile = (profile) => profile.prediction;
    const { reference } = like.prediction;
    this.prediction =
      reference.kind === 'numeric'
        ? new NumberColumn(pick, reference, layout.prediction)
        : new LevelColumn(pick, reference, layout.prediction);
  }

  private addColumn(pick: PickProfile, reference: FeatureReference, column: FlatColumn | null): void {
    if (reference.kind === 'numeric') this.numbers.push(new NumberColumn(pick, reference, column));
    else this.levels.push(new LevelColumn(pick, reference, column));
  }

  /**
   * Takes a row to be counted into each of the profiles. False, and nothing is counted, when its prediction does not
   * suit the model's task (a regression that predicts a text): only the ordinary way can say what becomes of it.
   */
  take(row: FlatRow, profiles: readonly InputProfile[], sign: 1 | -1): boolean {
    if (row.layout !== this.layout) throw new Error('a flat row of another layout');
    if (!this.suitsTask(row)) return false;
    if (sign !== this.sign || this.held === BATCH_ROWS) this.flush();
    this.sign = sign;
    const at = this.held++;
    for (let i = 0; i < this.numbers.length; i++) this.numbers[i]?.take(row, at, profiles, sign);
    for (let i = 0; i < this.levels.length; i++) this.levels[i]?.take(row, at, profiles, sign);
    if (this.part !== 'features') this.takePrediction(row, at, profiles, sign);
    for (let i = 0; i < profiles.length; i++) {
      const profile = profiles[i];
      if (profile !== undefined) this.assign(profile, i, at, sign);
    }
    return true;
  }

  private suitsTask(row: FlatRow): boolean {
    const column = this.layout.prediction;
    if (this.task === 'classification' || this.part === 'features' || column === null) return true;
    const kind = row.kinds[column.cell];
    return kind === CELL_NULL || kind === CELL_NUMBER;
  }

  private takePrediction(row: FlatRow, at: number, profiles: readonly InputProfile[], sign: 1 | -1): void {
    const { prediction } = this;
    this.operation.take(row, at, profiles, sign);
    const value = this.task === 'classification' ? classValue : cellValue;
    if (prediction instanceof LevelColumn) prediction.take(row, at, profiles, sign, value);
    else if (this.task === 'regression') prediction.take(row, at, profiles, sign);
    else {
      // Classes on a baseline of numbers.
      prediction.skip(at);
      const column = this.layout.prediction;
      const kind = column === null ? CELL_NULL : (row.kinds[column.cell] ?? CELL_NULL);
      countAtOnce(profiles, prediction.pick, column === null ? null : classValue(row, column, kind), sign);
    }
  }

  /** Notes the row for a profile; profiles mostly come in the order they came in for the row before. */
  private assign(profile: InputProfile, order: number, at: number, sign: 1 | -1): void {
    let target = this.targets[order];
    if (order >= this.used || target?.profile !== profile) target = this.targetOf.get(profile);
    target ??= this.target(profile);
    target.rows[target.count++] = at;
    if (this.part !== 'prediction') profile.featureRows += sign;
    if (this.part !== 'features') {
      profile.rows += sign;
      profile.operation.rows += sign;
    }
    for (let i = 0; i < this.unknown.length; i++) profile.unknownFeatures.add(this.unknown[i] ?? '', sign);
  }

  private target(profile: InputProfile): BatchTarget {
    let target = this.targets[this.used];
    if (target === undefined) {
      target = { profile, rows: new Uint16Array(BATCH_ROWS), count: 0 };
      this.targets.push(target);
    }
    target.profile = profile;
    this.targetOf.set(profile, target);
    this.used += 1;
    return target;
  }

  /** Counts what is held. Profiles are let go, so that closed windows are not kept alive. */
  flush(): void {
    if (this.held === 0) return;
    const { targets, used, held, sign } = this;
    for (const column of this.numbers) column.flush(targets, used, held, sign);
    for (const column of this.levels) column.flush(targets, used, held, sign);
    if (this.part !== 'features') {
      this.prediction.flush(targets, used, held, sign);
      this.operation.flush(targets, used, sign);
    }
    for (const target of targets) {
      target.profile = null;
      target.count = 0;
    }
    this.targetOf.clear();
    this.held = 0;
    this.used = 0;
  }
}

/** A prediction as a classifier's: a class has one spelling. */
function classValue(row: FlatRow, column: FlatColumn, kind: number): FeatureValue {
  if (kind === CELL_NUMBER) return classLabel(row.numbers[column.cell] ?? 0);
  const value = cellValue(row, column, kind);
  return typeof value === 'boolean' ? String(value) : value;
}
