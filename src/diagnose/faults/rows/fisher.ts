import { keptOfPair } from '../../../core/memory/remember.ts';
import { productMatrix } from '../../relation/algebra/four-products.ts';

const LARGEST = 0.999;

/** Fisher's z of a correlation; of ±1 that of ±0.999. */
export const fisherZ = (r: number): number => Math.atanh(Math.max(-LARGEST, Math.min(LARGEST, r)));

/** Of two columns of unit ranks. */
export const fisherOf = keptOfPair((a: Float64Array, b: Float64Array) => {
  let r = 0;
  for (let row = 0; row < a.length; row++) r += a[row]! * b[row]!;
  return fisherZ(r);
});

/** Fisher's z of all pairs of columns of unit ranks, line by line; 0 of a column with itself. To the last bit what `fisherOf` makes of each. O(columns² · rows). */
export function fisherMatrix(columns: readonly Float64Array[]): Float64Array {
  return productMatrix(columns, fisherZ);
}
