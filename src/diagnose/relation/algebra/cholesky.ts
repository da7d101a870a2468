/**
 * The little dense algebra the score tests need. Matrices are square, row-major, symmetric positive
 * semi-definite; a column that depends on earlier ones is dropped (its solution is 0) instead of exploding.
 */
const DEPENDENT = 1e-9;

export interface Cholesky {
  readonly size: number;
  readonly rank: number;
  /** Lower triangle; a zero on the diagonal marks a dropped column. */
  readonly lower: Float64Array;
}

/** A = L·Lᵀ on the independent columns. Only the lower triangle of `a` is read. O(size³/6). */
export function cholesky(a: Float64Array, size: number): Cholesky {
  const lower = new Float64Array(size * size);
  let rank = 0;
  for (let j = 0; j < size; j++) {
    const rowJ = j * size;
    let pivot = a[rowJ + j]!;
    for (let k = 0; k < j; k++) pivot -= lower[rowJ + k]! ** 2;
    if (!(pivot > DEPENDENT * a[rowJ + j]!)) {
      lower.fill(0, rowJ, rowJ + j);
      continue;
    }
    rank += 1;
    const root = Math.sqrt(pivot);
    lower[rowJ + j] = root;
    for (let i = j + 1; i < size; i++) {
      const rowI = i * size;
      let sum = a[rowI + j]!;
      for (let k = 0; k < j; k++) sum -= lower[rowI + k]! * lower[rowJ + k]!;
      lower[rowI + j] = sum / root;
    }
  }
  return { size, rank, lower };
}

/** x with A·x = b. O(size²). */
export function solve(factor: Cholesky, b: Float64Array): Float64Array {
  const { size, lower } = factor;
  const x = Float64Array.from(b);
  for (let i = 0; i < size; i++) {
    const pivot = lower[i * size + i]!;
    if (pivot === 0) {
      x[i] = 0;
      continue;
    }
    let sum = x[i]!;
    for (let k = 0; k < i; k++) sum -= lower[i * size + k]! * x[k]!;
    x[i] = sum / pivot;
  }
  for (let i = size - 1; i >= 0; i--) {
    const pivot = lower[i * size + i]!;
    if (pivot === 0) continue;
    const value = x[i]! / pivot;
    x[i] = value;
    for (let k = 0; k < i; k++) x[k]! -= lower[i * size + k]! * value;
  }
  return x;
}

/** bᵀ·A⁻¹·b. */
export function quadraticForm(factor: Cholesky, b: Float64Array): number {
  const x = solve(factor, b);
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += b[i]! * x[i]!;
  return sum;
}
