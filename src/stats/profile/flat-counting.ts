import { classLabel } from '../../core/class-label.ts';
import type { FeatureValue } from '../../core/events.ts';
import { INVALID_VALUE } from '../../core/events.ts';
import type { FlatColumn, FlatLayout, FlatRow } from '../../core/flat-row.ts';
import {
  CELL_FALSE,
  CELL_INVALID,
  CELL_NULL,
  CELL_NUMBER,
  CELL_TEXT,
  CELL_TRUE,
  cellText,
  STRAY_TEXT,
} from '../../core/flat-row.ts';
import type { Task } from '../../core/model.ts';
import { boundedName } from '../bounded-counts.ts';
import { CategoricalProfile } from './categorical-profile.ts';
import type { FeatureProfile } from './feature-profile.ts';
import { gridIndex, type GridIndex } from './grid-index.ts';
import type { InputProfile } from './input-profile.ts';
import { levelIndex } from './feature-reference.ts';

/** A place that is not known: the level is new, or the number is none. */
const NOWHERE = -1;
const FIRST_CODES = 16;
const NO_COLUMN: FlatColumn = { name: '', cell: NOWHERE, texts: [] };

/** One column of a baseline and where a layout has it. */
interface ColumnPlan {
  readonly column: FlatColumn;
  /** False: the layout does not name it, so it is missing. */
  readonly named: boolean;
  /** Of numeric columns. */
  readonly index: GridIndex | null;
  /** Of the others: level by text, and how many of the column's texts have been looked up. */
  readonly levels: ReadonlyMap<string, number> | null;
  levelOfCode: Int32Array;
  codes: number;
}

/**
 * Counts flat rows of one layout into profiles of one baseline. Where a value belongs is looked up once per row, however
 * many windows and segments it is then counted into; nothing is allocated on the way. The counts are those of
 * `InputProfile.add` with the event the row stands for, always.
 */
export class FlatCounting {
  readonly layout: FlatLayout;
  private readonly task: Task;
  /** The baseline's features in its order. */
  private readonly features: readonly ColumnPlan[];
  private readonly unknown: readonly string[];
  private readonly prediction: ColumnPlan;
  private readonly score: ColumnPlan;
  /** By feature, then prediction and score: grid place or level of the row located last. */
  private readonly places: Int32Array;
  private row: FlatRow | null = null;

  /** Every profile counted into must have been made from the same baseline as `like`, which has one. */
  constructor(layout: FlatLayout, like: InputProfile) {
    if (like.untyped !== null) throw new Error('flat rows are counted on the grid of a baseline');
    this.layout = layout;
    this.task = like.task;
    const byName = new Map(layout.features.map((column) => [column.name, column]));
    this.features = like.features.map((profile) => {
      const column = byName.get(profile.reference.name);
      byName.delete(profile.reference.name);
      return columnPlan(profile, column);
    });
    this.unknown = [...byName.keys()].map(boundedName);
    this.prediction = columnPlan(like.prediction, layout.prediction ?? undefined);
    this.score = columnPlan(like.score, layout.score ?? undefined);
    this.places = new Int32Array(this.features.length + 2);
  }

  /**
   * Makes a row ready to be counted. False when its prediction does not suit the model's task (a regression that
   * predicts a text): only the ordinary way can say what becomes of it.
   */
  locate(row: FlatRow): boolean {
    if (row.layout !== this.layout) throw new Error('a flat row of another layout');
    this.row = row;
    const { features, places } = this;
    for (let i = 0; i < features.length; i++) {
      const plan = features[i];
      if (plan !== undefined) places[i] = placeOf(plan, row);
    }
    places[features.length] = placeOf(this.prediction, row);
    places[features.length + 1] = placeOf(this.score, row);
    return this.task === 'classification' || isNumberOrNull(this.prediction.column, row);
  }

  /** Counts the row located last, features and prediction. */
  add(profile: InputProfile, sign: 1 | -1): void {
    this.addFeatures(profile, sign);
    this.addPrediction(profile, sign);
  }

  addFeatures(profile: InputProfile, sign: 1 | -1): void {
    const row = this.located;
    const { features, places, unknown } = this;
    profile.featureRows += sign;
    for (let i = 0; i < features.length; i++) {
      const plan = features[i];
      const target = profile.features[i];
      if (plan !== undefined && target !== undefined) count(target, plan, row, places[i] ?? NOWHERE, sign);
    }
    for (let i = 0; i < unknown.length; i++) profile.unknownFeatures.add(unknown[i] ?? '', sign);
  }

