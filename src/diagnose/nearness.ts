import type { Diagnosis } from '../core/findings.ts';
import { SHIFT_UNSEEN } from './decide-kind.ts';
import { VERDICT_ALPHA } from './thresholds.ts';

/** What a kind weighs when its question is answered exactly at the level of its test, and no other moved. */
const WEIGHT_AT_LEVEL = SHIFT_UNSEEN / (VERDICT_ALPHA + SHIFT_UNSEEN);

/** How near a verdict of `none` still is to one of these kinds: 0 far away, 1 on the threshold. */
export function kindNearness({ weights = {} }: Pick<Diagnosis, 'weights'>, kinds: readonly string[]): number {
  const ofKinds = Object.entries(weights).filter(([kind]) => kind !== 'none' && kinds.includes(kind));
  return Math.max(0, ...ofKinds.map(([, weight]) => weight / WEIGHT_AT_LEVEL));
}
