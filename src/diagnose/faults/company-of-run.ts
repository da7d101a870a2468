import { marginalTest } from '../marginal-test.ts';
import { correlationOfKnown } from '../relation/algebra/least-squares.ts';
import { asLevels, selectCells, sortedPresent } from '../samples/row-samples.ts';
import type { ColumnCells, NumericCells } from '../samples/row-samples.ts';
import { SAME_P } from '../thresholds.ts';
import { valuesOfVisits } from './rows/values-of-visits.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

/** Reference rows that hold the value; of fewer nobody knows the company. */
const MIN_ROWS = 50;
/** Rows that are held against the others of their window. */
const MIN_FEW = 20;
const REFUTED = 1e-6;
const MOST_ONE_VALUE = 0.9;

/** So far apart are not what one day's rows have in common and another's: many of a value may be of one day, where nobody knows the order. */
const FAR_APART = 0.3;

/**
 * A column that stayed what it was though the rows are said to be those of one value: had they been chosen by it, they would be
 * what its rows were in the reference (marginal test p < 1e-6 over the columns, a distance of 0.3 at least), and they are what all rows were (p > 1e-3). Null
 * where no column says so. O(columns · rows log rows).
 *
 * @param isValue whether a cell of the reference holds the value
 */
export function strangeCompany(
  pair: ColumnCells,
  isValue: (cell: number) => boolean,
  columns: readonly ColumnCells[],
): string | null {
  return witnessOf(pair, isValue, columns, (other, rows, limit) => {
    const chosen = marginalTest(chosenFrom(other, rows));
    return chosen.p < limit && chosen.distance >= FAR_APART && marginalTest(other).p > SAME_P;
  });
}

/**
 * The other way round: a column that in these rows of the window is what the value's rows were (p > 1e-3), and not what all rows
 * were (p < 1e-6 over the columns), nor the rest of the window, of fifty rows and more, while it goes on varying, and that goes with the value in the reference (p < 1e-3). Such rows came, and nothing is stuck. Null where no column says so.
 *
 * @param mayStandStill whether it may be one value in them: rows among others are no stretch in which everything stands still
 */
export function keptCompany(
  pair: ColumnCells,
  isValue: (cell: number) => boolean,
  columns: readonly ColumnCells[],
  currentRows: Int32Array,
  { mayStandStill = false }: { readonly mayStandStill?: boolean } = {},
): string | null {
  const rest = restOf(pair, currentRows);
  return witnessOf(pair, isValue, columns, (other, rows, limit) => {
    if (!mayStandStill && isNearlyOneValue(other, currentRows)) return false;
    const now = inRows(other, currentRows);
    // What all of the window is, is no sign of these rows: a season moves everything.
    const isOfThese = rest.length < MIN_ROWS || marginalTest(besideRest(other, rest, currentRows)).p < limit;
    const isKnown = presentIn(other, rows) >= MIN_ROWS;
    const isLike = marginalTest(now).p < limit && marginalTest(chosenFrom(now, rows)).p > SAME_P;
    return isOfThese && isKnown && isLike && goesWithValue(other, rows);
  });
}

/** Whether the reference's rows with the value differ from all of them (p < 1e-3): of what does not, nobody can say that it went with it. */
function goesWithValue(other: ColumnCells, rows: Int32Array): boolean {
  const before =
    other.kind === 'numeric'
      ? { ...other, current: selectCells(other.reference, rows) }
      : { ...other, current: selectCells(other.reference, rows) };
  return marginalTest(before).p < SAME_P;
}

function presentIn({ reference }: ColumnCells, rows: Int32Array): number {
  return rows.reduce((sum, row) => {
    const cell = reference[row]!;
    const isMissing = reference instanceof Int32Array ? cell < 0 : Number.isNaN(cell);
    return isMissing ? sum : sum + 1;
  }, 0);
}

function restOf(pair: ColumnCells, rows: Int32Array): Int32Array {
  const inside = new Set(rows);
  return Int32Array.from(pair.current.keys()).filter((row) => !inside.has(row));
}

/** The rest of the window in the place of the reference. */
function besideRest(other: ColumnCells, rest: Int32Array, rows: Int32Array): ColumnCells {
  return other.kind === 'numeric'
    ? { ...other, reference: selectCells(other.current, rest), current: selectCells(other.current, rows) }
    : { ...other, reference: selectCells(other.current, rest), current: selectCells(other.current, rows) };
}

/**
 * A number that goes with the value (p < 1e-6 in the reference) and is another in these rows than in the rest of the window (the same), to
 * the same side: who does not know the order of the reference cannot know that such rows do not come together. Null: there is none.
 */
