import { quantileReached } from '../../stats/quantiles.ts';
import { innerQuantiles } from '../marginal-test.ts';
import { meanAndDeviation, pooled, pooledCodes } from '../pooled.ts';
import { asLevels, rowsOfLevel, sketch } from '../samples/row-samples.ts';
import type { ColumnCells, LevelPair, RowSamples } from '../samples/row-samples.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

/** Numbers with up to this many distinct values get a column per value: nothing is smoother than exact. */
const SATURATED_LEVELS = 6;
export const MAX_DUMMIES = 20;
const MIN_DUMMY_SHARE = 0.01;
const MIN_DUMMY_ROWS = 20;
const MIN_MISSING_SHARE = 0.005;
const WINSOR_SHARE = 0.005;
const KNOT_PARTS = 5;

/** One source of columns of the null model: its linear part, its bends, its levels. */
export interface Terms {
  readonly main: readonly Float64Array[];
  /** Where the numeric part may bend, in its standardised unit. */
  readonly knots: readonly number[];
  /** The standardised number itself; null for levels. */
  readonly numeric: Float64Array | null;
}

const NO_TERMS: Terms = { main: [], knots: [], numeric: null };

export function termsOf(pair: ColumnCells): Terms {
  if (pair.kind === 'levels') return levelTerms(pair);
  const few = asLevels(pair, SATURATED_LEVELS);
  const numeric = numericTerms(pooled(pair));
  return few === null ? numeric : { ...levelTerms(few), numeric: numeric.numeric };
}

/** The model's own output: logit of the score, or the prediction. */
export function outputTerms(samples: RowSamples): Terms[] {
  if (samples.score !== null) {
    const score = pooled(samples.score);
    const isProbability = score.every((value) => Number.isNaN(value) || (value >= 0 && value <= 1));
    return [numericTerms(isProbability ? score.map(logit) : score)];
  }
  return samples.prediction === null ? [] : [termsOf(samples.prediction)];
}

function logit(probability: number): number {
  const clipped = Math.min(1 - 1e-4, Math.max(1e-4, probability));
  return Math.log(clipped / (1 - clipped));
}

function numericTerms(values: Float64Array): Terms {
  const sorted = sketch(values);
  if (sorted.length === 0) return NO_TERMS;
  const low = quantileReached(sorted, WINSOR_SHARE);
  const high = quantileReached(sorted, 1 - WINSOR_SHARE);
  const median = quantileReached(sorted, 0.5);
  const drawnIn = values.map((value) =>
    Number.isNaN(value) ? median : Math.min(high, Math.max(low, value)),
  );
  const { mean, deviation } = meanAndDeviation(drawnIn);
  if (!(deviation > 0)) return NO_TERMS;
  const standardise = (value: number): number => (value - mean) / deviation;
  const z = drawnIn.map(standardise);
  let missingRows = 0;
  for (const value of values) if (Number.isNaN(value)) missingRows += 1;
  const isMissing = (): Float64Array => values.map((value) => (Number.isNaN(value) ? 1 : 0));
  return {
    main: isWorthColumn(missingRows, values.length) ? [z, isMissing()] : [z],
    knots: innerQuantiles(sorted, KNOT_PARTS).map(standardise),
    numeric: z,
  };
}

/** The knots that remain when only `count` are affordable, evenly spread. */
export function knotsOf(terms: Terms, count: number): readonly number[] {
  return spread(terms.knots, count);
}

function isWorthColumn(rows: number, of: number): boolean {
  return rows >= Math.max(MIN_DUMMY_ROWS, MIN_MISSING_SHARE * of);
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
    .map((level) => rowsOfLevel(codes, level));
  const missing = rowsOfLevel(codes, -1);
  const missingRows = missing.reduce((sum, value) => sum + value, 0);
  const main = isWorthColumn(missingRows, codes.length) ? [...dummies, missing] : dummies;
  return { main, knots: [], numeric: null };
}

/** Levels with at least 1 % and 20 of the pooled rows, commonest first. */
export function frequentLevels(codes: Int32Array, levels: number): number[] {
  const counts = levelCounts(codes, levels);
  const atLeast = Math.max(MIN_DUMMY_ROWS, MIN_DUMMY_SHARE * codes.length);
  return [...counts.keys()]
    .filter((level) => counts[level]! >= atLeast)
    .sort((a, b) => counts[b]! - counts[a]! || a - b);
}

/** How many columns the samples will need at most, before any is made. */
export function roughColumns(samples: RowSamples): number {
  const sizeOf = (pair: ColumnCells): number =>
    pair.kind === 'numeric' ? 1 + KNOT_PARTS : Math.min(MAX_DUMMIES, pair.levels.length) + 1;
  return samples.features.reduce((sum, pair) => sum + sizeOf(pair), 2 + KNOT_PARTS);
}
