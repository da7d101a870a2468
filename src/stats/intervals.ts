import { normalQuantile } from './distributions.ts';

const Z_95: number = normalQuantile(0.975);

/**
 * Wilson's interval for a share of x in n, 95 % by default.
 *
 * Formula: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n). Range within [0, 1]; n = 0 gives [0, 1]. O(1).
 * Source: Wilson, J. Am. Stat. Assoc. 22 (1927).
 *
 * @example wilsonInterval(8, 10) // [0.49016247153664183, 0.9433178485456247]
 */
export function wilsonInterval(x: number, n: number, z: number = Z_95): [number, number] {
  if (!(n > 0)) return [0, 1];
  const p = x / n;
  const scale = 1 + z ** 2 / n;
  const centre = p + z ** 2 / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n * n));
  return [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)];
}

/** mean ± z · standard error, 95 % by default; a lower limit of 0 for quantities that cannot be negative. */
export function normalInterval(mean: number, standardError: number, z: number = Z_95): [number, number] {
  return [Math.max(0, mean - z * standardError), mean + z * standardError];
}