export function movedWithRun(
  pair: ColumnCells,
  isValue: (cell: number) => boolean,
  columns: readonly ColumnCells[],
  currentRows: Int32Array,
): string | null {
  const rest = restOf(pair, currentRows);
  if (rest.length < MIN_ROWS) return null;
  return witnessOf(pair, isValue, columns, (other, rows, limit) => {
    if (other.kind !== 'numeric') return false;
    const before = { ...other, current: selectCells(other.reference, rows) };
    const within = besideRest(other, rest, currentRows) as NumericCells;
    const isOneWay = sideOf(before) === sideOf(within);
    return isOneWay && marginalTest(before).p < limit && marginalTest(within).p < limit;
  });
}

/** Whether these rows of the window are in every other column what its other rows are (p > 1e-3 over the columns). False where either are few (20, 50). */
export function areAsOthers(
  pair: ColumnCells,
  currentRows: Int32Array,
  columns: readonly ColumnCells[],
): boolean {
  const rest = restOf(pair, currentRows);
  if (currentRows.length < MIN_FEW || rest.length < MIN_ROWS) return false;
  const limit = SAME_P / columns.length;
  return columns.every((other) => {
    if (other.name === pair.name) return true;
    return marginalTest(besideRest(other, rest, currentRows)).p > limit;
  });
}

/** In the reference, for a column to be taken to drive another. */
const DRIVES = 0.5;
/** Of the reference's rows, those next to a value. */
const NEXT_SHARE = 0.02;
/**
 * A number that goes with the column (|r| ≥ 0.5) and is what it always was (p > 1e-3), and not what the reference's rows of such values had (the
 * fiftieth of them that lie next to it, p < 1e-6 over the columns). Null: there is none.
 */
export function companionAsEver(
  pair: ColumnCells,
  value: number,
  columns: readonly ColumnCells[],
): string | null {
  if (pair.kind !== 'numeric' || Number.isNaN(value)) return null;
  const next = rowsNextTo(value, pair.reference);
  const limit = REFUTED / columns.length;
  const goesWith = (other: ColumnCells): boolean =>
    other.kind === 'numeric' &&
    other.name !== pair.name &&
    Math.abs(correlationOfKnown(pair.reference, other.reference)) >= DRIVES;
  const goesOn = (other: ColumnCells): boolean =>
    marginalTest(other).p > SAME_P && marginalTest(chosenFrom(other, next)).p < limit;
  return columns.find((other) => goesWith(other) && goesOn(other))?.name ?? null;
}

function rowsNextTo(value: number, cells: Float64Array): Int32Array {
  const away = cells.map((cell) => Math.abs(cell - value));
  const known = sortedPresent(away);
  const reach = known[Math.min(known.length - 1, Math.max(MIN_ROWS, Math.floor(NEXT_SHARE * known.length)))]!;
  return Int32Array.from(cells.keys()).filter((row) => away[row]! <= reach);
}

/** How closely a number must go with another to say where its rows lie. */
const FOLLOWS = 0.8;
/**
 * A number that goes with the column (|r| ≥ 0.8) and in these rows is not what the reference's rows at the value or next to it had (p < 1e-6 over the
 * columns, a distance of 0.3 at least): gusts that rise and fall while the wind is said to stand. Null: there is none.
 */
export function strayedFrom(
  pair: ColumnCells,
  value: number,
  columns: readonly ColumnCells[],
  currentRows: Int32Array,
): string | null {
  if (pair.kind !== 'numeric' || Number.isNaN(value)) return null;
  const next = rowsNextTo(value, pair.reference);
  const limit = REFUTED / columns.length;
  const strays = (other: ColumnCells): boolean => {
    if (other.kind !== 'numeric' || other.name === pair.name) return false;
    if (Math.abs(correlationOfKnown(pair.reference, other.reference)) < FOLLOWS) return false;
    const { p, distance } = marginalTest(chosenFrom(inRows(other, currentRows), next));
    return p < limit && distance >= FAR_APART;
  };
  return columns.find(strays)?.name ?? null;
}

/** Of the reference's rows at the value hardly any has so much of the other, and a third of those at it now. */
const HARDLY_ANY = 0.05;
const A_THIRD = 1 / 3;
/** What the reference's rows with so much of the other are: beyond the value. */
const MOSTLY = 0.8;
const MIN_BEYOND = 30;

/**
 * A number that goes with the column (|r| ≥ 0.8) and says of a third of the rows at its end that they lie beyond: they have more of it than one in
 * twenty of the reference's rows at that value, as the reference's rows beyond it had. Null: there is none.
 */
