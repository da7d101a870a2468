import { classLabel } from '../../core/columns/class-label.ts';
import type { FeatureValue } from '../../core/events/events.ts';
import type { FlatColumn, FlatLayout, FlatRow } from '../../core/events/flat-row.ts';
import {
  CELL_ABSENT,
  CELL_NULL,
  CELL_NUMBER,
  cellKind,
  cellNumber,
  cellValue,
} from '../../core/events/flat-row.ts';
import type { Task } from '../../core/model.ts';
import type { CountingKernel } from '../../kernel/kernel.ts';
import { boundedName } from '../bounded-counts.ts';
import type { FeatureReference } from './feature-reference.ts';
import { BATCH_ROWS, type KernelPlaces, LevelColumn, NumberColumn } from './flat-columns.ts';
import type { BatchTarget, PickProfile } from './flat-columns.ts';
import { OperationColumns } from './flat-operation.ts';
import type { InputProfile } from './input-profile.ts';

/** What of a row is counted: features and predictions may be logged apart. */
export type CountedPart = 'all' | 'features' | 'prediction';

/**
 * Counts flat rows of one layout into profiles of one baseline, column by column: it is noted which rows go where, then
 * each feature of all of them is counted in one go, where the kernel has laid it. A value's place is looked up once,
 * however many windows and segments it is counted into. Nothing is allocated per row, but for values no baseline has. The
 * counts are those of `InputProfile.add` with the events the rows stand for, bit for bit.
 *
 * The profiles are complete only after `flush`, which must come before another block of rows is read.
 */
export class FlatCounting {
  readonly layout: FlatLayout;
  readonly #places: KernelPlaces;
  readonly #task: Task;
  readonly #part: CountedPart;
  readonly #columns: (NumberColumn | LevelColumn)[] = [];
  readonly #operation: OperationColumns;
  readonly #unknown: readonly { readonly name: string; readonly column: FlatColumn }[];
  /** The first `used` of them are of this batch; the others lend their arrays to the next. */
  readonly #targets: BatchTarget[] = [];
  readonly #targetOf = new Map<InputProfile, BatchTarget>();
  #used = 0;
  /** One past the last of the block's rows that were taken. */
  #held = 0;
  #row: FlatRow | null = null;
  #sign: 1 | -1 = 1;

  /** Every profile counted into must have been made from the same baseline as `like`, which has one. */
  constructor(kernel: CountingKernel, layout: FlatLayout, like: InputProfile, part: CountedPart = 'all') {
    this.#places = { kernel, places: placesIn(kernel) };
    if (like.untyped !== null) throw new Error('flat rows are counted on the grid of a baseline');
    this.layout = layout;
    this.#task = like.task;
    this.#part = part;
    const byName = new Map(layout.features.map((column) => [column.name, column]));
    for (const [i, { reference }] of part === 'prediction' ? [] : like.features.entries()) {
      this.#addColumn((profile) => profile.features[i], reference, byName.get(reference.name) ?? null);
      byName.delete(reference.name);
    }
    this.#unknown =
      part === 'prediction' ? [] : [...byName].map(([name, column]) => ({ name: boundedName(name), column }));
    this.#operation = new OperationColumns(layout);
    if (part === 'features') return;
    this.#addColumn((profile) => profile.score, like.score.reference, layout.score);
    const isClass = like.task === 'classification';
    const pick: PickProfile = (profile) => profile.prediction;
    const { reference } = like.prediction;
    this.#columns.push(
      reference.kind === 'numeric'
        ? new NumberColumn(this.#places, pick, reference, layout.prediction, isClass ? classValue : null)
        : new LevelColumn(pick, reference, layout.prediction, isClass ? classValue : cellValue),
    );
  }

  #addColumn(pick: PickProfile, reference: FeatureReference, column: FlatColumn | null): void {
    this.#columns.push(
      reference.kind === 'numeric'
        ? new NumberColumn(this.#places, pick, reference, column)
        : new LevelColumn(pick, reference, column),
    );
  }

  /**
   * Takes a row to be counted into each of the profiles. False, and nothing is counted, when its prediction does not
   * suit the model's task (a regression that predicts a text): only the ordinary way can say what becomes of it.
   */
  take(row: FlatRow, profiles: readonly InputProfile[], sign: 1 | -1): boolean {
    if (row.layout !== this.layout) throw new Error('a flat row of another layout');
    if (!this.#suitsTask(row)) return false;
    if (sign !== this.#sign) this.flush();
    this.#sign = sign;
    this.#row = row;
    this.#held = Math.max(this.#held, row.at + 1);
    for (let i = 0; i < profiles.length; i++) {
      const profile = profiles[i];
      if (profile !== undefined) this.#assign(profile, i, row.at, sign);
    }
    return true;
  }

  #suitsTask(row: FlatRow): boolean {
    const column = this.layout.prediction;
    if (this.#task === 'classification' || this.#part === 'features' || column === null) return true;
    const kind = cellKind(row, column);
    return kind === CELL_NULL || kind === CELL_NUMBER;
  }

  /** Notes the row for a profile; profiles mostly come in the order they came in for the row before. */
  #assign(profile: InputProfile, order: number, at: number, sign: 1 | -1): void {
    let target = this.#targets[order];
    if (order >= this.#used || target?.profile !== profile) target = this.#targetOf.get(profile);
    target ??= this.#target(profile);
    target.rows[target.count++] = at;
    if (this.#part !== 'prediction') profile.featureRows += sign;
    if (this.#part !== 'features') {
      profile.rows += sign;
      profile.operation.rows += sign;
    }
    if (this.#unknown.length > 0) this.#addUnknown(profile, sign);
  }

  #addUnknown(profile: InputProfile, sign: 1 | -1): void {
    const row = this.#row;
    if (row === null) return;
    for (const { name, column } of this.#unknown) {
      if (cellKind(row, column) !== CELL_ABSENT) profile.unknownFeatures.add(name, sign);
    }
  }

  #target(profile: InputProfile): BatchTarget {
    let target = this.#targets[this.#used];
    if (target === undefined) {
      target = { profile, rows: this.#places.kernel.uint16(BATCH_ROWS), count: 0 };
      this.#targets.push(target);
    }
    target.profile = profile;
    this.#targetOf.set(profile, target);
    this.#used += 1;
    return target;
  }

  /** Counts what is held. Profiles are let go, so that closed windows are not kept alive. */
  flush(): void {
    const row = this.#row;
    if (row === null) return;
    const targets = this.#targets;
    const [used, held, sign, { at }] = [this.#used, this.#held, this.#sign, row];
    for (const column of this.#columns) column.flush(row, targets, used, held, sign);
    if (this.#part !== 'features') this.#operation.flush(row, targets, used, held, sign);
    row.moveTo(at);
    for (const target of targets) {
      target.profile = null;
      target.count = 0;
    }
    this.#targetOf.clear();
    this.#row = null;
    this.#held = 0;
    this.#used = 0;
  }
}

const placesOf = new WeakMap<CountingKernel, Int32Array>();

function placesIn(kernel: CountingKernel): Int32Array {
  let places = placesOf.get(kernel);
  if (places === undefined) placesOf.set(kernel, (places = kernel.int32(BATCH_ROWS)));
  return places;
}

/** A prediction as a classifier's: a class has one spelling. */
function classValue(row: FlatRow, column: FlatColumn, kind: number): FeatureValue {
  if (kind === CELL_NUMBER) return classLabel(cellNumber(row, column));
  const value = cellValue(row, column, kind);
  return typeof value === 'boolean' ? String(value) : value;
}
