import { normalSurvival } from '../../../stats/distributions.ts';

/** SciPy counts orders exactly when one sample is this small and nothing is tied. */
const EXACT_SMALLER_ROWS = 8;

/**
 * One-sided Mann–Whitney p-value: does the reference tend to smaller values than the current sample?
 *
 * Exact without ties when a sample has at most eight rows, else normal with tie and continuity correction. Input: sorted
 * ascending, not empty. All values equal: 1. O(n + m); exact O(n·m·min(n, m)).
 *
 * @example mannWhitneyLess(Float64Array.of(1, 2), Float64Array.of(3, 4)) // 1 / 6
 */
export function mannWhitneyLess(reference: Float64Array, current: Float64Array): number {
  const n = reference.length;
  const m = current.length;
  let wins = 0;
  let tieTerm = 0;
  let i = 0;
  let j = 0;
  while (i < n || j < m) {
    const x = Math.min(reference[i] ?? Infinity, current[j] ?? Infinity);
    const fromReference = i;
    const fromCurrent = j;
    while (i < n && reference[i] === x) i++;
    while (j < m && current[j] === x) j++;
    // Pairs in which the current value is the larger one, ties counting one half.
    wins += ((j - fromCurrent) * (fromReference + i)) / 2;
    const ties = i - fromReference + (j - fromCurrent);
    tieTerm += ties ** 3 - ties;
  }
  if (tieTerm === 0 && Math.min(n, m) <= EXACT_SMALLER_ROWS) return exactUpperTail(wins, n, m);
  const rows = n + m;
  const variance = ((n * m) / 12) * (rows + 1 - tieTerm / (rows * (rows - 1)));
  if (!(variance > 0)) return 1;
  return normalSurvival((wins - (n * m) / 2 - 0.5) / Math.sqrt(variance));
}

/** P(U ≥ u), from the numbers of orders: coefficients of Π (1 − q^(larger + i)) / (1 − q^i), kept as shares. */
function exactUpperTail(u: number, n: number, m: number): number {
  const smaller = Math.min(n, m);
  const larger = Math.max(n, m);
  const size = n * m + 1;
  let shares = new Float64Array(size);
  shares[0] = 1;
  for (let i = 1; i <= smaller; i++) {
    const next = new Float64Array(size);
    for (let at = 0; at < size; at++) {
      const before = at >= i ? (next[at - i] ?? 0) : 0;
      const removed = at >= larger + i ? (shares[at - larger - i] ?? 0) : 0;
      next[at] = before + (shares[at] ?? 0) - removed;
    }
    const scale = i / (larger + i);
    shares = next.map((share) => share * scale);
  }
  let tail = 0;
  for (let at = Math.ceil(u); at < size; at++) tail += Math.max(0, shares[at] ?? 0);
  return Math.min(1, tail);
}