function beyondByCompany(
  pair: ColumnCells,
  { value, side }: { readonly value: number; readonly side: 'below' | 'above' },
  columns: readonly ColumnCells[],
): string | null {
  if (pair.kind !== 'numeric') return null;
  const atEnd = Int32Array.from(pair.current.keys()).filter((row) => pair.current[row] === value);
  const next = rowsNextTo(value, pair.reference);
  for (const other of columns) {
    if (other.kind !== 'numeric' || other.name === pair.name) continue;
    const r = correlationOfKnown(pair.reference, other.reference);
    if (Math.abs(r) < FOLLOWS) continue;
    const isMore = Math.sign(r) > 0 === (side === 'above');
    const ordinary = sortedPresent(selectCells(other.reference, next));
    const limit = ordinary[Math.floor((isMore ? 1 - HARDLY_ANY : HARDLY_ANY) * (ordinary.length - 1))]!;
    const isFar = (cell: number): boolean => (isMore ? cell > limit : cell < limit);
    const far = Int32Array.from(pair.reference.keys()).filter((row) => isFar(other.reference[row]!));
    const beyond = far.filter((row) =>
      side === 'above' ? pair.reference[row]! > value : pair.reference[row]! < value,
    );
    const now = atEnd.filter((row) => isFar(other.current[row]!)).length;
    const isKnown = far.length >= MIN_BEYOND && beyond.length >= MOSTLY * far.length;
    if (isKnown && now >= Math.max(MIN_BEYOND, A_THIRD * atEnd.length)) return other.name;
  }
  return null;
}

/** Of the rows with a value, those of one level, and by how much more often than among all. */
const HALF = 0.5;
const OFTENER = 3;

/**
 * Whether half of the rows with a value are of one level of a category, or of one number, that is a third as common among all, or less: a field, a lot, a client, one patient and her
 * weight. A number at its own end may have been cut off as well.
 */
function areOfOneKind(pair: ColumnCells, value: number, columns: readonly ColumnCells[]): boolean {
  const rows = Int32Array.from(pair.current.keys()).filter((row) => pair.current[row] === value);
  return columns.some((other) => {
    if (other.name === pair.name) return false;
    const own = timesOf(other, rows);
    const all = timesOf(other, other.current.keys());
    const isEnd = other.kind === 'numeric' ? endsOf(all) : () => false;
    return own.entries().some(([cell, count]) => {
      const isCommon = count >= HALF * rows.length && !isEnd(cell);
      return isCommon && count / rows.length >= (OFTENER * all.get(cell)!) / other.current.length;
    });
  });
}

/** How often each value or level comes that is not missing. */
function timesOf({ kind, current }: ColumnCells, rows: Iterable<number>): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  for (const row of rows) {
    const cell = current[row]!;
    if (kind === 'numeric' ? !Number.isNaN(cell) : cell >= 0) times.set(cell, (times.get(cell) ?? 0) + 1);
  }
  return times;
}

function endsOf(times: ReadonlyMap<number, number>): (value: number) => boolean {
  const [low, high] = [Math.min(...times.keys()), Math.max(...times.keys())];
  return (value) => value === low || value === high;
}

/** Of the rows that lay beyond, nearly all. */
const NEARLY_ALL = 0.9;
/** Of another level's share so much is hardly any. */
const HARDLY_COMES = 0.25;
/** Of numbers with more values none is a kind of row. */
const MOST_KINDS = 20;

/** What other columns say of the rows at an end of this one, or beyond it. */
export interface CompanyOfEnd {
  /** Names a column by which rows at the end lie beyond it. */
  readonly beyondBy: (value: number, side: 'below' | 'above') => string | null;
  /** Whether rows with a value are mostly of one level of another column. */
  readonly areOfOneKind: (value: number) => boolean;
  /** Whether those that lay beyond were of levels that hardly come any more. */
  readonly wereOfOneKind: (value: number, side: 'below' | 'above') => boolean;
  /** One value of each visit, where rows come in such. */
  readonly ofVisits: () => Float64Array | null;
}

export function companyOfEnd(pair: ColumnCells, columns: readonly ColumnCells[]): CompanyOfEnd {
  return {
    beyondBy: (value, side) => beyondByCompany(pair, { value, side }, columns),
    areOfOneKind: (value) => areOfOneKind(pair, value, columns),
    ofVisits: () => valuesOfVisits(pair, columns),
    wereOfOneKind: (value, side) =>
      pair.kind === 'numeric' &&
      wereOfOneKind(pair, (other) => (side === 'above' ? other > value : other < value), columns),
  };
}

