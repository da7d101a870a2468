import { presentValues } from '../../stats/present-values.ts';
import { inNameOrder } from '../../core/table.ts';
import { keptWith } from '../../core/memory/remember.ts';
import type { SetAside } from '../../core/columns/feature-settings.ts';
import type { CategoricalColumn, Column, ColumnHabits, LearnedHabit, Table } from '../../core/table.ts';
import { withLearned } from '../../stats/habits/column-habits.ts';
import { sortDoubles } from '../../stats/table/radix-sort.ts';
import { calendarOf } from './calendar.ts';
import { allRows, drawOfAll } from './picks.ts';
import { MAX_SAMPLE_ROWS } from '../thresholds.ts';

/** One column of both samples. NaN is missing; infinities count as missing here. */
export interface NumericCells {
  readonly kind: 'numeric';
  readonly name: string;
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

/** One column of both samples, coded on the levels of either. −1 is missing. */
export interface LevelPair {
  readonly kind: 'levels';
  readonly name: string;
  readonly levels: readonly string[];
  readonly reference: Int32Array;
  readonly current: Int32Array;
}

export type ColumnCells = NumericCells | LevelPair;

/** Reference and current rows side by side, column by column. */
export interface RowSamples {
  readonly rows: { readonly reference: number; readonly current: number };
  readonly features: readonly ColumnCells[];
  /** Columns that are numbers on one side and text on the other. */
  readonly mismatched: readonly string[];
  readonly score: NumericCells | null;
  readonly prediction: ColumnCells | null;
  /** Null when the reference has none; all missing on the current side when only that has none. */
  readonly label: ColumnCells | null;
  /** Times of the rows, epoch milliseconds; NaN where there is none. */
  readonly referenceMs: Float64Array | null;
  readonly currentMs: Float64Array | null;
  /** What features do by themselves; empty where the reference has no times. */
  readonly habits: ReadonlyMap<string, ColumnHabits>;
  /** Features whose moving is no news: they explain labels as any does, and are not asked whether they moved. */
  readonly aside: ReadonlyMap<string, SetAside>;
}

/** Pairs the columns both tables have, on at most 20,000 rows each; identifiers are no features. */
export function pairSamples(
  reference: Table,
  current: Table,
  learned: ReadonlyMap<string, LearnedHabit> = new Map(),
  aside: ReadonlyMap<string, SetAside> = calendarAside(reference),
): RowSamples {
  const [referenceRows, currentRows] = [drawn(reference.rows), drawn(current.rows)];
  const pair = (a: Column | null, b: Column | null): ColumnCells | null =>
    a === null || b === null ? null : pairColumn(a, b);
  const currentByName = new Map(current.features.map((column) => [column.name, column]));
  const features: ColumnCells[] = [];
  const mismatched: string[] = [];
  for (const column of inNameOrder(reference.features)) {
    const other = currentByName.get(column.name);
    if (other === undefined || aside.get(column.name) === 'identifier') continue;
    const paired = pair(column, other);
    if (paired === null) mismatched.push(column.name);
    else features.push(paired);
  }
  const score = pair(reference.score, current.score);
  return {
    rows: { reference: referenceRows.length, current: currentRows.length },
    features,
    mismatched,
    score: score?.kind === 'numeric' ? score : null,
    prediction: pair(reference.prediction, current.prediction),
    label:
      reference.label && pair(reference.label, current.label ?? withoutValues(reference.label, current.rows)),
    referenceMs: reference.timestampMs && selectCells(reference.timestampMs, referenceRows),
    currentMs: current.timestampMs && selectCells(current.timestampMs, currentRows),
    habits: habitsOf(features, reference.habits, learned),
    aside,
  };
}

/** A column of the same kind in which every row is missing: labels that are not in yet. */
function withoutValues(column: Column, rows: number): Column {
  return column.kind === 'numeric'
    ? { ...column, values: new Float64Array(rows).fill(Number.NaN), invalid: 0 }
    : { ...column, codes: new Int32Array(rows).fill(-1), invalid: 0 };
}

function drawn(rows: number): Int32Array {
  return drawOfAll(rows, MAX_SAMPLE_ROWS);
}

function pairColumn(a: Column, b: Column): ColumnCells | null {
  const { name } = a;
  if (a.kind === 'numeric' && b.kind === 'numeric') {
    return { kind: 'numeric', name, reference: finiteSample(a.values), current: finiteSample(b.values) };
  }
  if (a.kind === 'numeric' || b.kind === 'numeric') return null;
  const reference = codedSample(a);
  const codeOf = new Map(reference.codeOf);
  const current = recode(b, codeOf);
  return { kind: 'levels', name, levels: [...codeOf.keys()], reference: reference.codes, current };
}

/** Of a reference the same arrays for every window: what is made of them is kept with them. */
const finiteSample = keptWith((values: Float64Array) => {
  const sample = selectCells(values, drawn(values.length));
  return hasNoInfinite(sample)
    ? sample
    : sample.map((value) => (Number.isFinite(value) ? value : Number.NaN));
});

function hasNoInfinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]!) === Infinity) return false;
  return true;
}

