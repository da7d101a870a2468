import type {
  ClassificationCounts,
  PerformanceCounts,
  RegressionCounts,
} from '../profile/feature-reference.ts';
import type { ClassificationSample } from './classification-figures.ts';
import type { RegressionSample } from './regression-figures.ts';

/** What a window's counts know of its labelled rows. O(classes²). */
export function sampleOfCounts(
  counts: PerformanceCounts,
  positiveClass: string | null,
):
  | { readonly task: 'classification'; readonly sample: ClassificationSample }
  | { readonly task: 'regression'; readonly sample: RegressionSample } {
  return counts.task === 'regression'
    ? { task: 'regression', sample: ofRegression(counts) }
    : { task: 'classification', sample: ofClassification(counts, positiveClass) };
}

function ofClassification(counts: ClassificationCounts, positiveClass: string | null): ClassificationSample {
  const { classes, confusion, correct, scored, sumBrier, sumBrierSquared } = counts;
  return {
    confusion: { classes, counts: confusion },
    correct,
    positiveClass,
    brier: scored > 0 ? { n: scored, sum: sumBrier, sumOfSquares: sumBrierSquared } : null,
    logLoss: null,
    cells: null,
    cellsByClass: null,
  };
}

function ofRegression({
  n,
  sumError,
  sumAbsolute,
  sumSquared,
  sumFourth,
}: RegressionCounts): RegressionSample {
  return { n, sumError, sumAbsolute, sumSquared, sumFourth, percentage: null, labels: null };
}
