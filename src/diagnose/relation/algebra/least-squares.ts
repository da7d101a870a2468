import { cholesky, solve } from './cholesky.ts';
import { weightedGram } from './weighted-gram.ts';

/**
 * Weights of values = w₀ + Σ wⱼ · witnessⱼ with the least squared error, over the rows where all are known (not NaN).
 * A witness that follows from others has weight 0. O(rows · witnesses²).
 */
export function leastSquares(values: Float64Array, witnesses: readonly Float64Array[]): Float64Array {
  const size = witnesses.length + 1;
  const design = new Float64Array(values.length * size);
  const target = new Float64Array(size);
  let rows = 0;
  for (let row = 0; row < values.length; row++) {
    if (Number.isNaN(values[row]!) || witnesses.some((witness) => Number.isNaN(witness[row]!))) continue;
    for (let j = 0; j < size; j++) {
      const value = j === 0 ? 1 : witnesses[j - 1]![row]!;
      design[rows * size + j] = value;
      target[j]! += value * values[row]!;
    }
    rows += 1;
  }
  return solve(cholesky(weightedGram(design, rows, size, null), size), target);
}

/** What witnesses say of each row, NaN where one of them is. */
export function explainedBy(witnesses: readonly Float64Array[], weights: Float64Array): Float64Array {
  const explained = new Float64Array(witnesses[0]?.length ?? 0).fill(weights[0]!);
  for (const [j, witness] of witnesses.entries()) {
    const weight = weights[j + 1]!;
    for (let row = 0; row < explained.length; row++) explained[row]! += weight * witness[row]!;
  }
  return explained;
}

/** Pearson's r over the rows where both are known; 0 where one of them does not vary. */
export function correlationOfKnown(a: Float64Array, b: Float64Array): number {
  let [rows, sumA, sumB] = [0, 0, 0];
  for (let row = 0; row < a.length; row++) {
    if (Number.isNaN(a[row]!) || Number.isNaN(b[row]!)) continue;
    rows += 1;
    sumA += a[row]!;
    sumB += b[row]!;
  }
  const [meanA, meanB] = [sumA / rows, sumB / rows];
  let [aa, ab, bb] = [0, 0, 0];
  for (let row = 0; row < a.length; row++) {
    if (Number.isNaN(a[row]!) || Number.isNaN(b[row]!)) continue;
    const [x, y] = [a[row]! - meanA, b[row]! - meanB];
    aa += x * x;
    ab += x * y;
    bb += y * y;
  }
  return rows > 2 && aa * bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}
