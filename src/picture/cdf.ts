import { coordinate } from './paths.ts';
import type { Scale } from './scale.ts';

/** The share of rows at or below a value, on either side. */
export interface CdfPoint {
  readonly x: number;
  readonly reference: number;
  readonly current: number;
}

/**
 * The `d` of a distribution function: flat between values, straight up at each, from the left end of the axis to its
 * right. Values beyond the axis are drawn at its end. No points: nothing.
 *
 * For example: stepPath([[1, 0.5], [3, 1]], x, y) // of an axis 0 … 4 at 0 … 40 and shares at 10 … 0: 'M0 10H10V5H30V0H40'
 */
export function stepPath(
  points: readonly (readonly [value: number, share: number])[],
  x: Scale,
  y: Scale,
): string {
  if (points.length === 0) return '';
  const [left, right] = x.range;
  const steps = points.map(([value, share]) => {
    const place = Math.min(right, Math.max(left, x.at(value)));
    return `H${coordinate(place)}V${coordinate(y.at(share))}`;
  });
  return `M${coordinate(left)} ${coordinate(y.at(0))}${steps.join('')}H${coordinate(right)}`;
}

/**
 * The point at which two distribution functions are furthest apart, the first of equals: where the Kolmogorov–Smirnov
 * distance is drawn. Null without points.
 */
export function furthestApart(points: readonly CdfPoint[]): CdfPoint | null {
  let most: CdfPoint | null = null;
  for (const point of points) if (most === null || apart(point) > apart(most)) most = point;
  return most;
}

function apart({ reference, current }: CdfPoint): number {
  return Math.abs(reference - current);
}
