import type { FeatureComparison } from '../../core/findings.ts';
import { distinctRows } from '../faults/rows/duplicated-rows.ts';
import { marginalTest } from '../marginal-test.ts';
import { allRows } from './picks.ts';
import { selectRows } from './row-samples.ts';
import type { RowSamples } from './row-samples.ts';
import { VERDICT_ALPHA } from '../thresholds.ts';

/** Every current row once, the first of those that are the same. */
export function withoutRepeats(samples: RowSamples): RowSamples {
  return selectRows(samples, allRows(samples.rows.reference), distinctRows(samples));
}

/** Rows that count several times make chance look like a change: what still moves when each counts once has moved. */
export function movedOnce(features: readonly FeatureComparison[], once: RowSamples): FeatureComparison[] {
  const pairs = new Map(once.features.map((pair) => [pair.name, pair]));
  return features.map((feature) => {
    const pair = pairs.get(feature.name);
    const hasMoved = pair === undefined || marginalTest(pair).p * features.length < VERDICT_ALPHA;
    return feature.drifted && !hasMoved ? { ...feature, drifted: false } : feature;
  });
}
