import { logGamma } from '../special/log-gamma.ts';

/** Concentrations that are tried: shares from nearly one-sided to nearly equal. */
const CONCENTRATIONS = Array.from({ length: 25 }, (_, i) => 0.05 * 2 ** (i / 2));

/**
 * ln of how much likelier the counts of new levels are as those of the old ones under other names than as drawn from the same
 * kind of shares: Dirichlet-multinomial given the old counts, against without them, both with the concentration that fits the
 * old ones best. Which is which is not known, so the largest is matched to the largest and ln(levels!) is taken away,
 * which is at least what that choice gains. Levels of nearly equal shares therefore say nothing.
 *
 * @param before rows of the old levels, from the largest to the smallest
 * @param now rows of the new ones, likewise; as many
 *
 * @example sameShares([4000, 3000, 2000, 1000], [2010, 1490, 1005, 495]) > Math.log(100) // true
 * @example sameShares([100, 100, 100], [50, 50, 50]) < 0 // true
 */
export function sameShares(before: readonly number[], now: readonly number[]): number {
  const levels = before.length;
  if (levels < 2 || now.length !== levels) return -Infinity;
  const alpha = fittedConcentration(before);
  const priors = before.map(() => alpha);
  const given = before.map((count) => count + alpha);
  return logProbability(now, given) - logProbability(now, priors) - logGamma(levels + 1);
}

/** Dirichlet-multinomial, up to the multinomial coefficient. */
function logProbability(counts: readonly number[], weights: readonly number[]): number {
  let [log, n, all] = [0, 0, 0];
  for (const [i, weight] of weights.entries()) {
    const count = counts[i] ?? 0;
    n += count;
    all += weight;
    log += logGamma(count + weight) - logGamma(weight);
  }
  return log + logGamma(all) - logGamma(n + all);
}

function fittedConcentration(counts: readonly number[]): number {
  let best = { alpha: 1, log: -Infinity };
  for (const alpha of CONCENTRATIONS) {
    const log = logProbability(
      counts,
      counts.map(() => alpha),
    );
    if (log > best.log) best = { alpha, log };
  }
  return best.alpha;
}
