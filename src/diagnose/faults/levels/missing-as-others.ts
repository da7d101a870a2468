import { fisherExactTest } from '../../../stats/significance/fisher-exact.ts';
import { levelTest } from '../../marginal-test.ts';
import type { LevelPair } from '../../samples/row-samples.ts';
import { SAME_DISTANCE, SAME_P } from '../../thresholds.ts';
import { levelCounts } from '../../../core/columns/level-counts.ts';

/** Of fewer rows beside the commonest level nobody knows what they are like. */
const MIN_OTHERS = 50;

/**
 * The commonest level, where its rows only became rarer: of all others as many are without a value as before (Fisher's exact test, p ≥
 * 1e-3), and the levels among them are what they were. Who asks more people born abroad meets more who do not say where. Null where it did
 * not. O(rows).
 *
 * @example missingAsOthers({ kind: 'levels', name: 'x', levels: ['a', 'b'], reference: Int32Array.from({ length: 900 }, (_, i) => (i < 700 ? 0 : i < 860 ? 1 : -1)), current: Int32Array.from({ length: 400 }, (_, i) => (i < 160 ? 0 : i < 352 ? 1 : -1)) }) // 'a'
 */
export function missingAsOthers({ levels, reference, current }: LevelPair): string | null {
  const [before, now] = [levelCounts(reference, levels.length), levelCounts(current, levels.length)];
  const commonest = before.reduce((most, count, code) => (count > before[most]! ? code : most), 0);
  const others = (counts: Float64Array): number[] => [...counts].filter((_, code) => code !== commonest);
  const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
  const [othersBefore, othersNow] = [others(before), others(now)];
  const beside = { before: reference.length - before[commonest]!, now: current.length - now[commonest]! };
  if (Math.min(beside.before, beside.now) < MIN_OTHERS || beside.now >= current.length) return null;
  if (beside.now / current.length <= beside.before / reference.length) return null;
  const missing = { before: beside.before - sum(othersBefore), now: beside.now - sum(othersNow) };
  if (fisherExactTest(missing.before, beside.before, missing.now, beside.now) < SAME_P) return null;
  const { p, distance } = levelTest(othersBefore, othersNow);
  return p < SAME_P && distance >= SAME_DISTANCE ? null : (levels[commonest] ?? null);
}
