import { fSurvival } from '../../src/stats/distributions.ts';
import type { Tally } from './tally.ts';

/** A share of windows over many baselines, with a one-sided 95 % bound on either side. */
export interface Rate {
  readonly hits: number;
  readonly trials: number;
  readonly rate: number;
  readonly lower: number;
  readonly upper: number;
  /** Baselines the windows are spread over. */
  readonly clusters: number;
  /** Variance between baselines over that of independent windows; 1 when no larger. */
  readonly designEffect: number;
}

/**
 * The share of hits and its one-sided 95 % bounds (Clopper and Pearson's). Windows of one baseline share its luck, so the
 * trials count for as many as they are worth: divided by the design effect, the variance of the baselines' counts over
 * the binomial one, where that is above 1.
 *
 * @example rateOf([{ hits: 0, trials: 3000 }]).upper // 0.000998…: the rule of three
 */
export function rateOf(tallies: readonly Tally[]): Rate {
  const hits = tallies.reduce((sum, tally) => sum + tally.hits, 0);
  const trials = tallies.reduce((sum, tally) => sum + tally.trials, 0);
  const rate = trials === 0 ? 0 : hits / trials;
  const designEffect = designEffectOf(tallies, rate);
  const worthHits = hits / designEffect;
  const worthTrials = trials / designEffect;
  return {
    hits,
    trials,
    rate,
    lower: lowerBound(worthHits, worthTrials),
    upper: upperBound(worthHits, worthTrials),
    clusters: tallies.length,
    designEffect,
  };
}

function designEffectOf(tallies: readonly Tally[], rate: number): number {
  const binomial = tallies.reduce((sum, tally) => sum + tally.trials * rate * (1 - rate), 0);
  if (binomial === 0 || tallies.length < 2) return 1;
  const between = tallies.reduce((sum, tally) => sum + (tally.hits - rate * tally.trials) ** 2, 0);
  return Math.max(1, ((between / binomial) * tallies.length) / (tallies.length - 1));
}

const LEVEL = 0.05;

/** p at which `hits` or fewer of `trials` have 5 %; real numbers are allowed. */
export function upperBound(hits: number, trials: number): number {
  return hits >= trials ? 1 : betaUpperPoint(hits + 1, trials - hits, LEVEL);
}

/** p at which `hits` or more of `trials` have 5 %. */
export function lowerBound(hits: number, trials: number): number {
  return hits <= 0 ? 0 : betaUpperPoint(hits, trials - hits + 1, 1 - LEVEL);
}

/** x with P(Beta(a, b) > x) = tail, by bisection on the F distribution it mirrors. */
function betaUpperPoint(a: number, b: number, tail: number): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 100; i++) {
    const x = (low + high) / 2;
    if (fSurvival(((x / (1 - x)) * b) / a, 2 * a, 2 * b) > tail) low = x;
    else high = x;
  }
  return (low + high) / 2;
}
