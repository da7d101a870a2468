import type { FeaturesEvent, PredictionEvent } from '../../core/events/events.ts';
import type { ModelSpec } from '../../core/model.ts';
import type { InputProfile } from '../../stats/profile/input-profile.ts';
import { MOST_SAMPLED_CLASSES, type RowSample } from '../../stats/profile/rows/row-sample.ts';
import { keptProbabilities } from '../kept-probabilities.ts';
import type { WindowRef } from '../window-ref.ts';

/** A prediction or feature row that belongs to at least one window. */
export interface AcceptedRow {
  readonly event: PredictionEvent | FeaturesEvent;
  /** Hash of the id, or of the source position where the event has none. */
  readonly idHash: bigint;
  readonly model: ModelSpec;
  readonly modelId: number;
  readonly modelVersionId: number;
  /** The windows it is counted into. */
  readonly windows: readonly WindowRef[];
  /** The windows that are fed by those. */
  readonly fed: readonly WindowRef[];
  readonly segments: readonly string[];
}

export function addToSample(sample: RowSample | null, row: AcceptedRow): void {
  if (sample === null || !sample.wants(row.idHash)) return;
  const { event, model, segments } = row;
  if (event.type === 'features') sample.addFeatures(row.idHash, event.features);
  else {
    const { prediction, score, timestampMs: atMs } = event;
    const probabilities = keptProbabilities(event.probabilities, MOST_SAMPLED_CLASSES);
    const features = model.featuresFrom === 'features' ? null : event.features;
    sample.addPrediction(row.idHash, features, { prediction, score, segments, atMs, probabilities });
  }
}

export function addToProfile(profile: InputProfile, { event, model }: AcceptedRow): void {
  if (event.type === 'features') profile.addFeatures(event.features, 1);
  else if (model.featuresFrom === 'features') profile.addPrediction(event, 1);
  else profile.add(event, 1);
}

/** Of a group only what was predicted counts. */
export function addToGroup(profile: InputProfile, { event }: AcceptedRow): void {
  if (event.type === 'prediction') profile.addPrediction(event, 1);
}
