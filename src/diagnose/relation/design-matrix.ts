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
  const built = [
    ...terms.flatMap((term) => [...term.main, ...hinges(term, basis.knots)]),
    ...productColumns(strongest(numeric, response, basis.products)),
    ...bentColumns(strongest(numeric, response, basis.bent)),
  ];
  const columns = strongest(built, response, columnLimit(basis, rows));
  return interleave(columns, rows, samples.rows.reference);
}

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
function hinges(terms: Terms, count: number): Float64Array[] {
  const { numeric } = terms;
  if (numeric === null) return [];
  return knotsOf(terms, count).map((knot) => numeric.map((value) => Math.max(0, value - knot)));
}

function productColumns(chosen: readonly Float64Array[]): Float64Array[] {
  const products: Float64Array[] = [];
  for (let i = 0; i < chosen.length; i++) {
    for (let j = i + 1; j < chosen.length; j++) {
      const other = chosen[j]!;
      products.push(chosen[i]!.map((value, row) => value * other[row]!));
    }
  }
  return products;
}

/** Products of positive parts, and of one positive part with the other number. */
function bentColumns(chosen: readonly Float64Array[]): Float64Array[] {
  const columns: Float64Array[] = [];
  const above = (value: number): number => Math.max(0, value);
  for (let i = 0; i < chosen.length; i++) {
    for (let j = i + 1; j < chosen.length; j++) {
      const a = chosen[i]!;
      const b = chosen[j]!;
      columns.push(
        a.map((value, row) => above(value) * b[row]!),
        a.map((value, row) => value * above(b[row]!)),
        a.map((value, row) => above(value) * above(b[row]!)),
      );
    }
  }
  return columns;
}

/** The columns that go with the response most, in their own order. */
function strongest(columns: readonly Float64Array[], response: Float64Array, limit: number): Float64Array[] {
  if (columns.length <= limit) return [...columns];
  const strength = columns.map((column) => Math.abs(correlation(column, response)));
  const kept = new Set(
    [...columns.keys()].sort((a, b) => strength[b]! - strength[a]! || a - b).slice(0, limit),
  );
  return columns.filter((_, i) => kept.has(i));
}

function correlation(a: Float64Array, b: Float64Array): number {
  const ma = meanAndDeviation(a);
  const mb = meanAndDeviation(b);
  if (!(ma.deviation > 0 && mb.deviation > 0)) return 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - ma.mean) * (b[i]! - mb.mean);
  return sum / (a.length * ma.deviation * mb.deviation);
}

function interleave(columns: readonly Float64Array[], rows: number, referenceRows: number): Design {
  const width = columns.length + 1;
  const x = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const at = row * width;
    x[at] = 1;
    for (let j = 1; j < width; j++) x[at + j] = columns[j - 1]![row]!;
  }
  return { rows, referenceRows, columns: width, x };
}

/** The matrix with a last column that is 1 in current rows. */
export function withCurrentColumn(design: Design): Design {
  const { rows, columns, referenceRows } = design;
  const width = columns + 1;
  const x = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    x.set(design.x.subarray(row * columns, (row + 1) * columns), row * width);
    x[row * width + columns] = row < referenceRows ? 0 : 1;
  }
  return { rows, referenceRows, columns: width, x };
}
