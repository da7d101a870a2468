import { normalSurvival } from '../distributions.ts';

/** Without ties and with this few rows in the smaller sample the p-value is exact, as long as n·m stays small. */
const EXACT_SMALLER_ROWS = 8;
const EXACT_LARGEST_PRODUCT = 20_000;

/**
 * Mann–Whitney U test: does one sample tend to larger values?
 *
 * Statistic: U of the first sample, the number of pairs in which it is larger, ties counting ½; from 0 to n·m, n·m/2
 * under no drift. Two-sided p: exact for small samples without ties, else normal with tie and continuity correction.
 * Input: sorted ascending, finite. An empty sample: U = 0, p = 1. All values equal: p = 1. It sees shifts, not
 * changes of spread. Cost O(n + m). Source: Mann & Whitney, Ann. Math. Statist. 18 (1947).
 *
 * @example mannWhitneySorted(Float64Array.of(1, 2), Float64Array.of(3, 4)).p_value // 1 / 3
 */
export function mannWhitneySorted(a: Float64Array, b: Float64Array): { statistic: number; p_value: number } {
  const n = a.length;
  const m = b.length;
  if (n === 0 || m === 0) return { statistic: 0, p_value: 1 };
  const { statistic, tieTerm } = countPairs(a, b);
  return mannWhitneyOf(statistic, tieTerm, n, m);
}

/** The same from U and Σ (t³ − t) over ties, where the walk over the samples was made for other statistics too. */
export function mannWhitneyOf(
  statistic: number,
  tieTerm: number,
  n: number,
  m: number,
): { statistic: number; p_value: number } {
  const larger = Math.max(statistic, n * m - statistic);
  if (tieTerm === 0 && Math.min(n, m) <= EXACT_SMALLER_ROWS && n * m <= EXACT_LARGEST_PRODUCT) {
    return { statistic, p_value: Math.min(1, 2 * exactTail(larger, n, m)) };
  }
  const rows = n + m;
  const variance = ((n * m) / 12) * (rows + 1 - tieTerm / (rows * (rows - 1)));
  if (!(variance > 0)) return { statistic, p_value: 1 };
  const z = (larger - (n * m) / 2 - 0.5) / Math.sqrt(variance);
  return { statistic, p_value: Math.min(1, 2 * normalSurvival(z)) };
}

function countPairs(a: Float64Array, b: Float64Array): { statistic: number; tieTerm: number } {
  let statistic = 0;
  let tieTerm = 0;
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const x = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    const fromA = i;
    const fromB = j;
    while (i < a.length && a[i] === x) i++;
    while (j < b.length && b[j] === x) j++;
    statistic += ((i - fromA) * (fromB + j)) / 2;
    const ties = i - fromA + (j - fromB);
    tieTerm += ties ** 3 - ties;
  }
  return { statistic, tieTerm };
}

/** P(U ≥ u): the number of orders with each U are the coefficients of a Gaussian binomial, Π (1 − q^(m+i))/(1 − q^i). */
function exactTail(u: number, n: number, m: number): number {
  const size = n * m + 1;
  const smaller = Math.min(n, m);
  const ways = Array.from<unknown, bigint>({ length: size }, (_, i) => (i === 0 ? 1n : 0n));
  for (let i = 1; i <= smaller; i++) {
    const numerator = Math.max(n, m) + i;
    for (let at = size - 1; at >= numerator; at--) ways[at] = (ways[at] ?? 0n) - (ways[at - numerator] ?? 0n);
    for (let at = i; at < size; at++) ways[at] = (ways[at] ?? 0n) + (ways[at - i] ?? 0n);
  }
  const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);
  return Number(sum(ways.slice(u))) / Number(sum(ways));
}
