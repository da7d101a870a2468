import type { PooledCategorical, PooledFeature, PooledNumeric, PooledSample } from './pooled-sample.ts';
import { robustScale, squash } from './robust-scale.ts';

/** Rows as points: coordinates in which distances add, and codes that are equal or not. */
export interface MixedPoints {
  readonly rows: number;
  readonly numbers: number;
  /** Column by column. */
  readonly coordinates: Float64Array;
  readonly names: number;
  /** Column by column. */
  readonly codes: Int32Array;
  /** What two different codes of a column add to the squared distance. */
  readonly weights: Float64Array;
}

/** Beyond five standard deviations a value is only far away. */
const FARTHEST = 5;

/**
 * Both samples as points, by a scale blind to which row is of which. Numbers: robustly standardised, cut at ±5; a
 * missing one lies at the median, and a code of its own says that it is missing. Levels: a code; two different ones
 * are as far apart, on average, as two standard normal values (squared distance 2; for rare differences at most 4).
 * Constant columns are left out. Cost O(features · rows · log rows).
 */
export function mixedPoints(sample: PooledSample): MixedPoints {
  const rows = sample.referenceRows + sample.currentRows;
  const coordinates = sample.features.map(coordinatesOf).filter((column) => column !== null);
  const coded = sample.features.map(codesOf).filter((column) => column !== null);
  return {
    rows,
    numbers: coordinates.length,
    coordinates: endToEnd(new Float64Array(rows * coordinates.length), coordinates),
    names: coded.length,
    codes: endToEnd(
      new Int32Array(rows * coded.length),
      coded.map(({ codes }) => codes),
    ),
    weights: Float64Array.from(coded, (column) => column.weight),
  };
}

function endToEnd<A extends Float64Array | Int32Array>(into: A, columns: readonly A[]): A {
  for (const [at, column] of columns.entries()) into.set(column, at * column.length);
  return into;
}

function coordinatesOf(feature: PooledFeature): Float64Array | null {
  if (feature.kind !== 'numeric') return null;
  const scale = robustScale(feature.values);
  if (scale.scale === 0) return null;
  return feature.values.map((value) => (Number.isNaN(value) ? 0 : squash(value, scale, FARTHEST)));
}

function codesOf(feature: PooledFeature): { codes: Int32Array; weight: number } | null {
  const codes = feature.kind === 'numeric' ? missingCodes(feature) : levelCodes(feature);
  const counts = new Map<number, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  if (counts.size < 2) return null;
  let equal = 0;
  for (const count of counts.values()) equal += (count / codes.length) ** 2;
  return { codes, weight: 2 / Math.max(0.5, 1 - equal) };
}

function missingCodes({ values }: PooledNumeric): Int32Array {
  return Int32Array.from(values, (value) => (Number.isNaN(value) ? 1 : 0));
}

function levelCodes({ codes }: PooledCategorical): Int32Array {
  return codes;
}

/**
 * Squared distances of all pairs i < j, row by row: (0,1), (0,2), …, (1,2), …
 * Cost O(rows² · columns / 2).
 *
 * @example [...squaredDistances({ rows: 3, numbers: 1, coordinates: Float64Array.of(0, 1, 3), names: 0, codes: new Int32Array(), weights: new Float64Array() })] // [1, 9, 4]
 */
export function squaredDistances(points: MixedPoints): Float64Array {
  const { rows, numbers, coordinates, names, codes, weights } = points;
  const distances = new Float64Array((rows * (rows - 1)) / 2);
  for (let i = 0, first = 0; i < rows; first += rows - i - 1, i++) {
    // Column by column, so that no pair waits for its own last sum.
    for (let c = 0; c < numbers; c++) {
      const own = coordinates[c * rows + i]!;
      for (let at = first, j = c * rows + i + 1; j < (c + 1) * rows; at++, j++) {
        const apart = own - coordinates[j]!;
        distances[at]! += apart * apart;
      }
    }
    for (let c = 0; c < names; c++) {
      const [own, weight] = [codes[c * rows + i]!, weights[c]!];
      for (let at = first, j = c * rows + i + 1; j < (c + 1) * rows; at++, j++) {
        if (codes[j] !== own) distances[at]! += weight;
      }
    }
  }
  return distances;
}