const codedSample = keptWith((column: CategoricalColumn) => {
  const codeOf = new Map<string, number>();
  return { codes: recode(column, codeOf), codeOf };
});

function recode({ codes, levels }: CategoricalColumn, codeOf: Map<string, number>): Int32Array {
  const rows = drawn(codes.length);
  const recoded = new Int32Array(rows.length);
  // A level is looked up by its name once, not in every row.
  const known = new Int32Array(levels.length).fill(-1);
  for (let i = 0; i < rows.length; i++) {
    const old = codes[rows[i]!]!;
    const level = levels[old];
    if (level !== undefined && known[old] === -1) {
      known[old] = codeOf.get(level) ?? codeOf.size;
      codeOf.set(level, known[old]);
    }
    recoded[i] = level === undefined ? -1 : known[old]!;
  }
  return recoded;
}

/** The rows of both samples whose label is known. */
export function labelledRows(samples: RowSamples): RowSamples {
  const { label } = samples;
  if (label === null) return selectRows(samples, new Int32Array(), new Int32Array());
  return selectRows(samples, presentRows(label.reference), presentRows(label.current));
}

export function presentRows(values: Float64Array | Int32Array): Int32Array {
  const rows = new Int32Array(values.length);
  let count = 0;
  const isCodes = values instanceof Int32Array;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (isCodes ? value >= 0 : !Number.isNaN(value)) rows[count++] = i;
  }
  return count === values.length ? allRows(count) : rows.slice(0, count);
}

export function selectRows(
  samples: RowSamples,
  referenceRows: Int32Array,
  currentRows: Int32Array,
): RowSamples {
  const select = <P extends ColumnCells>(pair: P): P => ({
    ...pair,
    reference: selectCells(pair.reference, referenceRows),
    current: selectCells(pair.current, currentRows),
  });
  return {
    rows: { reference: referenceRows.length, current: currentRows.length },
    features: samples.features.map(select),
    mismatched: samples.mismatched,
    score: samples.score && select(samples.score),
    prediction: samples.prediction && select(samples.prediction),
    label: samples.label && select(samples.label),
    referenceMs: samples.referenceMs && selectCells(samples.referenceMs, referenceRows),
    currentMs: samples.currentMs && selectCells(samples.currentMs, currentRows),
    habits: samples.habits,
    aside: samples.aside,
  };
}

/** Hours, weekdays, months: what follows from the time is no input that moves, and says when a row came. */
export function calendarIn({ features, aside }: RowSamples): ColumnCells[] {
  return features.filter(({ name }) => aside.get(name) === 'calendar');
}

