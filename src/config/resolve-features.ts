import type { FeatureSetting, FeatureSettings } from '../core/columns/feature-settings.ts';
import type { FeatureEntry } from './schema/features.ts';

export function resolveFeatures(features: Readonly<Record<string, FeatureEntry>>): FeatureSettings {
  return new Map(Object.entries(features).map(([name, entry]) => [name, settingOf(entry)]));
}

function settingOf({
  kind,
  ignore,
  importance,
  direction,
  min_effect: minEffect,
}: FeatureEntry): FeatureSetting {
  return {
    ...(kind !== undefined && { kind }),
    ...(ignore !== undefined && { ignore }),
    ...(importance !== undefined && { importance }),
    ...(direction !== undefined && { direction }),
    ...(minEffect !== undefined && { minEffect }),
  };
}
