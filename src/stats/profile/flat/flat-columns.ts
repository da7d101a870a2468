import type { FeatureValue } from '../../../core/events/events.ts';
import type { FlatColumn, FlatRow } from '../../../core/events/flat-row.ts';
import {
  CELL_ABSENT,
  CELL_NULL,
  CELL_TEXT,
  cellKind,
  cellNumber,
  cellValue,
  STRAY_TEXT,
} from '../../../core/events/flat-row.ts';
import { boundedName } from '../../bounded-counts.ts';
import { type CategoricalProfile, MISSING_LEVEL, NEW_LEVEL } from '../categorical-profile.ts';
import type { FeatureProfile } from '../feature-profile.ts';
import type { CategoricalReference, NumericReference } from '../feature-reference.ts';
import { levelIndex } from '../feature-reference.ts';
import { gridIn } from '../kernel-counts.ts';
import type { CountingKernel } from '../../../kernel/kernel.ts';
import type { InputProfile } from '../input-profile.ts';

/** Rows held before they are counted: enough that each of a hundred segments has some, whose counts are fetched once for all of them. */
export const BATCH_ROWS = 1024;

/** Which rows of the batch belong to a profile. */
export interface BatchTarget {
  /** Null while the target waits for a batch. */
  profile: InputProfile | null;
  /** In the kernel's memory. */
  readonly rows: Uint16Array;
  count: number;
}

/** Rows that are counted in one go, and into what. */
export interface Batch {
  readonly row: FlatRow;
  /** The first `used` of them. */
  readonly targets: readonly BatchTarget[];
  readonly used: number;
  /** One past the last of the rows. */
  readonly held: number;
  readonly sign: 1 | -1;
  /** Addresses of the targets in the kernel's memory, and of room for their numbers. */
  readonly targetsAt: number;
  readonly left: Int32Array;
}

/** The part of a profile a column is counted into. */
export type PickProfile = (profile: InputProfile) => FeatureProfile | undefined;

/** The same, with its number among `InputProfile.columns`. */
export interface ProfileColumn {
  readonly pick: PickProfile;
  readonly number: number;
}

/** Of the rows of a batch, for one column at a time. */
const LEVELS = new Int32Array(BATCH_ROWS);
const FIRST_CODES = 16;
const NO_ROWS = new Uint16Array();

/** A value as the column counts it, where that is not the cell's own. */
export type ValueOf = (row: FlatRow, column: FlatColumn, kind: number) => FeatureValue;

export interface KernelPlaces {
  readonly kernel: CountingKernel;
  readonly places: Int32Array;
}

/** Counts the numbers of one numeric feature. */
export class NumberColumn {
  readonly #pick: PickProfile;
  /** Of the profile. */
  readonly #number: number;
  readonly #column: FlatColumn | null;
  readonly #kernel: CountingKernel;
  readonly #points: number;
  readonly #mean: number;
  readonly #gridAt: number;
  readonly #places: Int32Array;
  /** No number is one: classes on a baseline of numbers. */
  readonly #valueOf: ValueOf | null;

  /** `places`: where this thread notes places, in the kernel's memory; nobody relies on what stands there. */
  constructor(
    { kernel, places }: KernelPlaces,
    { pick, number }: ProfileColumn,
    reference: NumericReference,
    column: FlatColumn | null,
    valueOf: ValueOf | null = null,
  ) {
    this.#pick = pick;
    this.#number = number;
    this.#mean = reference.mean;
    this.#kernel = kernel;
    this.#places = places;
    this.#points = reference.grid.length;
    this.#gridAt = gridIn(kernel, reference.grid).byteOffset;
    this.#column = column;
    this.#valueOf = valueOf;
  }

