import type { PooledCategorical, PooledFeature, PooledNumeric, PooledSample } from './pooled-sample.ts';
import { robustScale, squash } from './robust-scale.ts';

/** Rows as points: coordinates in which distances add, and codes that are equal or not. */
export interface MixedPoints {
  readonly rows: number;
  readonly numbers: number;
  /** Row-major. */
  readonly coordinates: Float64Array;
  readonly names: number;
  /** Row-major. */
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
    coordinates: Float64Array.from({ length: rows * coordinates.length }, (_, i) => {
      return coordinates[i % coordinates.length]?.[Math.floor(i / coordinates.length)] ?? 0;
    }),
    names: coded.length,
    codes: Int32Array.from({ length: rows * coded.length }, (_, i) => {
      return coded[i % coded.length]?.codes[Math.floor(i / coded.length)] ?? 0;
    }),
    weights: Float64Array.from(coded, (column) => column.weight),
  };
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
  let at = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = i + 1; j < rows; j++) {
      let sum = 0;
      for (let c = 0; c < numbers; c++) {
        const apart = (coordinates[i * numbers + c] ?? 0) - (coordinates[j * numbers + c] ?? 0);
        sum += apart * apart;
      }
      for (let c = 0; c < names; c++) {
        if (codes[i * names + c] !== codes[j * names + c]) sum += weights[c] ?? 0;
      }
      distances[at++] = sum;
    }
  }
  return distances;
}
