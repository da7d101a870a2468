import { quantile, quantileEdges } from './marginal-test.ts';
import { asLevels, levelCounts, sortedPresent } from './row-samples.ts';
import type { ColumnPair, LevelPair, NumericPair, RowSamples } from './row-samples.ts';

/** Numbers with up to this many distinct values get a column per value: nothing is smoother than exact. */
const SATURATED_LEVELS = 6;
const MAX_DUMMIES = 20;
const MIN_DUMMY_SHARE = 0.01;
const MIN_DUMMY_ROWS = 20;
const MIN_MISSING_SHARE = 0.005;
const WINSOR_SHARE = 0.005;
const MAX_COLUMNS = 250;
/** Row × column² products a bent basis may cost; beyond, more rows are worth more than more bends. */
const MAX_BENT_WORK = 1e9;

/**
 * From rich to poor: knots per numeric feature; numeric features whose pairwise products enter; those whose products
 * may also bend at zero (an effect of one that only some values of the other have); rows each column needs.
 */
const RICHNESS = [
  { knots: 4, products: 10, bent: 6, rowsPerColumn: 40 },
  { knots: 4, products: 10, bent: 0, rowsPerColumn: 15 },
  { knots: 4, products: 6, bent: 0, rowsPerColumn: 15 },
  { knots: 2, products: 6, bent: 0, rowsPerColumn: 15 },
  { knots: 2, products: 0, bent: 0, rowsPerColumn: 15 },
  { knots: 1, products: 0, bent: 0, rowsPerColumn: 15 },
  { knots: 0, products: 0, bent: 0, rowsPerColumn: 15 },
] as const;

/** Rows of both samples, reference first, as a row-major matrix whose first column is 1. */
export interface Design {
  readonly rows: number;
  readonly referenceRows: number;
  readonly columns: number;
  readonly x: Float64Array;
}

/** One source of columns: its linear part, its bends, its levels. */
interface Terms {
  readonly main: readonly Float64Array[];
  /** Hinges max(0, z − knot), in the order in which they are given up when columns are scarce: from the end. */
  readonly hinges: (knots: number) => Float64Array[];
  /** The standardised number itself, for products; null for levels. */
  readonly numeric: Float64Array | null;
}

/**
 * The null model's matrix s(X): per numeric feature a piecewise-linear basis with knots at quintiles, dummies per
 * level, pairwise products of up to ten numeric features, and the model's own output (logit of the score,
 * in regression the prediction), also piecewise linear. Missing numbers sit at the median with a dummy of their
 * own. Values beyond the 0.5 % and 99.5 % points are drawn in, so that one outlier cannot steer the fit.
 * With few rows the basis is coarser: never more than one column per fifteen rows, nor more than 250; with many,
 * the products of the six numbers that matter most may bend.
 */
export function designMatrix(samples: RowSamples, response: Float64Array): Design {
  const rows = samples.rows.reference + samples.rows.current;
  const features = samples.features.map((pair) => termsOf(pair));
  const terms = [...features, ...outputTerms(samples)];
  let columns: Float64Array[] = [];
  let limit = 0;
  for (const { knots, products, bent, rowsPerColumn } of RICHNESS) {
    limit = Math.max(1, Math.min(MAX_COLUMNS, Math.floor(rows / rowsPerColumn)) - 1);
    columns = [
      ...terms.flatMap((term) => [...term.main, ...term.hinges(knots)]),
      ...productColumns(features, products, response),
      ...bentColumns(features, bent, response),
    ];
    if (columns.length <= limit && (bent === 0 || rows * columns.length ** 2 <= MAX_BENT_WORK)) break;
  }
  if (columns.length > limit) columns = strongest(columns, response, limit);
  return interleave(columns, rows, samples.rows.reference);
}

function termsOf(pair: ColumnPair): Terms {
  if (pair.kind === 'levels') return levelTerms(pair);
  const few = asLevels(pair, SATURATED_LEVELS);
  const numeric = numericTerms(pooled(pair), quintiles);
  return few === null ? numeric : { ...levelTerms(few), numeric: numeric.numeric };
}

function outputTerms(samples: RowSamples): Terms[] {
  if (samples.score !== null) {
    const score = pooled(samples.score);
    const isProbability = score.every((value) => Number.isNaN(value) || (value >= 0 && value <= 1));
    return [numericTerms(isProbability ? score.map(logit) : score, quintiles)];
  }
  return samples.prediction === null ? [] : [termsOf(samples.prediction)];
}

