import { INVALID_VALUE, type FeaturesEvent, type PredictionEvent } from '../core/events.ts';
import { classLabel } from '../core/class-label.ts';
import type { ModelSpec } from '../core/model.ts';
import { groupName } from './part-names.ts';

/** Segments of one feature beyond this many share `<feature>=other`. */
export const MAX_SEGMENTS_PER_FEATURE = 50;
const MAX_SEGMENT_VALUE_LENGTH = 64;

/** Which segment names each version has used so far: bounds them, whatever the logs send. */
export class SegmentRegistry {
  readonly #names = new Map<string, Set<string>>();

  /** The name to count under: the value's own while there is room, else `other`. */
  name(modelVersionId: number, feature: string, value: string): string {
    const key = `${modelVersionId}\u0000${feature}`;
    const known = this.#names.get(key) ?? new Set<string>();
    this.#names.set(key, known);
    if (!known.has(value)) {
      if (known.size >= MAX_SEGMENTS_PER_FEATURE) return `${feature}=other`;
      known.add(value);
    }
    return `${feature}=${value}`;
  }
}

/** Segment and group names of a row, from its features or tags; a row without a value belongs to none. */
export function segmentsOf(
  event: PredictionEvent | FeaturesEvent,
  model: ModelSpec,
  modelVersionId: number,
  registry: SegmentRegistry,
): string[] {
  const named = (feature: string): string[] => {
    const value = event.features.get(feature) ?? event.tags.get(feature) ?? null;
    if (value === null || value === INVALID_VALUE || value === '') return [];
    return [registry.name(modelVersionId, feature, segmentText(value))];
  };
  return [...model.segments.flatMap(named), ...model.groups.flatMap(named).map(groupName)];
}

/** A value as it stands in a segment's name. */
export function segmentText(value: string | number | boolean): string {
  return classLabel(value).slice(0, MAX_SEGMENT_VALUE_LENGTH).toWellFormed();
}
