import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Directions of unit length, at right angles, those with the most variance first. */
export type Components = readonly Float64Array[];

/**
 * The first principal components of standardised columns that together hold more than the given share of the variance
 * of the chosen rows: the eigenvectors of their correlation matrix XᵀX/n. Of fewer rows than columns they are Xᵀu/√(nλ) for the
 * eigenvectors u of XXᵀ/n, which has the same eigenvalues but for zeros. Cost O(rows · columns · s + s³), s the smaller of both.
 *
 * @example principalComponents([Float64Array.of(-1, 1), Float64Array.of(-1, 1)], Int32Array.of(0, 1), 0.65).length // 1
 */
export function principalComponents(
  columns: readonly Float64Array[],
  rows: Int32Array,
  varianceShare: number,
): Components {
  const byRows = rows.length < columns.length;
  const matrix = byRows ? likenesses(columns, rows) : correlations(columns, rows);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues
    .map((_, i) => i)
    .sort((a, b) => (realEigenvalues[b] ?? 0) - (realEigenvalues[a] ?? 0));
  const total = realEigenvalues.reduce((sum, value) => sum + value, 0);
  const components: Float64Array[] = [];
  let held = 0;
  for (const i of order) {
    const vector = eigenvectorMatrix.getColumn(i);
    const value = realEigenvalues[i] ?? 0;
    components.push(
      byRows ? throughRows(columns, rows, vector, Math.sqrt(rows.length * value)) : Float64Array.from(vector),
    );
    held += value;
    if (held > varianceShare * total) break;
  }
  return components;
}

/** Of each two rows, as the correlation is of each two columns. */
function likenesses(columns: readonly Float64Array[], rows: Int32Array): Matrix {
  const cells = Array.from(rows, (row) => Float64Array.from(columns, (column) => column[row] ?? 0));
  return symmetric(rows.length, (i, j) => dot(cells[i]!, cells[j]!) / rows.length);
}

/** Weights of the rows as a direction among the columns. */
function throughRows(
  columns: readonly Float64Array[],
  rows: Int32Array,
  weights: readonly number[],
  size: number,
): Float64Array {
  const own = Float64Array.from(weights);
  return Float64Array.from(columns, (column) => {
    const along = dot(
      own,
      Float64Array.from(rows, (row) => column[row] ?? 0),
    );
    return along / size;
  });
}

function correlations(columns: readonly Float64Array[], rows: Int32Array): Matrix {
  const chosen = columns.map((column) => Float64Array.from(rows, (row) => column[row] ?? 0));
  return symmetric(columns.length, (i, j) => dot(chosen[i]!, chosen[j]!) / rows.length);
}

function symmetric(size: number, cell: (i: number, j: number) => number): Matrix {
  const matrix = new Matrix(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const value = cell(i, j);
      matrix.set(i, j, value);
      matrix.set(j, i, value);
    }
  }
  return matrix;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
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
