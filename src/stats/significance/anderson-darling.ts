import { remember } from '../../core/memory/remember.ts';

/** Critical values of the standardised statistic for two samples, and their levels (Scholz & Stephens, table 2). */
const SMALLEST_TABLED = 0.325;
const LARGEST_TABLED = 6.546;
const LARGEST_P = 0.25;
const SMALLEST_P = 0.001;
/** Least squares of ln p on the seven tabled values, constant first. */
const LOG_P = [-1.077770279820484, -1.0082265644652515, 0.01819809457411147] as const;

/**
 * Two-sample Anderson–Darling test: the squared gap of the two distribution functions, weighted towards both tails.
 *
 * Statistic: A² of the k-sample test with mid-ranks, less its mean 1, over its standard deviation (what SciPy's
 * `anderson_ksamp` returns). p by interpolation in a table, clipped to [0.001, 0.25] as there: good to read, useless
 * in a correction for many tests, which it never enters here. Input: sorted ascending, finite, ties allowed. Symmetric,
 * unchanged by increasing transformations. An empty sample, fewer than four rows in all, or one and the same value
 * throughout: 0 and 0.25. It is about −1 for equal samples. Cost O(n + m).
 * Source: Scholz & Stephens, J. Am. Stat. Assoc. 82 (1987).
 *
 * @example andersonDarlingSorted(Float64Array.of(1, 2, 3, 4), Float64Array.of(3, 5, 6, 7)).statistic // 2.0623629741589897
 */
export function andersonDarlingSorted(
  a: Float64Array,
  b: Float64Array,
): { statistic: number; p_value: number } {
  return andersonDarlingOf(a, b, () => weightedGaps(a, b));
}

/** The same where the weighted gaps are known (`mergePair`). */
export function andersonDarlingOf(
  a: Float64Array,
  b: Float64Array,
  gaps: () => number,
): { statistic: number; p_value: number } {
  const n = a.length;
  const m = b.length;
  const rows = n + m;
  const smallest = Math.min(a[0] ?? Infinity, b[0] ?? Infinity);
  const largest = Math.max(a[n - 1] ?? -Infinity, b[m - 1] ?? -Infinity);
  if (n === 0 || m === 0 || rows < 4 || smallest === largest) return { statistic: 0, p_value: LARGEST_P };
  const squared = ((rows - 1) / rows) * gaps() * (1 / n + 1 / m);
  const statistic = (squared - 1) / Math.sqrt(varianceOf(n, m));
  return { statistic, p_value: clippedPValue(statistic) };
}

/** Σ over distinct values of t/N · (N·M − B·n)²/(B(N − B) − N·t/4): t ties, M and B mid-counts of `a` and of all. */
function weightedGaps(a: Float64Array, b: Float64Array): number {
  const n = a.length;
  const rows = n + b.length;
  let sum = 0;
  let i = 0;
  let j = 0;
  while (i < n || j < b.length) {
    const x = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    const fromA = i;
    const fromB = j;
    while (i < n && a[i] === x) i++;
    while (j < b.length && b[j] === x) j++;
    const ties = i - fromA + (j - fromB);
    const ofA = (fromA + i) / 2;
    const ofAll = (fromA + fromB + i + j) / 2;
    const gap = rows * ofA - ofAll * n;
    sum += ((ties / rows) * gap * gap) / (ofAll * (rows - ofAll) - (rows * ties) / 4);
  }
  return sum;
}

/** Columns of a pair of files have the same rows, but for those that are missing. */
const MOST_KEPT = 64;
const harmonicsOf = new Map<number, { harmonic: number; nested: number }>();

function harmonics(rows: number): { harmonic: number; nested: number } {
  const known = harmonicsOf.get(rows);
  if (known !== undefined) return known;
  let harmonic = 0;
  let nested = 0;
  for (let i = 1; i <= rows - 2; i++) {
    harmonic += 1 / (rows - i);
    nested += harmonic / (i + 1);
  }
  remember(harmonicsOf, rows, { harmonic, nested }, MOST_KEPT);
  return { harmonic, nested };
}

/** Variance of A² for two samples of n and m rows when nothing differs. */
function varianceOf(n: number, m: number): number {
  const rows = n + m;
  const { harmonic, nested } = harmonics(rows);
  const h = harmonic + 1;
  const g = nested;
  const inverse = 1 / n + 1 / m;
  const a = 4 * g - 6 + (10 - 6 * g) * inverse;
  const b = 4 * (2 * g - 4) + 16 * h + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6;
  const c = 4 * (6 * h + 2 * g - 2) + 2 * (4 * h - 4 * g + 6) + (2 * h - 6) * inverse + 4 * h;
  const d = 4 * (2 * h + 6) - 8 * h;
  return (a * rows ** 3 + b * rows ** 2 + c * rows + d) / ((rows - 1) * (rows - 2) * (rows - 3));
}

function clippedPValue(statistic: number): number {
  if (statistic < SMALLEST_TABLED) return LARGEST_P;
  if (statistic > LARGEST_TABLED) return SMALLEST_P;
  return Math.exp(LOG_P[0] + LOG_P[1] * statistic + LOG_P[2] * statistic ** 2);
}
