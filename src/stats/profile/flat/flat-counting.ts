import { classLabel } from '../../../core/columns/class-label.ts';
import type { FeatureValue } from '../../../core/events/events.ts';
import type { FlatColumn, FlatLayout, FlatRow } from '../../../core/events/flat-row.ts';
import {
  CELL_ABSENT,
  CELL_NULL,
  CELL_NUMBER,
  cellKind,
  cellNumber,
  cellValue,
} from '../../../core/events/flat-row.ts';
import type { Task } from '../../../core/model.ts';
import type { CountingKernel } from '../../../kernel/kernel.ts';
import { boundedName } from '../../bounded-counts.ts';
import type { FeatureReference } from '../feature-reference.ts';
import { BATCH_ROWS, type KernelPlaces, LevelColumn, NumberColumn } from './flat-columns.ts';
import type { Batch, PickProfile, ProfileColumn } from './flat-columns.ts';
import { FlatTargets } from './flat-targets.ts';
import { OperationColumns } from './flat-operation.ts';
import type { InputProfile } from '../input-profile.ts';

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
  readonly #targets: FlatTargets;
  /** One past the last of the block's rows that were taken. */
  #held = 0;
  #row: FlatRow | null = null;
  #sign: 1 | -1 = 1;

  /** Every profile counted into must have been made from the same baseline as `like`, which has one. */
  constructor(kernel: CountingKernel, layout: FlatLayout, like: InputProfile, part: CountedPart = 'all') {
    this.#places = { kernel, places: placesIn(kernel) };
    this.#targets = new FlatTargets(kernel);
    if (like.untyped !== null) throw new Error('flat rows are counted on the grid of a baseline');
    this.layout = layout;
    this.#task = like.task;
    this.#part = part;
    const byName = new Map(layout.features.map((column) => [column.name, column]));
    for (const [i, { reference }] of part === 'prediction' ? [] : like.features.entries()) {
      const pick: PickProfile = (profile) => profile.features[i];
      this.#addColumn({ pick, number: i }, reference, byName.get(reference.name) ?? null);
      byName.delete(reference.name);
    }
    this.#unknown =
      part === 'prediction' ? [] : [...byName].map(([name, column]) => ({ name: boundedName(name), column }));
    this.#operation = new OperationColumns(layout);
    if (part === 'features') return;
    const number = like.features.length;
    this.#addColumn({ pick: (profile) => profile.score, number }, like.score.reference, layout.score);
    const isClass = like.task === 'classification';
    const of = { pick: (profile: InputProfile) => profile.prediction, number: number + 1 };
    const { reference } = like.prediction;
    this.#columns.push(
      reference.kind === 'numeric'
        ? new NumberColumn(this.#places, of, reference, layout.prediction, isClass ? classValue : null)
        : new LevelColumn(of.pick, reference, layout.prediction, isClass ? classValue : cellValue),
    );
  }

  #addColumn(of: ProfileColumn, reference: FeatureReference, column: FlatColumn | null): void {
    this.#columns.push(
      reference.kind === 'numeric'
        ? new NumberColumn(this.#places, of, reference, column)
        : new LevelColumn(of.pick, reference, column),
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

  #assign(profile: InputProfile, order: number, at: number, sign: 1 | -1): void {
    this.#targets.note(profile, order, at);
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

  /** Counts what is held. */
  flush(): void {
    const row = this.#row;
    if (row === null) return;
    const { at } = row;
    const batch: Batch = {
      row,
      targets: this.#targets.all,
      used: this.#targets.used,
      held: this.#held,
      sign: this.#sign,
      targetsAt: this.#targets.describe(),
      left: this.#targets.left,
    };
    for (const column of this.#columns) column.flush(batch);
    if (this.#part !== 'features') this.#operation.flush(batch);
    row.moveTo(at);
    this.#targets.clear();
    this.#row = null;
    this.#held = 0;
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
