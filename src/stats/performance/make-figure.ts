import { wilsonInterval } from '../intervals.ts';
import { normalQuantile } from '../distributions.ts';
import type { Figure, Measured, Unmeasured } from './measured.ts';

export const Z_95: number = normalQuantile(0.975);

/** What a figure cannot be below or above. */
export interface Range {
  readonly low: number;
  readonly high: number;
}
export const SHARE: Range = { low: 0, high: 1 };
export const NOT_NEGATIVE: Range = { low: 0, high: Infinity };
export const ANY: Range = { low: -Infinity, high: Infinity };

/** x of n as a share with Wilson's interval; `otherwise` when n is 0. */
export function shareFigure(x: number, n: number, otherwise: Unmeasured): Figure {
  if (!(n > 0)) return otherwise;
  const value = x / n;
  return {
    value,
    interval: wilsonInterval(x, n),
    standardError: Math.sqrt(Math.max(0, value * (1 - value)) / n),
    bound: 0,
    basis: { kind: 'share', x, n },
  };
}

/** Mean of n rows from Σ and Σ of squares, with a normal interval cut to the range. */
export function meanFigure(
  n: number,
  sum: number,
  sumOfSquares: number,
  range: Range,
  otherwise: Unmeasured,
): Figure {
  if (!(n > 0)) return otherwise;
  const mean = sum / n;
  const variance = n > 1 ? Math.max(0, (sumOfSquares - n * mean ** 2) / (n - 1)) : 0;
  return {
    ...normalFigure(mean, Math.sqrt(variance / n), range),
    basis: { kind: 'mean', n, mean, variance },
  };
}

/** value ± 1.96 standard errors, cut to the range. */
export function normalFigure(value: number, standardError: number, range: Range, bound = 0): Measured {
  return {
    value,
    interval: [
      Math.max(range.low, value - Z_95 * standardError - bound),
      Math.min(range.high, value + Z_95 * standardError + bound),
    ],
    standardError,
    bound,
    basis: { kind: 'normal' },
  };
}

/**
 * A share that is no simple proportion, with the interval taken on the log-odds scale, where it cannot leave (0, 1)
 * and is fair near the ends. At an end the standard error says nothing: Wilson's interval for `rows` of `rows` then.
 */
export function logitFigure(value: number, standardError: number, rows: number, bound = 0): Measured {
  const inside = value > 0 && value < 1 && standardError > 0;
  let interval: [number, number];
  if (inside) {
    const odds = Math.log(value / (1 - value));
    const half = (Z_95 * standardError) / (value * (1 - value));
    const share = (x: number): number => 1 / (1 + Math.exp(-x));
    interval = [share(odds - half), share(odds + half)];
  } else {
    interval = wilsonInterval(value * rows, rows);
  }
  return {
    value,
    interval: [Math.max(0, interval[0] - bound), Math.min(1, interval[1] + bound)],
    standardError,
    bound,
    basis: { kind: 'normal' },
  };
}
