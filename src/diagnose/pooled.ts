import type { LevelPair, NumericCells } from './samples/row-samples.ts';

/** Reference values, then current ones. */
export function pooled(pair: Pick<NumericCells, 'reference' | 'current'>): Float64Array {
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

/**
 * Mean and standard deviation (ddof 0) of values without NaN. Not those of `elementary.ts`: a column of values near 1e308 has
 * a mean although its sum is no number any more.
 */
export function meanAndDeviation(values: Float64Array): { mean: number; deviation: number } {
  if (values.length === 0) return { mean: 0, deviation: 0 };
  let mean = 0;
  for (let i = 0; i < values.length; i++) mean += values[i]! / values.length;
  let square = 0;
  for (let i = 0; i < values.length; i++) square += (values[i]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(square / values.length) };
}
