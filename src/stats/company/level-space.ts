import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** What is known of rows beside a level: numbers of about unit variance and mean 0 in the reference. */
export interface AxisRows {
  readonly axes: number;
  /** Row by row, `axes` numbers each. */
  readonly values: Float64Array;
}

/** Rows of one level as a point of a space in which rows of any one level scatter with variance 1, each way alike. */
export interface LevelPoint {
  readonly rows: number;
  readonly mean: Float64Array;
}

export interface LevelSpace {
  readonly dimensions: number;
  /** Variance of levels' true means along each dimension; 0 where it cannot be told from chance. */
  readonly between: Float64Array;
  /** By code; null below two rows. */
  readonly reference: readonly (LevelPoint | null)[];
  /** Points of other rows. */
  place(rows: AxisRows, codes: Int32Array): (LevelPoint | null)[];
  /** Where one row lies. */
  locate(row: Float64Array): Float64Array;
}

/** The most axes of a space: those along which the levels of the reference differ most. */
const MAX_AXES = 20;
/** Axes that hardly vary within a level (a country, given the city) are taken to vary so much. */
const LEAST_VARIANCE = 0.01;
const MIN_LEVEL_ROWS = 10;
/** Chance that levels without any company have a dimension that counts as one. */
const CHANCE = 0.01;

/**
 * The space in which levels are told apart: whitened by the scatter of rows within levels, turned so that the between-level
 * variances of its dimensions stand apart (canonical variates). A dimension counts where its variance exceeds what levels
 * without company reach in 1 of 100 references: eigenvalue above (√ν + √axes + √(2 ln 100))²/ν with ν = levels − 1 (Davidson and
 * Szarek's bound). Null where no level has company to speak of, or there are too few levels or rows.
 *
 * @param codes level of each row; −1 is none
 * @param products `crossProducts` of the rows
 * @param allowed axes that may be used
 *
 * Cost: O(rows · axes), and 20³.
 */
export function levelSpace(
  rows: AxisRows,
  products: Float64Array,
  { codes, levels }: { readonly codes: Int32Array; readonly levels: number },
  allowed: readonly number[],
): LevelSpace | null {
  const sums = sumsOf(rows, codes, levels);
  const axes = clearest(sums, allowed);
  // Rows without a level are one of their own here: their scatter is not that of levels.
  const points = sums.map((sum) => pointOf(sum, axes));
  const known = points.slice(0, levels).filter((point) => point !== null && point.rows >= MIN_LEVEL_ROWS);
  const counted = known as LevelPoint[];
  const n = counted.reduce((sum, point) => sum + point.rows, 0);
  const df = counted.length - 1;
  if (df < 1 || axes.length === 0 || n < 10 * (axes.length + counted.length)) return null;
  const within = withinScatter(products, rows.axes, axes, points);
  const whiten = whitening(within);
  const overall = weightedMean(counted, axes.length);
  const scatter = Matrix.zeros(axes.length, axes.length);
  for (const point of counted) addOuter(scatter, whiten(minus(point.mean, overall)), point.rows / df);
  const { values, vectors } = decomposed(scatter);
  // An eigenvalue is 1 by chance plus so many times the variance of the true means.
  const each = (n - counted.reduce((sum, point) => sum + point.rows ** 2, 0) / n) / df;
  const chance = (Math.sqrt(df) + Math.sqrt(allowed.length) + Math.sqrt(2 * Math.log(1 / CHANCE))) ** 2 / df;
  const between = Float64Array.from(values, (value) => (value > chance ? (value - 1) / each : 0));
  if (between.every((variance) => variance === 0)) return null;
  const located = (mean: Float64Array): Float64Array => {
    const white = whiten(minus(mean, overall));
    return Float64Array.from(vectors, (vector) => dot(vector, white));
  };
  const turn = (point: LevelPoint | null): LevelPoint | null =>
    point && { rows: point.rows, mean: located(point.mean) };
  return {
    dimensions: axes.length,
    between,
    reference: points.slice(0, levels).map(turn),
    place: (others, theirs) =>
      sumsOf(others, theirs, levels)
        .slice(0, levels)
        .map((sum) => turn(pointOf(sum, axes))),
    locate: (row) => located(Float64Array.from(axes, (axis) => row[axis]!)),
  };
}

/** Σ x xᵀ over rows, axis by axis. Cost O(rows · axes²). */
export function crossProducts({ axes, values }: AxisRows): Float64Array {
  const products = new Float64Array(axes * axes);
  const rest = addFours(products, axes, values);
  for (let from = rest; from < values.length; from += axes) {
    for (let i = 0; i < axes; i++) {
      const own = values[from + i]!;
      if (own === 0) continue;
      const line = i * axes;
      for (let j = 0; j <= i; j++) products[line + j]! += own * values[from + j]!;
    }
  }
  for (let i = 0; i < axes; i++) for (let j = 0; j < i; j++) products[j * axes + i] = products[i * axes + j]!;
  return products;
}

