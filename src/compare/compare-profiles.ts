import { DEFAULT_OPERATIONAL } from '../core/operational.ts';
import { rebound } from '../stats/profile/feature-profile.ts';
import type { FeatureProfile } from '../stats/profile/feature-profile.ts';
import type { FeatureReference, ReferenceProfile } from '../stats/profile/feature-reference.ts';
import type { InputProfile } from '../stats/profile/input-profile.ts';
import type { LabelProfile } from '../stats/profile/outcomes/label-profile.ts';
import { judgeAlone, judgeFeatures } from './compared-window.ts';
import type { ComparedWindow } from './compared-window.ts';
import { measureProfile } from './measures/measure-profile.ts';
import type { Measures } from './measures/measures.ts';
import { DEFAULT_COMPARE_OPTIONS } from './options.ts';
import type { CompareOptions } from './options.ts';
import { compareOperation } from './operation/operational.ts';
import { comparePerformance } from './performance.ts';

/** How one profile is measured against its reference. */
export type Measure = (profile: FeatureProfile) => Measures;

/**
 * Measures a window against its baseline: every feature, the prediction, the score, the labels and the performance.
 * The profiles must have been counted on the grid and the levels of this reference; a segment's reference has those of
 * the whole. Features the reference does not have are left out. Cost: O(grid points and levels), whatever the traffic.
 */
export function compareProfiles(
  reference: ReferenceProfile,
  input: InputProfile,
  labels: LabelProfile | null,
  options: Partial<CompareOptions> = {},
): ComparedWindow {
  return compareWith(measureProfile, reference, input, labels, { ...DEFAULT_COMPARE_OPTIONS, ...options });
}

export function compareWith(
  measure: Measure,
  reference: ReferenceProfile,
  input: InputProfile,
  labels: LabelProfile | null,
  options: CompareOptions,
): ComparedWindow {
  // What the baseline does not have cannot be compared: absent, rather than insufficient for ever.
  const measureKnown = (known: FeatureReference | null, profile: FeatureProfile): Measures | null =>
    known === null ? null : measure(boundTo(known, profile));
  const labelled = labels !== null && labels.labelled > 0 ? labels : null;
  const operational = compareOperation(reference.operation ?? null, input.operation, {
    spec: options.operational ?? DEFAULT_OPERATIONAL,
    minRows: options.minRows,
    q: options.q,
    seconds: options.seconds ?? null,
  });
  return {
    reference: { rows: reference.rows },
    current: { rows: input.rows },
    features: judgeFeatures(
      reference.features.map((known, at) => measure(boundTo(known, input.features[at]))),
      options,
    ),
    prediction: judgeAlone(
      measureKnown(reference.prediction, input.prediction),
      options.minRows,
      options,
      options.referenceWindows?.prediction,
    ),
    score: judgeAlone(
      measureKnown(reference.score, input.score),
      options.minRows,
      options,
      options.referenceWindows?.score,
    ),
    label:
      labelled === null
        ? null
        : judgeAlone(
            measureKnown(reference.label, labelled.label),
            options.minLabelled,
            options,
            options.referenceWindows?.label,
          ),
    performance: comparePerformance(
      reference.performance,
      labelled?.performance ?? null,
      { reference: reference.label?.rows ?? 0, current: labelled?.labelled ?? 0 },
      input.rows,
      options.mature,
      reference.positiveClass,
      options.usual,
    ),
    ...(operational !== null && { operational }),
  };
}

/** A profile that was counted on another reference with the same grid, as if counted on this one. */
function boundTo(reference: FeatureReference, profile: FeatureProfile | undefined): FeatureProfile {
  if (profile?.reference.name !== reference.name) throw new Error(`no profile of ${reference.name}`);
  return profile.reference === reference ? profile : rebound(profile, reference);
}