function logit(probability: number): number {
  const clipped = Math.min(1 - 1e-4, Math.max(1e-4, probability));
  return Math.log(clipped / (1 - clipped));
}

const quintiles = (sorted: Float64Array): number[] => quantileEdges(sorted, 5);

function numericTerms(values: Float64Array, knotsOf: (sorted: Float64Array) => number[]): Terms {
  const sorted = sortedPresent(values);
  if (sorted.length === 0) return { main: [], hinges: () => [], numeric: null };
  const low = quantile(sorted, WINSOR_SHARE);
  const high = quantile(sorted, 1 - WINSOR_SHARE);
  const median = quantile(sorted, 0.5);
  const missing = Float64Array.from(values, (value) => (Number.isNaN(value) ? 1 : 0));
  const drawnIn = values.map((value) =>
    Number.isNaN(value) ? median : Math.min(high, Math.max(low, value)),
  );
  const { mean, deviation } = moments(drawnIn);
  if (!(deviation > 0)) return { main: [], hinges: () => [], numeric: null };
  const standardise = (value: number): number => (value - mean) / deviation;
  const z = drawnIn.map(standardise);
  const knots = knotsOf(sorted).map(standardise);
  const hasMissing =
    values.length - sorted.length >= Math.max(MIN_DUMMY_ROWS, MIN_MISSING_SHARE * values.length);
  return {
    main: hasMissing ? [z, missing] : [z],
    hinges: (count) => spread(knots, count).map((knot) => z.map((value) => Math.max(0, value - knot))),
    numeric: z,
  };
}

/** `count` of the items, evenly spread. */
function spread(items: readonly number[], count: number): number[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.floor(((i + 0.5) * items.length) / count)]!);
}

/** A dummy per level except the commonest; rare levels share the commonest one's column, which is none. */
function levelTerms(pair: LevelPair): Terms {
  const codes = pooledCodes(pair);
  const dummies = frequentLevels(codes, pair.levels.length)
    .slice(1, MAX_DUMMIES + 1)
    .map((level) => Float64Array.from(codes, (code) => (code === level ? 1 : 0)));
  const missing = Float64Array.from(codes, (code) => (code < 0 ? 1 : 0));
  const missingRows = missing.reduce((sum, value) => sum + value, 0);
  const hasMissing = missingRows >= Math.max(MIN_DUMMY_ROWS, MIN_MISSING_SHARE * codes.length);
  return { main: hasMissing ? [...dummies, missing] : dummies, hinges: () => [], numeric: null };
}

/** Levels with at least 1 % and 20 of the pooled rows, commonest first. */
export function frequentLevels(codes: Int32Array, levels: number): number[] {
  const counts = levelCounts(codes, levels);
  const atLeast = Math.max(MIN_DUMMY_ROWS, MIN_DUMMY_SHARE * codes.length);
  return [...counts.keys()]
    .filter((level) => counts[level]! >= atLeast)
    .sort((a, b) => counts[b]! - counts[a]! || a - b);
}

function productColumns(features: readonly Terms[], limit: number, response: Float64Array): Float64Array[] {
  const numeric = features.flatMap((term) => (term.numeric === null ? [] : [term.numeric]));
  const chosen = strongest(numeric, response, limit);
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
function bentColumns(features: readonly Terms[], limit: number, response: Float64Array): Float64Array[] {
  const numeric = features.flatMap((term) => (term.numeric === null ? [] : [term.numeric]));
  const chosen = strongest(numeric, response, limit);
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
  const ma = moments(a);
  const mb = moments(b);
  if (!(ma.deviation > 0 && mb.deviation > 0)) return 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - ma.mean) * (b[i]! - mb.mean);
  return sum / (a.length * ma.deviation * mb.deviation);
}

/** Mean and standard deviation (ddof 0) of values without NaN. */
export function moments(values: Float64Array): { mean: number; deviation: number } {
  if (values.length === 0) return { mean: 0, deviation: 0 };
  let mean = 0;
  for (let i = 0; i < values.length; i++) mean += values[i]! / values.length;
  let square = 0;
  for (let i = 0; i < values.length; i++) square += (values[i]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(square / values.length) };
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

/** Reference values, then current ones. */
export function pooled(pair: NumericPair): Float64Array {
  const values = new Float64Array(pair.reference.length + pair.current.length);
  values.set(pair.reference);
  values.set(pair.current, pair.reference.length);
  return values;
}

export function pooledCodes(pair: LevelPair): Int32Array {
  const codes = new Int32Array(pair.reference.length + pair.current.length);
  codes.set(pair.reference);
  codes.set(pair.current, pair.reference.length);
  return codes;
}
