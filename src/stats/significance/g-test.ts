import { chiSquareSurvival } from '../distributions.ts';

export interface ContingencyResult {
  statistic: number;
  df: number;
  p_value: number;
  /** Cells that were not empty on both sides. */
  cells: number;
  /** Of a G-test the X² of the same cells. */
  pearson?: number;
}

/**
 * Likelihood-ratio test that two samples of counts share one distribution.
 *
 * Formula: G = 2 Σ O·ln(O/E) over both rows, E from the margins, no Yates correction; p from χ² with cells − 1.
 * Input: aligned counts already pooled (`poolCells`). Cells empty on both sides are dropped.
 * Range: G ≥ 0. Empty: a sample without rows, or fewer than two cells, gives G = 0, df = 0, p = 1.
 * Why G and not Pearson's χ²: at p = 2e-5 with expected counts near 5 its false-alarm rate stays within 1.0–1.4
 * times the nominal one, where Pearson's is up to 13 times too liberal.
 * Cost: O(cells). Source: Sokal & Rohlf, Biometry, 1981.
 *
 * @example gTest([15, 60], [15, 90]).statistic // 1.0172448205755877
 */
export function gTest(reference: ArrayLike<number>, current: ArrayLike<number>): ContingencyResult {
  let pearson = 0;
  const found = contingency(reference, current, (observed, expected) => {
    pearson += (observed - expected) ** 2 / expected;
    return observed === 0 ? 0 : 2 * observed * Math.log(observed / expected);
  });
  return { ...found, pearson };
}

/** The shape shared by the tests of a 2 × B table: margins, expected counts, a sum of terms, χ² tail. */
export function contingency(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  term: (observed: number, expected: number) => number,
): ContingencyResult {
  let n = 0;
  let m = 0;
  let cells = 0;
  for (let i = 0; i < reference.length; i++) {
    const a = reference[i] ?? 0;
    const b = current[i] ?? 0;
    n += a;
    m += b;
    if (a + b > 0) cells += 1;
  }
  if (n === 0 || m === 0 || cells < 2) return { statistic: 0, df: 0, p_value: 1, cells };
  let statistic = 0;
  for (let i = 0; i < reference.length; i++) {
    const a = reference[i] ?? 0;
    const b = current[i] ?? 0;
    if (a + b === 0) continue;
    statistic += term(a, ((a + b) * n) / (n + m)) + term(b, ((a + b) * m) / (n + m));
  }
  // Rounding may leave −1e-16 where both samples are alike.
  statistic = Math.max(0, statistic);
  return { statistic, df: cells - 1, p_value: chiSquareSurvival(statistic, cells - 1), cells };
}