/** The samples as a model would see them that was never given these columns. */
export function withoutColumns(
  samples: RowSamples,
  features: ReadonlySet<string>,
  options: { dropOutputs: boolean },
): RowSamples {
  return {
    ...samples,
    features: samples.features.filter((pair) => !features.has(pair.name)),
    score: options.dropOutputs ? null : samples.score,
    prediction: options.dropOutputs ? null : samples.prediction,
  };
}

/** The cells of these rows, in their order. */
export function selectCells<A extends Float64Array | Int32Array>(values: A, rows: Int32Array): A {
  // All of them in their order: what is kept with them stays so.
  if (rows.length === values.length && isAll(rows)) return values;
  const picked = values instanceof Float64Array ? new Float64Array(rows.length) : new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) picked[i] = values[rows[i]!]!;
  return picked as A;
}

function isAll(rows: Int32Array): boolean {
  return rows === allRows(rows.length) || rows.every((row, place) => row === place);
}

/** The present values of one side, ascending. */
export const sortedPresent = keptWith((values: Float64Array) => {
  const present = presentValues(values);
  return sortDoubles(present, new Float64Array(present.length));
});

const MAX_SKETCH = 5_000;

/** Some of the present values, ascending: enough to place cut points, for a fraction of the sorting. */
export const sketch = keptWith((values: Float64Array): Float64Array => {
  const step = Math.max(1, Math.ceil(values.length / MAX_SKETCH));
  if (step === 1) return sortedPresent(values);
  const between = new Float64Array(Math.ceil(values.length / step));
  for (let i = 0; i < between.length; i++) between[i] = values[i * step]!;
  const some = sortedPresent(between);
  // Rows present may all lie between the steps when nearly everything is missing.
  return some.length > 0 ? some : sortedPresent(values);
});

/** 1 in rows of that level, else 0. */
export function rowsOfLevel(codes: Int32Array, level: number): Float64Array {
  const rows = new Float64Array(codes.length);
  for (let row = 0; row < rows.length; row++) if (codes[row] === level) rows[row] = 1;
  return rows;
}

/** A numeric column with few distinct values, read as codes; null when it has too many. */
export function asLevels(pair: NumericCells, maxLevels: number): LevelPair | null {
  const codeOf = new Map<number, number>();
  const code = (values: Float64Array): Int32Array | null => {
    const codes = new Int32Array(values.length);
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) {
        codes[i] = -1;
        continue;
      }
      let known = codeOf.get(value);
      if (known === undefined) {
        known = codeOf.size;
        if (known === maxLevels) return null;
        codeOf.set(value, known);
      }
      codes[i] = known;
    }
    return codes;
  };
  const reference = code(pair.reference);
  const current = reference && code(pair.current);
  if (reference === null || current === null) return null;
  return { kind: 'levels', name: pair.name, levels: [...codeOf.keys()].map(String), reference, current };
}

/** Those that are asked whether they moved. */
export function movingFeatures({ features, aside }: RowSamples): ColumnCells[] {
  return aside.size === 0 ? [...features] : features.filter(({ name }) => !aside.has(name));
}

/** Those along which a relation may be said to have moved: nobody wants to hear of an ignored one. */
export function spokenFeatures({ features, aside }: RowSamples): ColumnCells[] {
  return features.filter(({ name }) => aside.get(name) !== 'ignored');
}

/** What follows from the row's own time, where nobody said what columns are. */
export function calendarAside(reference: Table | null): ReadonlyMap<string, SetAside> {
  return new Map([...calendarOf(reference).keys()].map((name) => [name, 'calendar']));
}

function habitsOf(
  features: readonly ColumnCells[],
  known: ReadonlyMap<string, ColumnHabits> | undefined,
  learned: ReadonlyMap<string, LearnedHabit>,
): ReadonlyMap<string, ColumnHabits> {
  return new Map(
    features.flatMap(({ name }): [string, ColumnHabits][] => {
      const habits = withLearned(known?.get(name), learned.get(name));
      return habits === undefined ? [] : [[name, habits]];
    }),
  );
}
