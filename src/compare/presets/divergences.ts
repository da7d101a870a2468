import { jensenShannon } from '../../stats/distances/jensen-shannon.ts';

/**
 * Σ (p − q) ln(p/q) of shares as they are: whoever calls it has dealt with zeros. Not renormalised, as the tools that
 * fill zeros leave it. O(B).
 *
 * @example rawPsi([0.5, 0.5], [0.25, 0.75]) // 0.27465307216702745
 */
export function rawPsi(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < p.length; i++) {
    const a = p[i] ?? 0;
    const b = q[i] ?? 0;
    total += (a - b) * Math.log(a / b);
  }
  return total;
}

/** Jensen–Shannon distance in nats, from 0 to √ln 2 = 0.8326, as SciPy gives it without a base. */
export function jensenShannonNats(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  return jensenShannon(reference, current) * Math.sqrt(Math.LN2);
}
