import type { RetrainTarget } from './retrain.ts';

/** A point with its time filled in: what was said, else when it arrived. */
export interface CurvePoint {
  readonly metric: string;
  readonly value: number;
  readonly elapsedS: number;
  readonly energyJ: number | null;
  readonly cost: number | null;
}

export interface TargetReached {
  readonly elapsedS: number;
  /** Null: no point that reached it said. */
  readonly energyJ: number | null;
  readonly cost: number | null;
}

/**
 * Time, energy and cost to a target: the least of each among the points that reached it; null while none has. All three
 * only grow within a run, so the least is the first, whatever the order of arrival. Points of other metrics say nothing.
 *
 * For example: reachedTarget([{ metric: 'accuracy', value: 0.9, elapsedS: 60, energyJ: 5e4, cost: null }], target)?.elapsedS // 60
 */
export function reachedTarget(points: readonly CurvePoint[], target: RetrainTarget): TargetReached | null {
  const reaching = points.filter(
    ({ metric, value }) =>
      metric === target.metric && (target.lowerIsBetter ? value <= target.value : value >= target.value),
  );
  if (reaching.length === 0) return null;
  return {
    elapsedS: Math.min(...reaching.map(({ elapsedS }) => elapsedS)),
    energyJ: least(reaching.map(({ energyJ }) => energyJ)),
    cost: least(reaching.map(({ cost }) => cost)),
  };
}

function least(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}
