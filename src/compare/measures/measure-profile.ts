import { binGridCounts, edgeValues } from '../../stats/profile/grids/grid-counts.ts';
import type { FeatureProfile } from '../../stats/profile/feature-profile.ts';
import { measureCategorical } from './measure-categorical.ts';
import { measureNumericProfile } from './measure-numeric.ts';
import type { Measures } from './measures.ts';

/** From counts alone, whatever the kind of feature. */
export function measureProfile(profile: FeatureProfile): Measures {
  return profile.kind === 'numeric' ? measureNumericProfile(profile) : measureCategorical(profile);
}

/** What `measureProfile` says of counts alone: healthy windows are asked for nothing else, and there are hundreds. */
export function measuredCounts(profile: FeatureProfile): Measures['counts'] {
  if (profile.kind !== 'numeric') return measureCategorical(profile).counts;
  const { reference } = profile;
  return {
    bins: [...edgeValues(reference), null],
    reference: binGridCounts(reference, reference),
    current: binGridCounts(reference, profile),
  };
}
