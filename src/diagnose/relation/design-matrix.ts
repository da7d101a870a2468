import { knotsOf, outputTerms, termsOf } from './basis-terms.ts';
import type { Terms } from './basis-terms.ts';
import { meanAndDeviation } from '../pooled.ts';
import type { RowSamples } from '../samples/row-samples.ts';

export const MAX_COLUMNS = 250;
/** Pairwise products of ten numbers. */
export const MAX_PRODUCT_COLUMNS = 45;
/** Row × column² products a bent basis may cost; beyond, more rows are worth more than more bends. */
const MAX_BENT_WORK = 1e9;

/**
 * From rich to poor: knots per numeric feature; numeric features whose pairwise products enter; those whose products
 * may also bend at zero (an effect of one that only some values of the other have); rows each column needs.
 */
const BASES: readonly Basis[] = [
  { knots: 4, products: 10, bent: 6, rowsPerColumn: 40 },
  { knots: 4, products: 10, bent: 0, rowsPerColumn: 15 },
  { knots: 4, products: 6, bent: 0, rowsPerColumn: 15 },
  { knots: 2, products: 6, bent: 0, rowsPerColumn: 15 },
  { knots: 2, products: 0, bent: 0, rowsPerColumn: 15 },
  { knots: 1, products: 0, bent: 0, rowsPerColumn: 15 },
];
const PLAIN: Basis = { knots: 0, products: 0, bent: 0, rowsPerColumn: 15 };

interface Basis {
  readonly knots: number;
  readonly products: number;
  readonly bent: number;
  readonly rowsPerColumn: number;
}

/** `lean` for questions asked many times over, where a tenth of the cost matters more than the last bend. */
export type Richness = 'full' | 'lean';
const LEAN_FROM = 3;

/** Rows of both samples, reference first, as a row-major matrix whose first column is 1. */
export interface Design {
  readonly rows: number;
  readonly referenceRows: number;
  readonly columns: number;
  readonly x: Float64Array;
}

/**
 * The null model's matrix s(X): per numeric feature a piecewise-linear basis with knots at quintiles, dummies per
 * level, pairwise products of up to ten numeric features, and the model's own output (logit of the score,
 * in regression the prediction), also piecewise linear. Missing numbers sit at the median with a dummy of their
 * own. Values beyond the 0.5 % and 99.5 % points are drawn in, so that one outlier cannot steer the fit.
 * With few rows the basis is coarser: never more than one column per fifteen rows, nor more than 250; with many,
 * the products of the six numbers that matter most may bend.
 */
export function designMatrix(samples: RowSamples, response: Float64Array, richness: Richness): Design {
  const rows = samples.rows.reference + samples.rows.current;
  const features = samples.features.map((pair) => termsOf(pair));
  const terms = [...features, ...outputTerms(samples)];
  const numeric = features.flatMap((term) => (term.numeric === null ? [] : [term.numeric]));
  const bases = richness === 'full' ? BASES : BASES.slice(LEAN_FROM);
  const basis = bases.find((candidate) => fits(candidate, terms, numeric.length, rows)) ?? PLAIN;
  const chosen = (count: number): Float64Array[] =>
    strongest(numeric.map(known), response, count).map(({ values }) => values);
  const columns = [
    ...terms.flatMap((term) => [...term.main.map(known), ...hinges(term, basis.knots)]),
    ...productColumns(chosen(basis.products)),
    ...bentColumns(chosen(basis.bent)),
  ];
  return matrixOf(strongest(columns, response, columnLimit(basis, rows)), rows, samples.rows.reference);
}

/** A column of the matrix, into an array: there are hundreds of 100 kB, most of which would be made only to be copied. */
interface Source {
  readonly fill: (column: Float64Array) => void;
}

interface Known extends Source {
  readonly values: Float64Array;
}

const known = (values: Float64Array): Known => ({ values, fill: (column) => column.set(values) });

function columnLimit(basis: Basis, rows: number): number {
  return Math.max(1, Math.min(MAX_COLUMNS, Math.floor(rows / basis.rowsPerColumn)) - 1);
}

