import type { EstimatedMetric } from '../../core/findings.ts';

/**
 * A figure as it is printed: without a number where its rows are too large for one (squares of scores beyond 1e154 overflow).
 *
 * @example finiteFigure(Infinity, [0, Infinity]) // { value: null, interval: null }
 */
export function finiteFigure(
  value: number,
  [low, high]: readonly [number, number],
): Pick<EstimatedMetric, 'value' | 'interval'> {
  const isKnown = Number.isFinite(value) && Number.isFinite(low) && Number.isFinite(high);
  return isKnown ? { value, interval: [low, high] } : { value: null, interval: null };
}
