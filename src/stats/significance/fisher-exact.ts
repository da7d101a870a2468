import { binomialPmf } from '../special/saddle-point.ts';

/** Below this part of the sum, and halving with each step, what is left of a tail is less than rounding. */
const NEGLIGIBLE = 1e-18;

/**
 * Fisher's exact test that x1 of n1 and x2 of n2 come from the same share: what is left when an expected count is too
 * small for any approximation.
 *
 * Two-sided p: the sum over all tables with the same margins that are no more likely than this one (with a relative
 * allowance of 1e-7, as usual, so that equal tables count). Range [0, 1]; an empty sample, or none or all of both:
 * 1. Conservative. Cost O(rows of the rarer kind), a few operations each. Source: Fisher, J. R. Stat. Soc. 98 (1935).
 *
 * @example fisherExactTest(8, 10, 1, 6) // 0.034965034965034965
 */
export function fisherExactTest(x1: number, n1: number, x2: number, n2: number): number {
  const kind = x1 + x2;
  if (n1 === 0 || n2 === 0 || kind === 0 || kind === n1 + n2) return 1;
  // Whichever kind is rarer: the sums are the same and shorter.
  if (kind > (n1 + n2) / 2) return fisherExactTest(n1 - x1, n1, n2 - x2, n2);
  const observed = hypergeometricPmf(x2, kind, n2, n1 + n2);
  /** How many times likelier one more of the rarer kind in the second sample is. */
  const odds = (x: number): number => ((kind - x) * (n2 - x)) / ((x + 1) * (n1 - kind + x + 1));
  const above = tail(observed, x2, Math.min(kind, n2), 1, odds);
  const below = tail(observed, x2, Math.max(0, kind - n1), -1, (x) => 1 / odds(x - 1));
  return Math.min(1, observed + above + below);
}

/** The chances of all tables from this one (itself left out) to the last that are no likelier than it. */
function tail(
  observed: number,
  from: number,
  last: number,
  step: 1 | -1,
  odds: (x: number) => number,
): number {
  const most = observed * (1 + 1e-7);
  let chance = observed;
  let sum = 0;
  for (let x = from; x !== last; x += step) {
    const ratio = odds(x);
    chance *= ratio;
    if (chance > most) continue;
    sum += chance;
    if (ratio < 0.5 && chance < NEGLIGIBLE * (observed + sum)) break;
  }
  return sum;
}

/** P(x of the rarer kind among `drawn` of `all` rows), as a product of binomials that keeps its digits. */
function hypergeometricPmf(x: number, kind: number, drawn: number, all: number): number {
  const p = drawn / all;
  return (binomialPmf(x, kind, p) * binomialPmf(drawn - x, all - kind, p)) / binomialPmf(drawn, all, p);
}