/** Counts before building: among many features the richer bases would be made only to be thrown away. */
function fits(basis: Basis, terms: readonly Terms[], numeric: number, rows: number): boolean {
  const pairs = (of: number): number => (Math.min(of, numeric) * (Math.min(of, numeric) - 1)) / 2;
  const own = terms.reduce((sum, term) => sum + term.main.length + knotsOf(term, basis.knots).length, 0);
  const columns = own + pairs(basis.products) + 3 * pairs(basis.bent);
  if (columns > columnLimit(basis, rows)) return false;
  return basis.bent === 0 || rows * columns ** 2 <= MAX_BENT_WORK;
}

/** max(0, z − knot) at each affordable knot. */
function hinges(terms: Terms, count: number): Source[] {
  const { numeric } = terms;
  if (numeric === null) return [];
  return knotsOf(terms, count).map((knot) => ({
    fill: (column) => {
      for (let row = 0; row < column.length; row++) column[row] = Math.max(0, numeric[row]! - knot);
    },
  }));
}

function productColumns(chosen: readonly Float64Array[]): Source[] {
  return pairsOf(chosen).map(([a, b]) => productOf(a, b));
}

/** Products of positive parts, and of one positive part with the other number. */
function bentColumns(chosen: readonly Float64Array[]): Source[] {
  const columns = chosen.map((values) => ({ values, above: values.map((value) => Math.max(0, value)) }));
  return pairsOf(columns).flatMap(([a, b]) => [
    productOf(a.above, b.values),
    productOf(a.values, b.above),
    productOf(a.above, b.above),
  ]);
}

function productOf(a: Float64Array, b: Float64Array): Source {
  return {
    fill: (column) => {
      for (let row = 0; row < column.length; row++) column[row] = a[row]! * b[row]!;
    },
  };
}

function pairsOf<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((a, i) => items.slice(i + 1).map((b): [T, T] => [a, b]));
}

/** The columns that go with the response most, in their own order. */
function strongest<T extends Source>(columns: readonly T[], response: Float64Array, limit: number): T[] {
  if (columns.length <= limit) return [...columns];
  const values = new Float64Array(response.length);
  const strengthOf = strengthBeside(response);
  const strength = columns.map(({ fill }) => {
    fill(values);
    return strengthOf(values);
  });
  const kept = new Set(
    [...columns.keys()].sort((a, b) => strength[b]! - strength[a]! || a - b).slice(0, limit),
  );
  return columns.filter((_, i) => kept.has(i));
}

/** How closely values go with the response, whichever way. */
function strengthBeside(response: Float64Array): (values: Float64Array) => number {
  const mb = meanAndDeviation(response);
  return (values) => {
    const ma = meanAndDeviation(values);
    if (!(ma.deviation > 0 && mb.deviation > 0)) return 0;
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += (values[i]! - ma.mean) * (response[i]! - mb.mean);
    return Math.abs(sum / (values.length * ma.deviation * mb.deviation));
  };
}

/** With room for a last column. */
function matrixOf(columns: readonly Source[], rows: number, referenceRows: number): Design {
  const width = columns.length + 1;
  const x = new Float64Array(rows * (width + 1)).subarray(0, rows * width);
  for (let row = 0; row < rows; row++) x[row * width] = 1;
  const column = new Float64Array(rows);
  for (const [j, { fill }] of columns.entries()) {
    fill(column);
    for (let row = 0, to = j + 1; row < rows; row++, to += width) x[to] = column[row]!;
  }
  return { rows, referenceRows, columns: width, x };
}

/** The matrix with a last column that is 1 in current rows. It takes the place of the one given, which is of no use any more. */
export function withCurrentColumn({ rows, columns, referenceRows, x: old }: Design): Design {
  const width = columns + 1;
  const x = new Float64Array(old.buffer, old.byteOffset, rows * width);
  for (let row = rows - 1; row >= 0; row--) {
    x.copyWithin(row * width, row * columns, (row + 1) * columns);
    x[row * width + columns] = row < referenceRows ? 0 : 1;
  }
  return { rows, referenceRows, columns: width, x };
}
