/** ln of the significance levels of the published table as a parabola in the statistic (two samples). */
const LOG_LEVEL = [-1.077770279820484, -1.0082265644652515, 0.01819809457411147] as const;
/** Beyond the ends of that table the p-value is its end. */
const SMALLEST_STATISTIC = 0.325;
const LARGEST_STATISTIC = 6.546;

/**
 * p-value of the two-sample Anderson–Darling test with mid-ranks as SciPy gives it: read off a table that ends at
 * 0.25 and 0.001.
 *
 * Input: sorted ascending. Fewer than two distinct values or four rows: null. O(n + m).
 * Source: Scholz & Stephens, J. Am. Stat. Assoc. 82 (1987).
 *
 * @example andersonDarlingPValue(Float64Array.of(1, 2, 3, 4), Float64Array.of(5, 6, 7, 8)) // 0.010595002929560345
 */
export function andersonDarlingPValue(a: Float64Array, b: Float64Array): number | null {
  const rows = a.length + b.length;
  const distinct = Math.min(a[0] ?? 0, b[0] ?? 0) !== Math.max(a.at(-1) ?? 0, b.at(-1) ?? 0);
  if (rows < 4 || !distinct) return null;
  const statistic = (midRankStatistic(a, b) - 1) / Math.sqrt(nullVariance(a.length, b.length));
  if (statistic < SMALLEST_STATISTIC) return 0.25;
  if (statistic > LARGEST_STATISTIC) return 0.001;
  return Math.exp(LOG_LEVEL[0] + LOG_LEVEL[1] * statistic + LOG_LEVEL[2] * statistic ** 2);
}

function midRankStatistic(a: Float64Array, b: Float64Array): number {
  const n = a.length;
  const m = b.length;
  const rows = n + m;
  let sumA = 0;
  let sumB = 0;
  let i = 0;
  let j = 0;
  while (i < n || j < m) {
    const x = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    const fromA = i;
    const fromB = j;
    while (i < n && a[i] === x) i++;
    while (j < m && b[j] === x) j++;
    const ties = i - fromA + (j - fromB);
    const middle = fromA + fromB + ties / 2;
    const weight = ties / rows / (middle * (rows - middle) - (rows * ties) / 4);
    sumA += weight * (rows * ((fromA + i) / 2) - middle * n) ** 2;
    sumB += weight * (rows * ((fromB + j) / 2) - middle * m) ** 2;
  }
  return ((rows - 1) / rows) * (sumA / n + sumB / m);
}

/** Variance of the statistic when nothing moved; the letters are the paper's. */
function nullVariance(n: number, m: number): number {
  const rows = n + m;
  const H = 1 / n + 1 / m;
  let harmonic = 0;
  let g = 0;
  for (let i = 1; i <= rows - 2; i++) {
    harmonic += 1 / (rows - i);
    g += harmonic / (i + 1);
  }
  const h = harmonic + 1;
  const k = 2;
  const a = (4 * g - 6) * (k - 1) + (10 - 6 * g) * H;
  const b = (2 * g - 4) * k ** 2 + 8 * h * k + (2 * g - 14 * h - 4) * H - 8 * h + 4 * g - 6;
  const c = (6 * h + 2 * g - 2) * k ** 2 + (4 * h - 4 * g + 6) * k + (2 * h - 6) * H + 4 * h;
  const d = (2 * h + 6) * k ** 2 - 4 * h * k;
  return (a * rows ** 3 + b * rows ** 2 + c * rows + d) / ((rows - 1) * (rows - 2) * (rows - 3));
}
