import type { FeatureProfile } from '../../stats/profile/feature-profile.ts';
import { measureCategorical } from './measure-categorical.ts';
import { measureNumericProfile } from './measure-numeric.ts';
import type { Measures } from './measures.ts';

/** From counts alone, whatever the kind of feature. */
export function measureProfile(profile: FeatureProfile): Measures {
  return profile.kind === 'numeric' ? measureNumericProfile(profile) : measureCategorical(profile);
}