/** Four rows are added to a product at once, in their order: the same sum to the last bit. Answers where the rest begins. */
function addFours(products: Float64Array, axes: number, values: Float64Array): number {
  let from = 0;
  for (; axes > 0 && from + 4 * axes <= values.length; from += 4 * axes) {
    const [second, third, fourth] = [from + axes, from + 2 * axes, from + 3 * axes];
    for (let i = 0; i < axes; i++) {
      const a = values[from + i]!;
      const b = values[second + i]!;
      const c = values[third + i]!;
      const d = values[fourth + i]!;
      for (let j = 0, at = i * axes; j <= i; j++, at++) {
        products[at] =
          products[at]! +
          a * values[from + j]! +
          b * values[second + j]! +
          c * values[third + j]! +
          d * values[fourth + j]!;
      }
    }
  }
  return from;
}

interface LevelSums {
  rows: number;
  readonly sum: Float64Array;
}

/** By code, those without a level last. */
function sumsOf({ axes, values }: AxisRows, codes: Int32Array, levels: number): LevelSums[] {
  const sums = Array.from({ length: levels + 1 }, () => ({ rows: 0, sum: new Float64Array(axes) }));
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    const into = sums[code < 0 ? levels : code]!;
    into.rows += 1;
    const { sum } = into;
    for (let k = 0, at = row * axes; k < axes; k++, at++) sum[k]! += values[at]!;
  }
  return sums;
}

function pointOf({ rows, sum }: LevelSums, axes: readonly number[]): LevelPoint | null {
  return rows < 2 ? null : { rows, mean: Float64Array.from(axes, (axis) => sum[axis]! / rows) };
}

/** By the variance between levels. */
function clearest(sums: readonly LevelSums[], allowed: readonly number[]): number[] {
  if (allowed.length <= MAX_AXES) return [...allowed];
  const between = (axis: number): number =>
    sums.reduce((all, { rows, sum }) => (rows > 1 ? all + sum[axis]! ** 2 / rows : all), 0);
  return allowed
    .map((axis) => ({ axis, between: between(axis) }))
    .sort((a, b) => b.between - a.between)
    .slice(0, MAX_AXES)
    .map(({ axis }) => axis);
}

function withinScatter(
  products: Float64Array,
  stride: number,
  axes: readonly number[],
  points: readonly (LevelPoint | null)[],
): Matrix {
  const all = points.reduce((sum, point) => sum + (point?.rows ?? 0), 0);
  const df = points.reduce((sum, point) => (point === null ? sum : sum - 1), all);
  const matrix = new Matrix(axes.length, axes.length);
  for (const [i, a] of axes.entries()) {
    for (const [j, b] of axes.slice(0, i + 1).entries()) {
      let rest = products[a * stride + b]!;
      for (const point of points) if (point !== null) rest -= point.rows * point.mean[i]! * point.mean[j]!;
      matrix.set(i, j, rest / Math.max(1, df));
      matrix.set(j, i, rest / Math.max(1, df));
    }
  }
  return matrix;
}

interface Directions {
  /** Largest first. */
  readonly values: readonly number[];
  readonly vectors: readonly Float64Array[];
}

function decomposed(matrix: Matrix): Directions {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues
    .map((_, i) => i)
    .sort((a, b) => (realEigenvalues[b] ?? 0) - (realEigenvalues[a] ?? 0));
  return {
    values: order.map((i) => realEigenvalues[i] ?? 0),
    vectors: order.map((i) => Float64Array.from(eigenvectorMatrix.getColumn(i))),
  };
}

function whitening(within: Matrix): (vector: Float64Array) => Float64Array {
  const { values, vectors } = decomposed(within);
  const scales = values.map((value) => 1 / Math.sqrt(Math.max(value, LEAST_VARIANCE)));
  return (vector) => Float64Array.from(vectors, (direction, i) => dot(direction, vector) * (scales[i] ?? 0));
}

function weightedMean(points: readonly LevelPoint[], d: number): Float64Array {
  const mean = new Float64Array(d);
  let all = 0;
  for (const point of points) {
    all += point.rows;
    for (let i = 0; i < d; i++) mean[i]! += point.rows * point.mean[i]!;
  }
  return mean.map((value) => value / all);
}

function addOuter(matrix: Matrix, vector: Float64Array, weight: number): void {
  for (const [i, a] of vector.entries()) {
    for (const [j, b] of vector.entries()) matrix.set(i, j, matrix.get(i, j) + weight * a * b);
  }
}

function minus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]!);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (const [i, value] of a.entries()) sum += value * b[i]!;
  return sum;
}
