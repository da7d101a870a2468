import type { Comparison, FeatureComparison } from '../core/findings.ts';
import { assess } from './assess.ts';
import { correctFamily } from './correct-family.ts';
import type { Measures } from './measures/measures.ts';
import type { CompareOptions } from './options.ts';
import type { HealthyWindow } from './overdispersion.ts';

/** Everything measured of a window; what it means is added by the diagnosis. */
export type ComparedWindow = Omit<Comparison, 'diagnosis'>;

/** Features are one family. */
export function judgeFeatures(measures: readonly Measures[], options: CompareOptions): FeatureComparison[] {
  const features = measures.map((feature) => assess(feature, options.minRows, options));
  correctFamily(features, options);
  return features;
}

/** Prediction, score and label: each a family of its own. */
const ALONE = 3;

/**
 * Judges prediction, score or label by itself: many features must not drown them, nor they the features. The three
 * share one level, or a window would have four chances of a false alarm.
 */
export function judgeAlone(
  measures: Measures | null,
  minRows: number,
  options: CompareOptions,
  windows: readonly HealthyWindow[] = [],
): FeatureComparison | null {
  if (measures === null) return null;
  // What is said of features is not said of the model's output.
  const { features: _, ...own } = options;
  const comparison = assess(measures, minRows, options, windows);
  correctFamily([comparison], { ...own, q: options.q / ALONE });
  return comparison;
}
