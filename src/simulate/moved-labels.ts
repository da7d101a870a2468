import type { Task } from '../core/model.ts';
import { mean } from '../stats/elementary.ts';
import type { WorldChange } from './change.ts';
import { clip } from './family.ts';
import type { Family } from './family.ts';
import { populationOf } from './population.ts';
import { logistic } from './world.ts';

const TILT_REACH = 2.5;

/**
 * Rows are met more or less often because of their label, whatever their features: P(y) moves, P(X|y) stays.
 * `size` is the change of the positive class's share, in regression of the mean label in its standard deviations.
 */
export function movedLabels(family: Family, task: Task, size: number): WorldChange {
  const { index } = populationOf(family);
  if (task === 'classification') {
    const share = mean(index.sorted.map(logistic));
    const wanted = clip(share + size, 0.03, 0.97);
    const positive = wanted / share;
    const negative = (1 - wanted) / (1 - share);
    const peak = Math.max(positive, negative);
    return { keep: (label) => (label === 1 ? positive : negative) / peak };
  }
  const { level, spread, noise } = family.outcome;
  const usual = level + spread * index.mean;
  const deviation = Math.hypot(spread * index.deviation, noise);
  return {
    keep: (label) =>
      Math.exp(
        size * clip((label - usual) / deviation, -TILT_REACH, TILT_REACH) - Math.abs(size) * TILT_REACH,
      ),
  };
}
