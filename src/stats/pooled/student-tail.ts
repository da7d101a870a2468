import { fSurvival } from '../distributions.ts';

/**
 * P(|T| > |t|) of Student's law with `df` degrees of freedom.
 *
 * @example studentTwoSided(2.093024054408263, 19) // 0.05
 */
export function studentTwoSided(t: number, df: number): number {
  return fSurvival(t * t, 1, df);
}
