import type { PerformanceCounts } from '../profile/feature-reference.ts';
import type { ClassificationSample } from './classification-figures.ts';
import type { RegressionSample } from './regression-sums.ts';

/** What a window's counts know of its labelled rows. O(1). */
export function sampleOfCounts(
  counts: PerformanceCounts,
  positiveClass: string | null,
):
  | { readonly task: 'classification'; readonly sample: ClassificationSample }
  | { readonly task: 'regression'; readonly sample: RegressionSample } {
  if (counts.task === 'regression') return { task: 'regression', sample: counts };
  const { classes, confusion, ...known } = counts;
  return {
    task: 'classification',
    sample: { ...known, confusion: { classes, counts: confusion }, positiveClass },
  };
}
