import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Directions of unit length, at right angles, those with the most variance first. */
export type Components = readonly Float64Array[];

/**
 * The first principal components of standardised columns that together hold more than the given share of the variance
 * of the chosen rows: the eigenvectors of their correlation matrix. Cost O(rows · columns² + columns³).
 *
 * @example principalComponents([Float64Array.of(-1, 1), Float64Array.of(-1, 1)], Int32Array.of(0, 1), 0.65).length // 1
 */
export function principalComponents(
  columns: readonly Float64Array[],
  rows: Int32Array,
  varianceShare: number,
): Components {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(correlations(columns, rows), {
    assumeSymmetric: true,
  });
  const order = realEigenvalues
    .map((_, i) => i)
    .sort((a, b) => (realEigenvalues[b] ?? 0) - (realEigenvalues[a] ?? 0));
  const total = realEigenvalues.reduce((sum, value) => sum + value, 0);
  const components: Float64Array[] = [];
  let held = 0;
  for (const i of order) {
    components.push(Float64Array.from(eigenvectorMatrix.getColumn(i)));
    held += realEigenvalues[i] ?? 0;
    if (held > varianceShare * total) break;
  }
  return components;
}

function correlations(columns: readonly Float64Array[], rows: Int32Array): Matrix {
  const matrix = new Matrix(columns.length, columns.length);
  for (const [i, a] of columns.entries()) {
    for (const [j, b] of columns.slice(0, i + 1).entries()) {
      let sum = 0;
      for (const row of rows) sum += (a[row] ?? 0) * (b[row] ?? 0);
      matrix.set(i, j, sum / rows.length);
      matrix.set(j, i, sum / rows.length);
    }
  }
  return matrix;
}

/**
 * Per chosen row the Euclidean distance between it and what the components keep of it; at least 0.
 * Cost O(rows · columns · components).
 *
 * @example [...reconstructionErrors([Float64Array.of(3, 0), Float64Array.of(4, 1)], [Float64Array.of(1, 0)], Int32Array.of(0, 1))] // [4, 1]
 */
export function reconstructionErrors(
  columns: readonly Float64Array[],
  components: Components,
  rows: Int32Array,
): Float64Array {
  const errors = new Float64Array(rows.length);
  const rest = new Float64Array(columns.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    for (let c = 0; c < rest.length; c++) rest[c] = columns[c]?.[row] ?? 0;
    for (const component of components) takeAway(rest, component);
    errors[i] = length(rest);
  }
  return errors;
}

/** Leaves of a vector what is at right angles to the direction. */
function takeAway(vector: Float64Array, direction: Float64Array): void {
  let along = 0;
  for (let c = 0; c < vector.length; c++) along += (direction[c] ?? 0) * (vector[c] ?? 0);
  for (let c = 0; c < vector.length; c++) vector[c] = (vector[c] ?? 0) - along * (direction[c] ?? 0);
}

function length(vector: Float64Array): number {
  let squares = 0;
  for (let c = 0; c < vector.length; c++) squares += (vector[c] ?? 0) ** 2;
  return Math.sqrt(squares);
}
