import type { FeatureValue } from '../../core/events/events.ts';
import type { FlatColumn, FlatRow } from '../../core/events/flat-row.ts';
import {
  CELL_INVALID,
  CELL_NULL,
  CELL_NUMBER,
  CELL_TEXT,
  cellText,
  cellValue,
  STRAY_TEXT,
} from '../../core/events/flat-row.ts';
import { boundedName } from '../bounded-counts.ts';
import type { FeatureProfile } from './feature-profile.ts';
import type { CategoricalReference, NumericReference } from './feature-reference.ts';
import { levelIndex } from './feature-reference.ts';
import { gridIndex, type GridIndex } from './grids/grid-index.ts';
import type { InputProfile } from './input-profile.ts';

/** Rows held before they are counted: enough that a feature's counts stay in the nearest cache meanwhile. */
export const BATCH_ROWS = 256;

/** Which rows of the batch belong to a profile. */
export interface BatchTarget {
  /** Null while the target waits for a batch. */
  profile: InputProfile | null;
  readonly rows: Uint16Array;
  count: number;
}

/** The part of a profile a column is counted into. */
export type PickProfile = (profile: InputProfile) => FeatureProfile | undefined;

/** A row's value that is counted at once and not with its column. */
const COUNTED = Infinity;
const COUNTED_LEVEL = -2;
const MISSING_LEVEL = -1;
const FIRST_CODES = 16;
const NO_ROWS = new Uint16Array();

/** Numbers of one numeric feature, one a row of the batch; NaN is missing. */
export class NumberColumn {
  readonly pick: PickProfile;
  private readonly column: FlatColumn | null;
  private readonly index: GridIndex;
  private readonly values = new Float64Array(BATCH_ROWS);
  private readonly places = new Int32Array(BATCH_ROWS);

  constructor(pick: PickProfile, reference: NumericReference, column: FlatColumn | null) {
    this.pick = pick;
    this.index = gridIndex(reference.grid);
    this.column = column;
    this.values.fill(Number.NaN);
  }

  take(row: FlatRow, at: number, profiles: readonly InputProfile[], sign: 1 | -1): void {
    const { column } = this;
    if (column === null) return;
    const kind = column.cell < 0 ? CELL_INVALID : (row.kinds[column.cell] ?? CELL_NULL);
    if (kind === CELL_NUMBER) {
      const x = row.numbers[column.cell] ?? 0;
      this.values[at] = x;
      // Zero for finite numbers only.
      if (x - x === 0) return;
    } else if (kind === CELL_NULL) {
      this.values[at] = Number.NaN;
      return;
    }
    this.values[at] = COUNTED;
    countAtOnce(profiles, this.pick, cellValue(row, column, kind), sign);
  }

  /** Neither a number nor missing: counted elsewhere. */
  skip(at: number): void {
    this.values[at] = COUNTED;
  }

  flush(targets: readonly BatchTarget[], used: number, held: number, sign: 1 | -1): void {
    const { values, places, index } = this;
    index.locate(values, places, held);
    for (let t = 0; t < used; t++) {
      const { profile = null, rows = NO_ROWS, count = 0 } = targets[t] ?? {};
      const target = profile === null ? undefined : this.pick(profile);
      if (target?.kind === 'numeric') target.addColumn(values, places, rows, count, sign);
    }
  }
}

/** Levels of one categorical feature, by their place in the baseline. */
export class LevelColumn {
  readonly pick: PickProfile;
  private readonly column: FlatColumn | null;
  private readonly known: ReadonlyMap<string, number>;
  private readonly levels = new Int32Array(BATCH_ROWS).fill(MISSING_LEVEL);
  private levelOfCode = new Int32Array(FIRST_CODES);
  /** Texts of the column that have been looked up. */
  private codes = 0;

  constructor(pick: PickProfile, reference: CategoricalReference, column: FlatColumn | null) {
    this.pick = pick;
    this.known = levelIndex(reference);
    this.column = column;
  }

  /** `value`: what a number or boolean is counted as, where that is not itself. */
  take(
    row: FlatRow,
    at: number,
    profiles: readonly InputProfile[],
    sign: 1 | -1,
    valueOf: (row: FlatRow, column: FlatColumn, kind: number) => FeatureValue = cellValue,
  ): void {
    const { column } = this;
    if (column === null) return;
    const kind = column.cell < 0 ? CELL_INVALID : (row.kinds[column.cell] ?? CELL_NULL);
    const level =
      kind === CELL_TEXT ? this.levelOf(row, column) : kind === CELL_NULL ? MISSING_LEVEL : COUNTED_LEVEL;
    this.levels[at] = level;
    if (level === COUNTED_LEVEL) countAtOnce(profiles, this.pick, valueOf(row, column, kind), sign);
  }

  private levelOf(row: FlatRow, column: FlatColumn): number {
    const code = row.codes[column.cell] ?? STRAY_TEXT;
    if (code === STRAY_TEXT) return this.known.get(boundedName(cellText(row, column))) ?? COUNTED_LEVEL;
    if (code >= this.codes) this.learnLevels(column.texts);
    return this.levelOfCode[code] ?? COUNTED_LEVEL;
  }

  private learnLevels(texts: readonly string[]): void {
    if (texts.length > this.levelOfCode.length) {
      const wider = new Int32Array(texts.length * 2);
      wider.set(this.levelOfCode);
      this.levelOfCode = wider;
    }
    for (; this.codes < texts.length; this.codes++) {
      this.levelOfCode[this.codes] = this.known.get(boundedName(texts[this.codes] ?? '')) ?? COUNTED_LEVEL;
    }
  }

  flush(targets: readonly BatchTarget[], used: number, _held: number, sign: 1 | -1): void {
    for (let t = 0; t < used; t++) {
      const { profile = null, rows = NO_ROWS, count = 0 } = targets[t] ?? {};
      const target = profile === null ? undefined : this.pick(profile);
      if (target === undefined || target.kind === 'numeric') continue;
      for (let i = 0; i < count; i++) {
        const level = this.levels[rows[i] ?? 0] ?? COUNTED_LEVEL;
        if (level >= 0) target.addKnownLevel(level, sign);
        else if (level === MISSING_LEVEL) target.missing += sign;
      }
    }
  }
}

/** What is rare: a new level, a text where numbers were, an infinite number. */
export function countAtOnce(
  profiles: readonly InputProfile[],
  pick: PickProfile,
  value: FeatureValue,
  sign: 1 | -1,
): void {
  for (const profile of profiles) pick(profile)?.add(value, sign);
}
