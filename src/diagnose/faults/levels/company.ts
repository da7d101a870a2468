import { countPresent, plainSum } from '../../../stats/present-values.ts';
import { keptWith } from '../../../core/memory/remember.ts';
import { LevelCompany } from '../../../stats/company/level-company.ts';
import { crossProducts, levelSpace } from '../../../stats/company/level-space.ts';
import type { AxisRows } from '../../../stats/company/level-space.ts';
import { referenceScores } from '../../../stats/company/reference-scores.ts';
import { drawOfAll } from '../../samples/picks.ts';
import { rowsOfLevel, selectCells, sketch } from '../../samples/row-samples.ts';
import type { ColumnCells, LevelPair, NumericCells } from '../../samples/row-samples.ts';
import { levelCounts } from '../../../core/columns/level-counts.ts';

/** One number a row on either side. */
interface Axis {
  readonly of: string;
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

/** Rows of the reference that are looked at. */
const MAX_ROWS = 6_000;
/** Of a category so many levels, those that hold at least this share. */
const MAX_INDICATORS = 6;
const MIN_INDICATOR_SHARE = 0.03;
/** A column that moved as far, or of which so much is missing or new, is no company to know anybody by. */
const MAX_MOVED = 1;
const MAX_LOST = 0.3;
/** Of more columns the first by name: telling levels apart takes a few. */
const MAX_AXES = 128;

/** The company of a column's levels: what the other columns look like in rows of each. Null where they say nothing. One may be left out. */
export type CompanyOf = (pair: LevelPair, without?: string) => LevelCompany | null;

/** @param columns clean ones; a column is never its own company */
export function companyAmong(columns: readonly ColumnCells[]): CompanyOf {
  let all: Companions | null = null;
  const known = new Map<string, LevelCompany | null>();
  return (pair, without) => {
    const key = JSON.stringify([pair.name, without]);
    const before = known.get(key);
    if (before !== undefined) return before;
    all ??= companions(columns);
    const { names, reference, current, products } = all;
    const allowed = [...names.keys()].filter((axis) => names[axis] !== pair.name && names[axis] !== without);
    const codes = selectCells(pair.reference, all.rows);
    const space = levelSpace(reference, products, { codes, levels: pair.levels.length }, allowed);
    const company = space && new LevelCompany(space, current, pair.current, { rows: reference, codes });
    known.set(key, company);
    return company;
  };
}

interface Companions {
  /** Column of each axis. */
  readonly names: readonly string[];
  /** Of the reference. */
  readonly rows: Int32Array;
  readonly reference: AxisRows;
  readonly current: AxisRows;
  readonly products: Float64Array;
}

function companions(columns: readonly ColumnCells[]): Companions {
  const rows = drawnRows(columns[0]?.reference.length ?? 0);
  const axes = columns.flatMap((pair) => (pair.kind === 'numeric' ? (scored(pair) ?? []) : indicators(pair)));
  const some = axes.slice(0, MAX_AXES);
  const reference = rowByRow(some.map((axis) => axis.reference));
  const current = rowByRow(some.map((axis) => axis.current));
  return { names: some.map(({ of }) => of), rows, reference, current, products: crossProducts(reference) };
}

function rowByRow(axes: readonly Float64Array[]): AxisRows {
  const rows = axes[0]?.length ?? 0;
  const values = new Float64Array(rows * axes.length);
  for (const [k, axis] of axes.entries()) {
    for (let row = 0, at = k; row < rows; row++, at += axes.length) values[at] = axis[row]!;
  }
  return { axes: axes.length, values };
}

/** Of a reference of so many rows those that companies know, in the order in which `LevelCompany` has them. */
export function drawnRows(rows: number): Int32Array {
  return drawOfAll(rows, MAX_ROWS);
}

/** Null where it says nothing, or moved too far. */
function scored({ name, reference, current }: NumericCells): Axis | null {
  const known = scoredReference(reference);
  if (known === null || shareMissing(current) > MAX_LOST) return null;
  return standardised(name, known.axis, referenceScores(known.sorted, current));
}

interface ScoredReference {
  readonly sorted: Float64Array;
  readonly axis: Standard;
}

/** Of a reference the same for every window: 80 kB a column. */
const scoredReference = keptWith((values: Float64Array): ScoredReference | null => {
  const some = selectCells(values, drawnRows(values.length));
  if (shareMissing(some) > MAX_LOST) return null;
  const sorted = sketch(some);
  const axis = sorted.length === 0 ? null : standardOf(referenceScores(sorted, some));
  return axis && { sorted, axis };
});

function indicators(pair: LevelPair): Axis[] {
  const reference = selectCells(pair.reference, drawnRows(pair.reference.length));
  const before = levelCounts(reference, pair.levels.length);
  const isLost = (code: number): boolean => code < 0 || before[code] === 0;
  if (Math.max(shareOf(reference, isLost), shareOf(pair.current, isLost)) > MAX_LOST) return [];
  const common = [...before.keys()]
    .filter((code) => before[code]! >= MIN_INDICATOR_SHARE * reference.length)
    .sort((a, b) => before[b]! - before[a]!);
  // The commonest follows from the others.
  return common.slice(1, 1 + MAX_INDICATORS).flatMap((level) => {
    const axis = standardOf(rowsOfLevel(reference, level));
    return (axis && standardised(pair.name, axis, rowsOfLevel(pair.current, level))) ?? [];
  });
}

/** Values of the reference less their mean, over their standard deviation. */
interface Standard {
  readonly mean: number;
  readonly sd: number;
  readonly reference: Float64Array;
}

function standardOf(values: Float64Array): Standard | null {
  const mean = average(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  const sd = Math.sqrt(squares / values.length);
  return sd > 0 ? { mean, sd, reference: scaledBy(values, mean, sd) } : null;
}

function standardised(of: string, { mean, sd, reference }: Standard, current: Float64Array): Axis | null {
  if (Math.abs(average(current) - mean) > MAX_MOVED * sd) return null;
  return { of, reference, current: scaledBy(current, mean, sd) };
}

function scaledBy(values: Float64Array, mean: number, sd: number): Float64Array {
  const scaled = new Float64Array(values.length);
  for (let i = 0; i < scaled.length; i++) scaled[i] = (values[i]! - mean) / sd;
  return scaled;
}

function average(values: Float64Array): number {
  return plainSum(values) / Math.max(1, values.length);
}

function shareMissing(values: Float64Array): number {
  return (values.length - countPresent(values)) / Math.max(1, values.length);
}

function shareOf(codes: Int32Array, is: (code: number) => boolean): number {
  let count = 0;
  for (let row = 0; row < codes.length; row++) if (is(codes[row]!)) count += 1;
  return count / Math.max(1, codes.length);
}