/** Nothing was cut off where the rig with the small bit drills no more. */
function wereOfOneKind(
  pair: NumericCells,
  isBeyond: (value: number) => boolean,
  columns: readonly ColumnCells[],
): boolean {
  const rows = Int32Array.from(pair.reference.keys()).filter((row) => isBeyond(pair.reference[row]!));
  return columns.some((other) => {
    if (other.name === pair.name) return false;
    const kinds = other.kind === 'levels' ? other : asLevels(other, MOST_KINDS);
    if (kinds === null) return false;
    const counts = levelCounts(selectCells(kinds.reference, rows), kinds.levels.length);
    const [before, now] = [kinds.reference, kinds.current].map((codes) =>
      levelCounts(codes, kinds.levels.length).map((count) => count / codes.length),
    ) as [Float64Array, Float64Array];
    const goneOf = (shares: Float64Array): number =>
      shares.reduce(
        (sum, share, code) => (now[code]! <= HARDLY_COMES * before[code]! ? sum + share : sum),
        0,
      );
    // A day's casts are a few of all: those of the other days are of no kind.
    return rows.length > 0 && goneOf(counts) >= NEARLY_ALL * rows.length && goneOf(before) <= HALF;
  });
}

/** Beyond this part of the reference, in most of the rows. */
const FAR_END = 0.9;

/**
 * A number that goes with the column (|r| ≥ 0.5) and lies beyond nine tenths of the reference in most of these rows, on the side on which
 * the column comes to the end at which it stays: a valve that warm days close. Null where the value is no end of the column, or none does.
 */
export function drivenToItsEnd(
  pair: ColumnCells,
  isValue: (cell: number) => boolean,
  columns: readonly ColumnCells[],
  currentRows: Int32Array,
): string | null {
  if (pair.kind !== 'numeric') return null;
  const sorted = sortedPresent(pair.reference);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || isValue(low) === isValue(high)) return null;
  const end = isValue(high) ? 1 : -1;
  for (const other of columns) {
    if (other.kind !== 'numeric' || other.name === pair.name) continue;
    const r = correlationOfKnown(pair.reference, other.reference);
    if (Math.abs(r) < DRIVES) continue;
    const known = sortedPresent(other.reference);
    const now = sortedPresent(selectCells(other.current, currentRows));
    const middle = now[now.length >> 1];
    const at = (share: number): number => known[Math.floor(share * (known.length - 1))]!;
    const isBeyond =
      Math.sign(r) * end > 0 ? (middle ?? low) > at(FAR_END) : (middle ?? high) < at(1 - FAR_END);
    if (middle !== undefined && isBeyond) return other.name;
  }
  return null;
}

/** The first other column that says so of the reference's rows with the value; of fewer than fifty nobody knows the company. */
function witnessOf(
  pair: ColumnCells,
  isValue: (cell: number) => boolean,
  columns: readonly ColumnCells[],
  saysSo: (other: ColumnCells, rows: Int32Array, limit: number) => boolean,
): string | null {
  const rows = Int32Array.from(pair.reference.keys()).filter((row) => isValue(pair.reference[row]!));
  if (rows.length < MIN_ROWS) return null;
  const limit = REFUTED / columns.length;
  return columns.find((other) => other.name !== pair.name && saysSo(other, rows, limit))?.name ?? null;
}

function sideOf({ reference, current }: NumericCells): number {
  return Math.sign(meanOf(current) - meanOf(reference));
}

function meanOf(values: Float64Array): number {
  const present = sortedPresent(values);
  return present.reduce((sum, value) => sum + value, 0) / present.length;
}

function chosenFrom(other: ColumnCells, rows: Int32Array): ColumnCells {
  return other.kind === 'numeric'
    ? { ...other, reference: selectCells(other.reference, rows) }
    : { ...other, reference: selectCells(other.reference, rows) };
}

function inRows(other: ColumnCells, rows: Int32Array): ColumnCells {
  return other.kind === 'numeric'
    ? { ...other, current: selectCells(other.current, rows) }
    : { ...other, current: selectCells(other.current, rows) };
}

/** What is stuck as well is no witness. */
export function isNearlyOneValue({ current }: ColumnCells, rows: Int32Array): boolean {
  return mostCommonShare(selectCells<Float64Array | Int32Array>(current, rows)) > MOST_ONE_VALUE;
}

/** Of the cells, missing ones among them, those that hold what most do. */
export function mostCommonShare(cells: Float64Array | Int32Array): number {
  const counts = new Map<number, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return Math.max(0, ...counts.values()) / Math.max(1, cells.length);
}
