import { binomialPmf } from '../special/saddle-point.ts';

/**
 * Fisher's exact test that x1 of n1 and x2 of n2 come from the same share: what is left when an expected count is too
 * small for any approximation.
 *
 * Two-sided p: the sum over all tables with the same margins that are no more likely than this one (with a relative
 * allowance of 1e-7, as usual, so that equal tables count). Range [0, 1]; an empty sample, or none or all of both:
 * 1. Conservative. Cost O(rows of the rarer kind). Source: Fisher, J. R. Stat. Soc. 98 (1935).
 *
 * @example fisherExactTest(8, 10, 1, 6) // 0.034965034965034965
 */
export function fisherExactTest(x1: number, n1: number, x2: number, n2: number): number {
  const kind = x1 + x2;
  if (n1 === 0 || n2 === 0 || kind === 0 || kind === n1 + n2) return 1;
  // Whichever kind is rarer: the sums are the same and shorter.
  if (kind > (n1 + n2) / 2) return fisherExactTest(n1 - x1, n1, n2 - x2, n2);
  const observed = hypergeometricPmf(x2, kind, n2, n1 + n2);
  let p = 0;
  for (let x = Math.max(0, kind - n1); x <= Math.min(kind, n2); x++) {
    const chance = hypergeometricPmf(x, kind, n2, n1 + n2);
    if (chance <= observed * (1 + 1e-7)) p += chance;
  }
  return Math.min(1, p);
}

/** P(x of the rarer kind among `drawn` of `all` rows), as a product of binomials that keeps its digits. */
function hypergeometricPmf(x: number, kind: number, drawn: number, all: number): number {
  const p = drawn / all;
  return (binomialPmf(x, kind, p) * binomialPmf(drawn - x, all - kind, p)) / binomialPmf(drawn, all, p);
}
