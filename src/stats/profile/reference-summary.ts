import { RARE } from '../../core/privacy/rare.ts';
import type { FeatureReference, ReferenceProfile } from './feature-reference.ts';

export interface FeatureSummary {
  readonly name: string;
  readonly kind: string;
  readonly missing: number;
  readonly invalid: number;
  readonly mean?: number;
  readonly min?: number;
  readonly max?: number;
  readonly levels?: number;
  readonly top?: readonly string[];
}

export interface BaselineSummary {
  readonly rows: number;
  readonly task: string;
  readonly positive_class: string | null;
  readonly features: readonly FeatureSummary[];
  readonly prediction: FeatureSummary | null;
  readonly score: FeatureSummary | null;
  readonly label: FeatureSummary | null;
}

const TOP_LEVELS = 5;

/**
 * What a person wants to see of a baseline without reading its profile; shares are of all rows.
 *
 * @param minCount levels of features that fewer rows have are not named
 */
export function summarizeReference(reference: ReferenceProfile, minCount = 1): BaselineSummary {
  const maybe = (feature: FeatureReference | null) =>
    feature === null ? null : summarizeFeature(feature, 1);
  return {
    rows: reference.rows,
    task: reference.task,
    positive_class: reference.positiveClass,
    features: reference.features.map((feature) => summarizeFeature(feature, minCount)),
    prediction: maybe(reference.prediction),
    score: maybe(reference.score),
    label: maybe(reference.label),
  };
}

function summarizeFeature(feature: FeatureReference, minCount: number): FeatureSummary {
  const share = (rows: number): number => (feature.rows === 0 ? 0 : rows / feature.rows);
  const common = {
    name: feature.name,
    kind: feature.kind,
    missing: share(feature.missing),
    invalid: share(feature.invalid + feature.infinite),
  };
  if (feature.kind !== 'numeric') {
    const named = feature.levels.map((level, i) => ((feature.counts[i] ?? 0) < minCount ? RARE : level));
    return {
      ...common,
      levels: feature.levels.length + feature.otherLevels,
      top: [...new Set(named)].slice(0, TOP_LEVELS),
    };
  }
  const [min, max] = [feature.grid[0], feature.grid.at(-1)];
  return min === undefined || max === undefined ? common : { ...common, mean: feature.mean, min, max };
}