  flush(batch: Batch): void {
    const column = this.#column;
    if (column === null) countMissing(this.#pick, batch);
    else if (column.cell < 0 || this.#valueOf !== null) {
      countSingly(this.#pick, column, batch, this.#valueOf ?? cellValue);
    } else {
      const { row, held } = batch;
      const from = column.cell * row.stride;
      const values = row.numbers.subarray(from, from + held);
      this.#kernel.locate(this.#gridAt, this.#points, values.byteOffset, this.#places.byteOffset, held);
      this.#countAll(values, batch);
      if (row.odd[column.cell] === 1) this.#countOdd(column, batch);
    }
  }

  #countAll(values: Float64Array, { targets, used, sign, targetsAt, left }: Batch): void {
    const [kernel, places, gridAt] = [this.#kernel, this.#places, this.#gridAt];
    const count = kernel.countColumn(
      targetsAt,
      used,
      this.#number,
      values.byteOffset,
      places.byteOffset,
      gridAt,
      this.#points,
      this.#mean,
      sign,
      left.byteOffset,
    );
    const numbers = { kernel, values, places, gridAt };
    for (let i = 0; i < count; i++) {
      const { profile = null, rows = NO_ROWS, count: ofTarget = 0 } = targets[left[i] ?? 0] ?? {};
      const target = profile === null ? undefined : this.#pick(profile);
      if (target?.kind === 'numeric') target.addInKernel(numbers, rows, ofTarget, sign);
    }
  }

  /** Texts and booleans where numbers were, and what is infinite. */
  #countOdd(column: FlatColumn, { row, targets, used, sign }: Batch): void {
    for (let t = 0; t < used; t++) {
      const { profile = null, rows = NO_ROWS, count = 0 } = targets[t] ?? {};
      const target = profile === null ? undefined : this.#pick(profile);
      for (let i = 0; i < count; i++) {
        row.moveTo(rows[i] ?? 0);
        const x = cellNumber(row, column);
        if (x === Infinity || x === -Infinity) target?.add(cellValue(row, column), sign);
      }
    }
  }
}

/** Counts the levels of one categorical feature, by their place in the baseline. */
export class LevelColumn {
  readonly #pick: PickProfile;
  readonly #column: FlatColumn | null;
  readonly #known: ReadonlyMap<string, number>;
  readonly #valueOf: ValueOf;
  #levelOfCode = new Int32Array(FIRST_CODES);
  /** Texts of the column that have been looked up. */
  #codes = 0;

  /** `valueOf`: what a number or boolean is counted as, where that is not itself. */
  constructor(
    pick: PickProfile,
    reference: CategoricalReference,
    column: FlatColumn | null,
    valueOf: ValueOf = cellValue,
  ) {
    this.#pick = pick;
    this.#known = levelIndex(reference);
    this.#column = column;
    this.#valueOf = valueOf;
  }

  flush(batch: Batch): void {
    const column = this.#column;
    if (column === null) countMissing(this.#pick, batch);
    else if (column.cell < 0) countSingly(this.#pick, column, batch, cellValue);
    else {
      this.#learnLevels(column.texts);
      const { row, targets, used, held, sign } = batch;
      this.#readLevels(row, column, held);
      for (let t = 0; t < used; t++) {
        const { profile = null, rows = NO_ROWS, count = 0 } = targets[t] ?? {};
        const target = profile === null ? undefined : this.#pick(profile);
        if (target === undefined || target.kind === 'numeric') continue;
        const news = target.addColumn(LEVELS, rows, count, sign);
        if (news > 0) this.#addNew(row, column, target, rows.subarray(0, count), sign);
      }
    }
  }

  #readLevels({ kinds, codes, stride }: FlatRow, column: FlatColumn, held: number): void {
    const from = column.cell * stride;
    for (let at = 0; at < held; at++) {
      const kind = kinds[from + at];
      LEVELS[at] =
        kind === CELL_TEXT
          ? (this.#levelOfCode[codes[from + at] ?? STRAY_TEXT] ?? NEW_LEVEL)
          : kind === CELL_NULL || kind === CELL_ABSENT
            ? MISSING_LEVEL
            : NEW_LEVEL;
    }
  }

  #addNew(
    row: FlatRow,
    column: FlatColumn,
    target: CategoricalProfile,
    rows: Uint16Array,
    sign: 1 | -1,
  ): void {
    for (const at of rows) {
      if (LEVELS[at] !== NEW_LEVEL) continue;
      row.moveTo(at);
      target.add(this.#valueOf(row, column, cellKind(row, column)), sign);
    }
  }

  #learnLevels(texts: readonly string[]): void {
    if (texts.length > this.#levelOfCode.length) {
      const wider = new Int32Array(texts.length * 2);
      wider.set(this.#levelOfCode);
      this.#levelOfCode = wider;
    }
    for (; this.#codes < texts.length; this.#codes++) {
      this.#levelOfCode[this.#codes] = this.#known.get(boundedName(texts[this.#codes] ?? '')) ?? NEW_LEVEL;
    }
  }
}

function countMissing(pick: PickProfile, { targets, used, sign }: Batch): void {
  for (let t = 0; t < used; t++) {
    const { profile = null, count = 0 } = targets[t] ?? {};
    const target = profile === null ? undefined : pick(profile);
    if (target !== undefined) target.missing += sign * count;
  }
}

/** What is rare: a column that always holds an object, classes where numbers were. */
function countSingly(
  pick: PickProfile,
  column: FlatColumn,
  { row, targets, used, sign }: Batch,
  valueOf: ValueOf,
): void {
  for (let t = 0; t < used; t++) {
    const { profile = null, rows = NO_ROWS, count = 0 } = targets[t] ?? {};
    const target = profile === null ? undefined : pick(profile);
    for (let i = 0; i < count; i++) {
      row.moveTo(rows[i] ?? 0);
      target?.add(valueOf(row, column, cellKind(row, column)), sign);
    }
  }
}
