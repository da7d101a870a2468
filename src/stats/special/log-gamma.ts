import { stirlingError } from './saddle-point.ts';

/**
 * ln Γ(a) for a > 0, by Stirling's formula and what it leaves over; relative error near 1e-15.
 *
 * @example logGamma(5) // 3.1780538303479458
 */
export function logGamma(a: number): number {
  return (a + 0.5) * Math.log(a) - a + 0.5 * Math.log(2 * Math.PI) + stirlingError(a) - Math.log(a);
}
