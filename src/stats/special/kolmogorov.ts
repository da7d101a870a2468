import { binomialPmf } from './saddle-point.ts';

/**
 * P(D_n ≥ d): the two-sided one-sample Kolmogorov statistic of n independent rows exceeds d.
 *
 * Each range has the method that is accurate there (Simard & L'Ecuyer, J. Stat. Softw. 39(11), 2011):
 * closed forms at both ends; twice the one-sided tail where the chance of exceeding on both sides is below 1e-7
 * of it; the matrix form for small n; the Pelz–Good series otherwise. Agrees with SciPy's `kstwo.sf` to 2e-7 relative.
 *
 * @example kolmogorovSurvival(0.1, 141) // 0.11128445516467944
 */
export function kolmogorovSurvival(d: number, n: number): number {
  // What is reported is what is decided by: it is asked for twice.
  if (d !== last.d || n !== last.n) last = { d, n, p: survivalOf(d, n) };
  return last.p;
}

let last = { d: Number.NaN, n: 0, p: Number.NaN };

function survivalOf(d: number, n: number): number {
  const t = n * d;
  if (t <= 0.5) return 1;
  if (d >= 1) return 0;
  if (t >= n - 1) return 2 * (1 - d) ** n;
  const squared = t * d;
  if (squared > LARGEST_SQUARE) return 0;
  if (d >= 0.5 || squared >= (n > SMALL_N ? 2.2 : 4)) return Math.min(1, 2 * oneSidedSurvival(d, n));
  const exact = n <= SMALL_N || (n <= MATRIX_N && n * d ** 1.5 <= 1.4);
  return clip(1 - (exact ? matrixCdf(d, n) : pelzGood(d, n)));
}

/** Beyond this 2·exp(−2nd²), which is more (Massart, Ann. Probab. 18, 1990), is less than the smallest double. */
const LARGEST_SQUARE = 373;
const SMALL_N = 140;
/** Up to here the matrix form fits a double; it is needed where the series is off by 1e-6, at small d. */
const MATRIX_N = 500;
/** Beyond this the sum costs more than it adds: the expansion below is then good to 1e-6. */
const LARGEST_SUM = 1_000_000;

/**
 * P(D_n⁺ ≥ d) by Birnbaum and Tingey's sum, d·Σ C(n,j)(d + j/n)^(j−1)(1 − d − j/n)^(n−j), read as binomial
 * probabilities at q = d + j/n, so that the powers of large n never meet. O(n), and less the farther in the tail.
 */
function oneSidedSurvival(d: number, n: number): number {
  if (n > LARGEST_SUM) return Math.exp(-((6 * n * d + 1) ** 2) / (18 * n));
  const termAt = (j: number): number => {
    const q = d + j / n;
    return (binomialPmf(j, n, Math.min(1, q)) * d) / q;
  };
  // The terms rise to one peak and fall: what is farther from it than this is below rounding.
  const middle = Math.floor((n * (1 - d)) / 2);
  const seen = (termAt(middle) / n) * 1e-18;
  let sum = 0;
  for (let j = firstAtLeast(seen, termAt, middle); j <= n * (1 - d); j++) {
    const term = termAt(j);
    sum += term;
    if (term < sum * 1e-18 && j > middle) break;
  }
  return sum;
}

/** Of terms that rise up to the middle one. */
function firstAtLeast(least: number, termAt: (j: number) => number, middle: number): number {
  let [low, high] = [0, middle];
  while (low < high) {
    const half = (low + high) >> 1;
    if (termAt(half) < least) low = half + 1;
    else high = half;
  }
  return low;
}

/** P(D_n < d) by Marsaglia, Tsang and Wang's matrix power (J. Stat. Softw. 8(18), 2003). n ≤ 600, or its entries overflow. O((nd)³ log n). */
function matrixCdf(d: number, n: number): number {
  const k = Math.floor(n * d) + 1;
  const size = 2 * k - 1;
  const h = k - n * d;
  const matrix = transitionMatrix(size, h);
  const power = matrixPower(matrix, size, n);
  let probability = power[(k - 1) * size + k - 1] ?? 0;
  // n!/n^n factor by factor, so that it does not underflow before it meets the large entry.
  for (let i = 1; i <= n; i++) probability *= i / n;
  return probability;
}

function transitionMatrix(size: number, h: number): Float64Array {
  const matrix = new Float64Array(size * size);
  const at = (row: number, column: number): number => row * size + column;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) matrix[at(i, j)] = i - j + 1 < 0 ? 0 : 1;
  }
  for (let i = 0; i < size; i++) {
    matrix[at(i, 0)] = (matrix[at(i, 0)] ?? 0) - h ** (i + 1);
    matrix[at(size - 1, i)] = (matrix[at(size - 1, i)] ?? 0) - h ** (size - i);
  }
  if (2 * h - 1 > 0) matrix[at(size - 1, 0)] = (matrix[at(size - 1, 0)] ?? 0) + (2 * h - 1) ** size;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i + 1; j++) {
      for (let g = 1; g <= i - j + 1; g++) matrix[at(i, j)] = (matrix[at(i, j)] ?? 0) / g;
    }
  }
  return matrix;
}

function matrixPower(base: Float64Array, size: number, exponent: number): Float64Array {
  if (exponent === 1) return base;
  const half = matrixPower(base, size, exponent >> 1);
  const square = multiply(half, half, size);
  return exponent % 2 === 0 ? square : multiply(base, square, size);
}

function multiply(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const product = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let l = 0; l < size; l++) {
      const factor = a[i * size + l] ?? 0;
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) {
        product[i * size + j] = (product[i * size + j] ?? 0) + factor * (b[l * size + j] ?? 0);
      }
    }
  }
  return product;
}

/** P(√n·D_n < z) to order n^(−3/2) (Pelz & Good, J. R. Stat. Soc. B 38, 1976). */
function pelzGood(d: number, n: number): number {
  const z = d * Math.sqrt(n);
  const z2 = z * z;
  const z4 = z2 * z2;
  const z6 = z4 * z2;
  let k0 = 0;
  let k1 = 0;
  let k2 = 0;
  let k3 = 0;
  for (let k = 0; k < 20; k++) {
    const u = (Math.PI * (k + 0.5)) ** 2;
    const weight = 2 * Math.exp(-u / (2 * z2));
    k0 += weight;
    k1 += weight * (u - z2);
    k2 += weight * (6 * z6 + 2 * z4 + u * (2 * z4 - 5 * z2) + u * u * (1 - 2 * z2));
    k3 +=
      weight *
      (u ** 3 * (5 - 30 * z2) +
        u * u * (212 * z4 - 60 * z2) +
        u * (135 * z4 - 96 * z6) -
        30 * z6 -
        90 * z4 * z4);
  }
  let whole2 = 0;
  let whole3 = 0;
  for (let k = 1; k < 20; k++) {
    const v = (Math.PI * k) ** 2;
    const weight = 2 * Math.exp(-v / (2 * z2));
    whole2 += weight * v;
    whole3 += weight * (3 * v * z2 - v * v);
  }
  const series =
    k0 / z +
    k1 / (6 * z4) / Math.sqrt(n) +
    (k2 / (72 * z6 * z) - whole2 / (36 * z2 * z)) / n +
    (k3 / (6480 * z6 * z4) + whole3 / (216 * z6)) / n ** 1.5;
  return clip(series * Math.sqrt(Math.PI / 2));
}

function clip(p: number): number {
  return Math.min(1, Math.max(0, p));
}
