import { chiSquareSurvival } from '../stats/distributions.ts';
import { cholesky, quadraticForm, solve, weightedGram } from './cholesky.ts';
import type { Design } from './design-matrix.ts';
import type { NullModel } from './null-model.ts';

/** Columns that exist only in current rows: what the current window adds to the null model. */
export interface Block {
  readonly name: string;
  readonly columns: number;
  /** Column of each current row, −1 for none: d × zones. Null: every row has all columns of `values`. */
  readonly zone: Int32Array | null;
  /** Dense columns over the current rows. */
  readonly values: readonly Float64Array[];
}

export interface BlockTest {
  readonly name: string;
  readonly statistic: number;
  readonly df: number;
  readonly p: number;
}

/**
 * `robust`: the sandwich, right under any spread of the residuals. `both`: additionally the model's own variance,
 * and the larger p counts; for 0/1 responses, where a zone without a single event would give the sandwich almost
 * no variance and a p-value of nothing.
 */
export type ScoreVariance = 'robust' | 'both';

/**
 * Rao score tests: would the null model want this block?
 *
 * U = Zᵀr, Z̃ = Z − X(XᵀWX)⁻¹XᵀWZ, V = Z̃ᵀ·diag(r²)·Z̃ · n/(n − p), statistic UᵀV⁻¹U against χ² with rank(V)
 * degrees of freedom. The block is never fitted: one null model serves all of them.
 * Range: statistic ≥ 0; a block without information gives df 0 and p = 1.
 * Cost: one Gram matrix, then O(m·p·q) per block of q columns with m current rows.
 * Source: Boos, On generalized score tests, The American Statistician 46 (1992).
 */
export function scoreTests(
  design: Design,
  model: NullModel,
  blocks: readonly Block[],
  variance: ScoreVariance,
): BlockTest[] {
  const { rows, columns, x } = design;
  const squares = model.residual.map((r) => r * r);
  const spread = weightedGram(x, rows, columns, squares);
  fillUpper(spread, columns);
  const xr = weightedSum(design, model.residual);
  const inflation = rows / Math.max(1, rows - model.information.rank);
  return blocks.map((block) => {
    const q = block.columns;
    const zr = columnSums(block, design, model.residual);
    const xwz = crossProducts(block, design, model.weight);
    const projection = xwz.map((column) => solve(model.information, column));
    const u = zr.map((value, a) => value - dot(projection[a]!, xr));
    const zwz = selfProducts(block, design, model.weight);
    const modelled = new Float64Array(q * q);
    for (let a = 0; a < q; a++) {
      for (let b = 0; b < q; b++) modelled[a * q + b] = zwz[a * q + b]! - dot(projection[a]!, xwz[b]!);
    }
    const sandwich = sandwichOf(block, design, squares, spread, projection, inflation);
    const robust = chiSquareOf(u, sandwich, zwz);
    if (variance === 'robust') return { name: block.name, ...robust };
    const plain = chiSquareOf(u, modelled, zwz);
    return { name: block.name, ...(plain.p > robust.p ? plain : robust) };
  });
}

function sandwichOf(
  block: Block,
  design: Design,
  squares: Float64Array,
  spread: Float64Array,
  projection: readonly Float64Array[],
  inflation: number,
): Float64Array {
  const q = block.columns;
  const xsz = crossProducts(block, design, squares);
  const zsz = selfProducts(block, design, squares);
  const spreadTimes = projection.map((column) => symmetricTimes(spread, column));
  const v = new Float64Array(q * q);
  for (let a = 0; a < q; a++) {
    for (let b = 0; b < q; b++) {
      v[a * q + b] =
        inflation *
        (zsz[a * q + b]! -
          dot(projection[a]!, xsz[b]!) -
          dot(projection[b]!, xsz[a]!) +
          dot(projection[a]!, spreadTimes[b]!));
    }
  }
  return v;
}

/** Columns that the null model already explains keep rounding noise as variance; `scale` says how much is noise. */
function chiSquareOf(
  u: Float64Array,
  v: Float64Array,
  scale: Float64Array,
): { statistic: number; df: number; p: number } {
  const q = u.length;
  const kept: number[] = [];
  for (let a = 0; a < q; a++) if (v[a * q + a]! > 1e-7 * scale[a * q + a]!) kept.push(a);
  const small = new Float64Array(kept.length ** 2);
  for (const [a, i] of kept.entries()) {
    for (const [b, j] of kept.entries()) small[a * kept.length + b] = v[i * q + j]!;
  }
  const factor = cholesky(small, kept.length);
  if (factor.rank === 0) return { statistic: 0, df: 0, p: 1 };
  const statistic = Math.max(
    0,
    quadraticForm(
      factor,
      Float64Array.from(kept, (i) => u[i]!),
    ),
  );
  return { statistic, df: factor.rank, p: chiSquareSurvival(statistic, factor.rank) };
}

function columnSums(block: Block, design: Design, weight: Float64Array): Float64Array {
  const sums = new Float64Array(block.columns);
  const first = design.referenceRows;
  if (block.zone !== null) {
    for (let i = 0; i < block.zone.length; i++) {
      const zone = block.zone[i]!;
      if (zone >= 0) sums[zone]! += weight[first + i]!;
    }
    return sums;
  }
  for (const [a, column] of block.values.entries()) {
    for (let i = 0; i < column.length; i++) sums[a]! += column[i]! * weight[first + i]!;
  }
  return sums;
}

/** Xᵀ·W·Z, a column per block column. */
function crossProducts(block: Block, design: Design, weight: Float64Array): Float64Array[] {
  const { columns, x, referenceRows } = design;
  const products = Array.from({ length: block.columns }, () => new Float64Array(columns));
  const add = (target: Float64Array, row: number, w: number): void => {
    const at = row * columns;
    for (let j = 0; j < columns; j++) target[j]! += w * x[at + j]!;
  };
  if (block.zone !== null) {
    for (let i = 0; i < block.zone.length; i++) {
      const zone = block.zone[i]!;
      if (zone >= 0) add(products[zone]!, referenceRows + i, weight[referenceRows + i]!);
    }
    return products;
  }
  for (const [a, column] of block.values.entries()) {
    for (let i = 0; i < column.length; i++) {
      add(products[a]!, referenceRows + i, column[i]! * weight[referenceRows + i]!);
    }
  }
  return products;
}

/** Zᵀ·W·Z. */
function selfProducts(block: Block, design: Design, weight: Float64Array): Float64Array {
  const q = block.columns;
  const products = new Float64Array(q * q);
  if (block.zone !== null) {
    const sums = columnSums(block, design, weight);
    for (let a = 0; a < q; a++) products[a * q + a] = sums[a]!;
    return products;
  }
  const first = design.referenceRows;
  for (let a = 0; a < q; a++) {
    for (let b = 0; b <= a; b++) {
      const left = block.values[a]!;
      const right = block.values[b]!;
      let sum = 0;
      for (let i = 0; i < left.length; i++) sum += left[i]! * right[i]! * weight[first + i]!;
      products[a * q + b] = sum;
      products[b * q + a] = sum;
    }
  }
  return products;
}

function weightedSum(design: Design, weight: Float64Array): Float64Array {
  const { rows, columns, x } = design;
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const at = row * columns;
    for (let j = 0; j < columns; j++) sums[j]! += weight[row]! * x[at + j]!;
  }
  return sums;
}

function symmetricTimes(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  const product = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += matrix[i * size + j]! * vector[j]!;
    product[i] = sum;
  }
  return product;
}

function fillUpper(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) matrix[i * size + j] = matrix[j * size + i]!;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
