import type { Design } from './design-matrix.ts';
import type { Absorbed, NullModel } from './null-model.ts';

/** Extra columns in either of two forms: disjoint zones, or dense columns over the current rows. */
export type Columns =
  | { readonly size: number; readonly zone: Int32Array }
  | { readonly size: number; readonly values: readonly Float64Array[] };

/** What a projection within levels needs of the null model. */
export interface LevelSums extends Absorbed {
  /** By level: Σw, Σr, Σr². */
  readonly weight: Float64Array;
  readonly residual: Float64Array;
  readonly square: Float64Array;
  /** By level and column of the matrix: Σr²·x. */
  readonly spread: Float64Array;
}

export function levelSums(
  { rows, columns, x }: Design,
  { weight, residual }: NullModel,
  squares: Float64Array,
  absorbed: Absorbed,
): LevelSums {
  const { levelOf, levels } = absorbed;
  const spread = new Float64Array(levels * columns);
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    const to = levelOf[row]! * columns;
    for (let j = 0; j < columns; j++) spread[to + j]! += squares[row]! * x[from + j]!;
  }
  const summed = (values: Float64Array): Float64Array => {
    const sums = new Float64Array(levels);
    for (let row = 0; row < rows; row++) sums[levelOf[row]!]! += values[row]!;
    return sums;
  };
  return { ...absorbed, weight: summed(weight), residual: summed(residual), square: summed(squares), spread };
}

/** Columns of a block, with both weights of their rows. */
interface Block {
  readonly z: Columns;
  readonly design: Design;
  readonly weight: Float64Array;
  readonly squares: Float64Array;
}

interface Products {
  readonly u: Float64Array;
  readonly zwz: Float64Array;
  readonly zsz: Float64Array;
  readonly xsz: readonly Float64Array[];
}

/**
 * Z becomes Z − Z̄, its mean of each level under the weights, in products that were made with Z as it is. Xᵀ·W·Z stays: the
 * matrix is free of levels already. A level holds few of the columns, so this costs less than a pass over all rows.
 */
export function takeLevelsOut(
  { z, design, weight: weights, squares }: Block,
  within: LevelSums,
  { u, zwz, zsz, xsz }: Products,
): void {
  const { levels, weight, residual, square, spread } = within;
  const q = z.size;
  const { columns } = design;
  const bySpread = sumsByLevel(z, design, squares, within);
  const mean = sumsByLevel(z, design, weights, within);
  for (let level = 0; level < levels; level++) {
    const at = level * q;
    const filled: number[] = [];
    for (let a = 0; a < q; a++) if (mean[at + a] !== 0) filled.push(a);
    for (const a of filled) mean[at + a]! /= weight[level]!;
    for (const a of filled) {
      const share = mean[at + a]!;
      u[a]! -= share * residual[level]!;
      const target = xsz[a]!;
      for (let j = 0; j < columns; j++) target[j]! -= share * spread[level * columns + j]!;
      for (const b of filled) {
        zwz[a * q + b]! -= share * mean[at + b]! * weight[level]!;
        zsz[a * q + b]! -=
          bySpread[at + a]! * mean[at + b]! +
          share * bySpread[at + b]! -
          square[level]! * share * mean[at + b]!;
      }
    }
  }
}

/** Σ weight·z, by level and column of Z. */
function sumsByLevel(
  z: Columns,
  design: Design,
  weight: Float64Array,
  { levelOf, levels }: Absorbed,
): Float64Array {
  const q = z.size;
  const sums = new Float64Array(levels * q);
  if ('zone' in z) {
    for (let row = 0; row < z.zone.length; row++) {
      const at = z.zone[row]!;
      if (at >= 0) sums[levelOf[row]! * q + at]! += weight[row]!;
    }
    return sums;
  }
  for (const [a, column] of z.values.entries()) {
    for (let i = 0; i < column.length; i++) {
      const row = design.referenceRows + i;
      sums[levelOf[row]! * q + a]! += column[i]! * weight[row]!;
    }
  }
  return sums;
}
