import { chiSquareSurvival } from '../../stats/distributions.ts';
import { cholesky, quadraticForm, solve } from './algebra/cholesky.ts';
import type { Design } from './design-matrix.ts';
import type { NullModel } from './null-model.ts';
import { levelSums, takeLevelsOut } from './within-levels.ts';
import type { Columns, LevelSums } from './within-levels.ts';
import { weightedGram } from './algebra/weighted-gram.ts';

/** Rows cut into zones; the test asks whether current rows differ from reference rows in any of them. */
export interface ZoneBlock {
  readonly kind: 'zones';
  readonly name: string;
  readonly zones: number;
  /** Zone of each row, reference rows first; −1 for none. */
  readonly zone: Int32Array;
}

/** Columns over the current rows, the first constant, whose counterparts over all rows the null model already holds. */
export interface ValueBlock {
  readonly kind: 'values';
  readonly name: string;
  readonly values: readonly Float64Array[];
}

export type Block = ZoneBlock | ValueBlock;

export interface ChiSquare {
  readonly statistic: number;
  readonly df: number;
  readonly p: number;
}

export interface BlockTest extends ChiSquare {
  readonly name: string;
}

/**
 * `robust`: the sandwich, right under any spread of the residuals. `both`: additionally the model's own variance,
 * and the larger p counts; for 0/1 responses, where a zone without a single event would give the sandwich almost
 * no variance and a p-value of nothing.
 */
export type ScoreVariance = 'robust' | 'both';

/** Below this share of its own size a variance is rounding noise: the column is explained already. */
const EXPLAINED = 1e-7;

/**
 * Rao score tests: would the null model want this block?
 *
 * U = Z̃ᵀr with Z̃ = Z − N(NᵀWN)⁻NᵀWZ, V = Z̃ᵀ·diag(r²)·Z̃ · n/(n − p), statistic UᵀV⁻¹U against χ² with rank(V)
 * degrees of freedom. N is the null model's matrix and, for zones, the zones themselves over all rows: without
 * them a zone where the null model is merely crooked would pass for one where the current rows differ.
 * The block is never fitted: one null model serves all of them.
 * Where levels are absorbed, N also holds a column for each of them: Z and the matrix are taken as they vary within a level,
 * under the weights W, which needs no more than sums by level. A level of one side only then has nothing to say.
 * Range: statistic ≥ 0; a block without information gives df 0 and p = 1.
 * Cost: one Gram matrix, then O(n·p + q²·p) per block of q columns.
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
  const context: Context = {
    design,
    model,
    squares,
    spread: symmetric(weightedGram(x, rows, columns, squares), columns),
    score: weightedSum(design, model.residual),
    inflation: rows / Math.max(1, rows - model.information.rank),
    within: model.absorbed === undefined ? null : levelSums(design, model, squares, model.absorbed),
  };
  return blocks.map((block) => {
    const parts =
      block.kind === 'zones'
        ? withoutZoneEffects(partsOf(context, zoneColumns(block, design)))
        : partsOf(context, { size: block.values.length, values: block.values });
    return { name: block.name, ...testOf(parts, variance) };
  });
}

function testOf(parts: Parts, variance: ScoreVariance): ChiSquare {
  const robust = chiSquareOf(parts.u, parts.robust, parts.scale);
  if (variance === 'robust') return robust;
  const plain = chiSquareOf(parts.u, parts.modelled, parts.scale);
  return plain.p > robust.p ? plain : robust;
}

interface Context {
  readonly design: Design;
  readonly model: NullModel;
  readonly squares: Float64Array;
  /** Xᵀ·diag(r²)·X. */
  readonly spread: Float64Array;
  /** Xᵀ·r. */
  readonly score: Float64Array;
  readonly inflation: number;
  readonly within: LevelSums | null;
}

/** Current rows fill columns 0 … q − 1 by zone, reference rows q … 2q − 1. */
function zoneColumns(block: ZoneBlock, design: Design): Columns {
  const q = block.zones;
  const zone = block.zone.map((at, row) => (at < 0 || row >= design.referenceRows ? at : q + at));
  return { size: 2 * q, zone };
}

/** Score and both variances of some columns after the null model's matrix is projected out; q × q, row-major. */
interface Parts {
  readonly u: Float64Array;
  readonly modelled: Float64Array;
  readonly robust: Float64Array;
  /** Diagonal of ZᵀWZ before projection. */
  readonly scale: Float64Array;
}

function partsOf(context: Context, z: Columns): Parts {
  const { design, model, squares, spread, score, inflation } = context;
  const q = z.size;
  const [xwz, xsz] = crossProducts(z, design, model.weight, squares);
  const projection = xwz.map((column) => solve(model.information, column));
  const zr = columnSums(z, design, model.residual);
  const u = zr.map((value, a) => value - dot(projection[a]!, score));
  const zwz = selfProducts(z, design, model.weight);
  const zsz = selfProducts(z, design, squares);
  const scale = Float64Array.from({ length: q }, (_, a) => zwz[a * q + a]!);
  if (context.within !== null)
    takeLevelsOut({ z, design, weight: model.weight, squares }, context.within, { u, zwz, zsz, xsz });
  const spreadTimes = projection.map((column) => symmetricTimes(spread, column));
  const modelled = new Float64Array(q * q);
  const robust = new Float64Array(q * q);
  for (let a = 0; a < q; a++) {
    for (let b = 0; b < q; b++) {
      const at = a * q + b;
      modelled[at] = zwz[at]! - dot(projection[a]!, xwz[b]!);
      robust[at] =
        inflation *
        (zsz[at]! -
          dot(projection[a]!, xsz[b]!) -
          dot(projection[b]!, xsz[a]!) +
          dot(projection[a]!, spreadTimes[b]!));
    }
  }
  return { u, modelled, robust, scale };
}

