import { plainSum } from '../../../stats/present-values.ts';
import { keptWith } from '../../../core/memory/remember.ts';
import { quantileReached } from '../../../stats/quantiles.ts';
import { distanceWithin } from '../resolution.ts';

/** Amounts grow: no factor up to this, either way, says by itself that anything broke. */
export const MAX_GROWTH = 12;
/** A column that spreads by no more than a tenth of its size is a measure and no amount; it does not grow tenfold. */
export const NARROW = 0.1;
/** Standard errors around an estimate beyond which nothing is expected: 1 in 1,000. */
export const CERTAIN = 3.3;

/** The best ordinary explanation of a column that moved: every value as it was, times one free factor. */
export interface Growth {
  /** ln of the factor. */
  readonly log: number;
  /** Standard error of `log`. */
  readonly error: number;
  /** Robust spread of ln|value| in the reference. */
  readonly spread: number;
  /** Of the current values to the grown reference. */
  readonly distance: number;
}

const MIN_NONZERO = 30;

/**
 * Free factor between two samples: difference of the means of ln|value| over values that are not zero, standard error
 * σ·√(1/n + 1/m). Null where too few values are not zero. Sorted inputs; O(n + m).
 *
 * @example growthOf(Float64Array.from({ length: 40 }, (_, i) => i + 1), Float64Array.from({ length: 40 }, (_, i) => 3 * i + 3), 0)?.log.toFixed(4) // '1.0986'
 */
export function growthOf(reference: Float64Array, current: Float64Array, tolerance: number): Growth | null {
  const factor = freeFactor(reference, current);
  if (factor === null) return null;
  const { log, error } = factor;
  const [before, now] = [logQuartiles(reference), logQuartiles(current)];
  const spread = (before.upper - before.lower) / 1.349;
  const middle = now.middle - before.middle;
  const tried = [log, middle, log - error, log + error, log - 2 * error, log + 2 * error];
  const distance = Math.min(
    ...tried.map((each) => {
      const by = Math.exp(each);
      return distanceWithin(
        current,
        reference.map((value) => value * by),
        tolerance,
      );
    }),
  );
  return { log, error, spread, distance };
}

/** ln of the factor between the means of ln|value|, and its standard error; null where too few values are not zero. O(n + m). */
export function freeFactor(
  reference: Float64Array,
  current: Float64Array,
): Pick<Growth, 'log' | 'error'> | null {
  const [before, now] = [logMoments(reference), logMoments(current)];
  if (Math.min(before.count, now.count) < MIN_NONZERO) return null;
  const error = Math.sqrt(before.variance * (1 / before.count + 1 / now.count));
  return { log: now.mean - before.mean, error };
}

const logMoments = keptWith((values: Float64Array) => {
  const logs = logsOf(values);
  const mean = meanOf(logs);
  let squares = 0;
  for (let i = 0; i < logs.length; i++) squares += (logs[i]! - mean) ** 2;
  return { count: logs.length, mean, variance: squares / logs.length };
});

const logQuartiles = keptWith((values: Float64Array) => {
  const logs = logsOf(values).sort();
  const [lower, middle, upper] = [0.25, 0.5, 0.75].map((at) => quantileReached(logs, at)) as [
    number,
    number,
    number,
  ];
  return { lower, middle, upper };
});

function logsOf(values: Float64Array): Float64Array {
  const logs = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) logs[count++] = Math.log(Math.abs(values[i]!));
  return logs.slice(0, count);
}

function meanOf(values: Float64Array): number {
  return plainSum(values) / values.length;
}

/** The best reading as a move: every value as it was, plus the difference of the medians. In robust standard deviations. */
export function moveOf(
  reference: Float64Array,
  current: Float64Array,
  tolerance: number,
): { readonly deviations: number; readonly distance: number } {
  const move = quantileReached(current, 0.5) - quantileReached(reference, 0.5);
  const width = (quantileReached(reference, 0.84) - quantileReached(reference, 0.16)) / 2;
  const moved = reference.map((value) => value + move);
  return {
    deviations: move === 0 ? 0 : Math.abs(move) / width,
    distance: distanceWithin(current, moved, tolerance),
  };
}
