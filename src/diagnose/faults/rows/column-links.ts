import { chiSquareSurvival } from '../../../stats/distributions.ts';
import type { Correlations } from './rank-correlations.ts';

/** What two groups of columns have to do with each other, summed over their rank correlations (Fisher z). */
export interface Link {
  /** Pairs of columns. */
  readonly cells: number;
  /** Σ z² of the reference, and the same over its variance: whether they went together at all. */
  readonly squares: number;
  readonly before: number;
  /** Σ (z_now − z_before)² over the variance of a difference. */
  readonly changed: number;
  /** The share of the old correlations that is left, Σ z_now·z_before / Σ z_before², and its standard error. */
  readonly left: number;
  readonly error: number;
  /** Σ (z_now − left·z_before)² over the variance: what that share leaves unexplained. */
  readonly rest: number;
  /** The largest old correlation, without its sign. */
  readonly strongest: number;
}

/** Cells of one group against those of another; indices into the matrix. */
export function linkBetween(z: Correlations, some: readonly number[], others: readonly number[]): Link {
  let [cells, squares, products, current, changed, strongest, clumped] = [0, 0, 0, 0, 0, 0, 0];
  for (const i of some) {
    for (const j of others) {
      if (z.feature[i] === z.feature[j]) continue;
      const before = z.reference[i * z.size + j]!;
      const now = z.current[i * z.size + j]!;
      cells += 1;
      squares += before * before;
      products += before * now;
      current += now * now;
      const each = z.clumped(i, j);
      clumped += before * before * each;
      changed += (now - before) ** 2 / each;
      strongest = Math.max(strongest, Math.abs(before));
    }
  }
  const times = squares > 0 ? clumped / squares : 1;
  const referenceVariance = times * (z.variance - z.currentVariance);
  const left = squares > 0 ? products / squares : 0;
  const variance = times * z.currentVariance + left * left * referenceVariance;
  return {
    cells,
    squares,
    before: squares / referenceVariance,
    changed: changed / z.variance,
    left,
    error: squares > 0 ? Math.sqrt(variance / squares) : Infinity,
    rest: Math.max(0, current - left * products) / variance,
    strongest,
  };
}

/** Of the columns of one group, each pair once. */
export function linkWithin(z: Correlations, cells: readonly number[]): Link {
  const twice = linkBetween(z, cells, cells);
  return {
    ...twice,
    cells: twice.cells / 2,
    squares: twice.squares / 2,
    before: twice.before / 2,
    changed: twice.changed / 2,
    rest: twice.rest / 2,
    error: twice.error * Math.SQRT2,
  };
}

export const changedP = ({ changed, cells }: Link): number =>
  cells === 0 ? 1 : chiSquareSurvival(changed, cells);

export const beforeP = ({ before, cells }: Link): number =>
  cells === 0 ? 1 : chiSquareSurvival(before, cells);

/** Cells of the matrix by the feature they stem from. */
export function cellsByFeature(z: Correlations): Map<string, number[]> {
  const cells = new Map<string, number[]>();
  for (const [at, name] of z.feature.entries()) cells.set(name, [...(cells.get(name) ?? []), at]);
  return cells;
}