  addPrediction(profile: InputProfile, sign: 1 | -1): void {
    const row = this.located;
    const { places, features } = this;
    profile.rows += sign;
    const target = profile.prediction;
    const place = places[features.length] ?? NOWHERE;
    if (this.task === 'regression' && target.kind === 'numeric') {
      count(target, this.prediction, row, place, sign);
    } else if (target.kind !== 'numeric' && place !== NOWHERE) target.addKnownLevel(place, sign);
    else target.add(outcomeOf(this.prediction.column, row, this.task), sign);
    count(profile.score, this.score, row, places[features.length + 1] ?? NOWHERE, sign);
  }

  private get located(): FlatRow {
    if (this.row === null) throw new Error('no row has been located');
    return this.row;
  }
}

function columnPlan(profile: FeatureProfile, column: FlatColumn | undefined): ColumnPlan {
  const categorical = profile instanceof CategoricalProfile;
  return {
    column: column ?? NO_COLUMN,
    named: column !== undefined,
    index: categorical ? null : gridIndex(profile.reference.grid),
    levels: categorical ? levelIndex(profile.reference) : null,
    levelOfCode: new Int32Array(FIRST_CODES),
    codes: 0,
  };
}

function isNumberOrNull(column: FlatColumn, row: FlatRow): boolean {
  const kind = column.cell < 0 ? CELL_NULL : row.kinds[column.cell];
  return kind === CELL_NULL || kind === CELL_NUMBER;
}

/** A prediction as its model's task reads it: a class has one spelling. */
function outcomeOf(column: FlatColumn, row: FlatRow, task: Task): string | number | null {
  const kind = column.cell < 0 ? CELL_NULL : (row.kinds[column.cell] ?? CELL_NULL);
  if (kind === CELL_NULL) return null;
  if (kind === CELL_TEXT) return cellText(row, column);
  if (kind !== CELL_NUMBER) return String(kind === CELL_TRUE);
  const value = row.numbers[column.cell] ?? 0;
  return task === 'classification' ? classLabel(value) : value;
}

function placeOf(plan: ColumnPlan, row: FlatRow): number {
  const { cell } = plan.column;
  if (cell < 0) return NOWHERE;
  if (plan.index !== null) {
    const x = row.numbers[cell] ?? 0;
    // Zero for finite numbers only.
    return row.kinds[cell] === CELL_NUMBER && x - x === 0 ? plan.index.firstNotBelow(x) : NOWHERE;
  }
  if (row.kinds[cell] !== CELL_TEXT) return NOWHERE;
  const code = row.codes[cell] ?? STRAY_TEXT;
  if (code === STRAY_TEXT) return plan.levels?.get(boundedName(cellText(row, plan.column))) ?? NOWHERE;
  if (code >= plan.codes) learnLevels(plan);
  return plan.levelOfCode[code] ?? NOWHERE;
}

function count(target: FeatureProfile, plan: ColumnPlan, row: FlatRow, place: number, sign: 1 | -1): void {
  if (!plan.named) {
    target.missing += sign;
    return;
  }
  const { cell } = plan.column;
  const kind = cell < 0 ? CELL_INVALID : (row.kinds[cell] ?? CELL_NULL);
  if (target.kind === 'numeric' && kind === CELL_NUMBER) {
    target.addLocated(row.numbers[cell] ?? 0, place, sign);
  } else if (target.kind !== 'numeric' && place !== NOWHERE) {
    target.addKnownLevel(place, sign);
  } else if (kind === CELL_NULL) {
    target.missing += sign;
  } else target.add(cellValue(row, plan.column, kind), sign);
}

function learnLevels(plan: ColumnPlan): void {
  const { texts } = plan.column;
  if (texts.length > plan.levelOfCode.length) {
    const wider = new Int32Array(texts.length * 2);
    wider.set(plan.levelOfCode);
    plan.levelOfCode = wider;
  }
  for (; plan.codes < texts.length; plan.codes++) {
    plan.levelOfCode[plan.codes] = plan.levels?.get(boundedName(texts[plan.codes] ?? '')) ?? NOWHERE;
  }
}

function cellValue(row: FlatRow, column: FlatColumn, kind: number): FeatureValue {
  switch (kind) {
    case CELL_NUMBER:
      return row.numbers[column.cell] ?? 0;
    case CELL_TEXT:
      return cellText(row, column);
    case CELL_TRUE:
      return true;
    case CELL_FALSE:
      return false;
    case CELL_INVALID:
      return INVALID_VALUE;
    default:
      return null;
  }
}
