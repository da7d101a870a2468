import { judgeBesideSeason } from '../../compare/beside-season.ts';
import type { CompareOptions } from '../../compare/options.ts';
import type { SeasonKind } from '../../core/findings.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import { InputProfile } from '../../stats/profile/input-profile.ts';
import type { EvaluatedSegment } from '../../store/evaluation/evaluations.ts';
import type { SeasonParts } from '../../store/evaluation/season-windows.ts';
import { readInputs } from '../../window/part-profiles.ts';

export interface Season extends SeasonParts {
  readonly by: SeasonKind;
}

/** Compares a window with the stored ones of the same season in the past, beside the training baseline. */
export function compareWithSeason(
  evaluated: EvaluatedSegment,
  current: InputProfile,
  baseline: ReferenceProfile,
  season: Season,
  options: Pick<CompareOptions, 'minRows' | 'minLabelled' | 'features'>,
): EvaluatedSegment {
  const parts = season.parts.filter(({ segment }) => segment === evaluated.segment);
  const windows = new Set(parts.map(({ windowId }) => windowId)).size;
  const past = new InputProfile(baseline, baseline.task);
  for (const { delta } of parts) past.merge(readInputs(evaluated.segment, delta, baseline, baseline.task));
  return judgeBesideSeason(evaluated, current, { by: season.by, windows, profile: past }, baseline, options);
}
