export type Four = readonly [Float64Array, Float64Array, Float64Array, Float64Array];

/**
 * Σ x·y of one column with four others. Each sum waits for its own last row alone, so that four take little longer than one, and each is to the last bit what a loop
 * over the rows makes of it.
 *
 * @example fourProducts(Float64Array.of(1, 2), Array(4).fill(Float64Array.of(3, 4)))[0] // 11
 */
export function fourProducts(own: Float64Array, [a, b, c, d]: Four): readonly number[] {
  let [ra, rb, rc, rd] = [0, 0, 0, 0];
  for (let row = 0; row < own.length; row++) {
    const value = own[row]!;
    ra += value * a[row]!;
    rb += value * b[row]!;
    rc += value * c[row]!;
    rd += value * d[row]!;
  }
  return [ra, rb, rc, rd];
}

/** The same of all pairs, line by line, what `finish` makes of each sum on both sides of the diagonal, which is 0. O(columns² · rows). */
export function productMatrix(
  columns: readonly Float64Array[],
  finish: (product: number, i: number, j: number) => number,
): Float64Array {
  const size = columns.length;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j += 4) {
      const next = (k: number): Float64Array => columns[Math.min(j + k, i - 1)]!;
      const four = fourProducts(columns[i]!, [next(0), next(1), next(2), next(3)]);
      for (let k = 0; k < 4 && j + k < i; k++) {
        const value = finish(four[k]!, i, j + k);
        matrix[i * size + j + k] = value;
        matrix[(j + k) * size + i] = value;
      }
    }
  }
  return matrix;
}