/** From (current, reference) zone columns to the current ones with the zones over all rows projected out. */
function withoutZoneEffects(parts: Parts): Parts {
  const size = parts.u.length;
  const q = size / 2;
  const zones = range(q);
  // Zone over all rows = current + reference.
  const all = (m: Float64Array, a: number, b: number): number =>
    m[a * size + b]! + m[a * size + q + b]! + m[(q + a) * size + b]! + m[(q + a) * size + q + b]!;
  const mixed = (m: Float64Array, a: number, b: number): number => m[a * size + b]! + m[(q + a) * size + b]!;
  const kept = zones.filter(
    (a) => all(parts.modelled, a, a) > EXPLAINED * (parts.scale[a]! + parts.scale[q + a]!),
  );
  const k = kept.length;
  const gram = new Float64Array(k * k);
  for (let a = 0; a < k; a++)
    for (let b = 0; b < k; b++) gram[a * k + b] = all(parts.modelled, kept[a]!, kept[b]!);
  const factor = cholesky(gram, k);
  const effect = zones.map((b) =>
    solve(
      factor,
      Float64Array.from(kept, (a) => mixed(parts.modelled, a, b)),
    ),
  );
  const u = Float64Array.from(zones, (a) => {
    const own = kept.map((s) => parts.u[s]! + parts.u[q + s]!);
    return parts.u[a]! - dot(effect[a]!, Float64Array.from(own));
  });
  const reduced = (m: Float64Array): Float64Array => {
    const out = new Float64Array(q * q);
    for (const a of zones) {
      for (const b of zones) {
        let value = m[a * size + b]!;
        for (let s = 0; s < k; s++) {
          value -= effect[a]![s]! * mixed(m, kept[s]!, b) + effect[b]![s]! * mixed(m, kept[s]!, a);
          for (let t = 0; t < k; t++) value += effect[a]![s]! * effect[b]![t]! * all(m, kept[s]!, kept[t]!);
        }
        out[a * q + b] = value;
      }
    }
    return out;
  };
  return {
    u,
    modelled: reduced(parts.modelled),
    robust: reduced(parts.robust),
    scale: parts.scale.slice(0, q),
  };
}

function chiSquareOf(u: Float64Array, v: Float64Array, scale: Float64Array): ChiSquare {
  const q = u.length;
  const kept: number[] = [];
  for (let a = 0; a < q; a++) {
    // The robust variance is in units of the residuals, so it is held against the largest of its kind as well.
    if (v[a * q + a]! > EXPLAINED * Math.max(scale[a]! * unitOf(v, scale, q), 0)) kept.push(a);
  }
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

/** Largest ratio of variance to scale: what one unit of information is worth here. */
function unitOf(v: Float64Array, scale: Float64Array, q: number): number {
  let unit = 0;
  for (let a = 0; a < q; a++) if (scale[a]! > 0) unit = Math.max(unit, v[a * q + a]! / scale[a]!);
  return unit;
}

function columnSums(z: Columns, design: Design, weight: Float64Array): Float64Array {
  const sums = new Float64Array(z.size);
  if ('zone' in z) {
    for (let row = 0; row < z.zone.length; row++) {
      const at = z.zone[row]!;
      if (at >= 0) sums[at]! += weight[row]!;
    }
    return sums;
  }
  for (const [a, column] of z.values.entries()) {
    for (let i = 0; i < column.length; i++) sums[a]! += column[i]! * weight[design.referenceRows + i]!;
  }
  return sums;
}

/** Xᵀ·W·Z for two weights in one pass over X, an array per column of Z each. */
function crossProducts(
  z: Columns,
  design: Design,
  weight: Float64Array,
  other: Float64Array,
): [Float64Array[], Float64Array[]] {
  const { columns, x, referenceRows } = design;
  const empty = (): Float64Array[] => Array.from({ length: z.size }, () => new Float64Array(columns));
  const first = empty();
  const second = empty();
  const add = (a: number, row: number, value: number): void => {
    const at = row * columns;
    const v = value * weight[row]!;
    const w = value * other[row]!;
    const one = first[a]!;
    const two = second[a]!;
    for (let j = 0; j < columns; j++) {
      const cell = x[at + j]!;
      one[j]! += v * cell;
      two[j]! += w * cell;
    }
  };
  if ('zone' in z) {
    for (let row = 0; row < z.zone.length; row++) {
      const at = z.zone[row]!;
      if (at >= 0) add(at, row, 1);
    }
    return [first, second];
  }
  for (const [a, column] of z.values.entries()) {
    for (let i = 0; i < column.length; i++) add(a, referenceRows + i, column[i]!);
  }
  return [first, second];
}

/** Zᵀ·W·Z. */
function selfProducts(z: Columns, design: Design, weight: Float64Array): Float64Array {
  const q = z.size;
  const products = new Float64Array(q * q);
  if ('zone' in z) {
    const sums = columnSums(z, design, weight);
    for (let a = 0; a < q; a++) products[a * q + a] = sums[a]!;
    return products;
  }
  for (let a = 0; a < q; a++) {
    for (let b = 0; b <= a; b++) {
      const left = z.values[a]!;
      const right = z.values[b]!;
      let sum = 0;
      for (let i = 0; i < left.length; i++) sum += left[i]! * right[i]! * weight[design.referenceRows + i]!;
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

/** The lower triangle mirrored. */
function symmetric(matrix: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) matrix[i * size + j] = matrix[j * size + i]!;
  }
  return matrix;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
