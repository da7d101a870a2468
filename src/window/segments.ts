import { INVALID_VALUE, type FeaturesEvent, type PredictionEvent } from '../core/events/events.ts';
import { classLabel } from '../core/columns/class-label.ts';
import type { ModelSpec } from '../core/model.ts';
import { groupName } from './part-names.ts';

/** Segments of one feature beyond this many share `<feature>=other`. */
export const MAX_SEGMENTS_PER_FEATURE = 50;
const MAX_SEGMENT_VALUE_LENGTH = 64;

/** A value that a row's segment is to be named by. */
export interface SegmentValue {
  readonly modelVersionId: number;
  readonly feature: string;
  readonly value: string;
}

/**
 * Which segment names each version has: bounds them, whatever the logs send. The values that came first have names of
 * their own, in every process the same (`admitSegments`); what is known here never changes.
 */
export class SegmentRegistry {
  readonly #names = new Map<string, Set<string>>();

  /** Whether the name of this value is certain: it has one, or all are taken. */
  isSettled(of: SegmentValue): boolean {
    const known = this.#names.get(keyOf(of));
    return known !== undefined && (known.has(of.value) || known.size >= MAX_SEGMENTS_PER_FEATURE);
  }

  /** Everything that has a name by now. */
  settle(of: Pick<SegmentValue, 'modelVersionId' | 'feature'>, values: Iterable<string>): void {
    const key = keyOf(of);
    const known = this.#names.get(key) ?? new Set<string>();
    for (const value of values) known.add(value);
    this.#names.set(key, known);
  }

  /** The name to count under: the value's own, or `other` for one that has none. */
  name(of: SegmentValue): string {
    const isNamed = this.#names.get(keyOf(of))?.has(of.value) === true;
    return `${of.feature}=${isNamed ? of.value : 'other'}`;
  }
}

function keyOf({ modelVersionId, feature }: Pick<SegmentValue, 'modelVersionId' | 'feature'>): string {
  return `${modelVersionId}\u0000${feature}`;
}

/** The values that the segments and groups of a row are named by. */
export function segmentValues(
  event: PredictionEvent | FeaturesEvent,
  model: Pick<ModelSpec, 'segments' | 'groups'>,
  modelVersionId: number,
): SegmentValue[] {
  return [...model.segments, ...model.groups].flatMap((feature) => {
    const value = event.features.get(feature) ?? event.tags.get(feature) ?? null;
    if (value === null || value === INVALID_VALUE || value === '') return [];
    return [{ modelVersionId, feature, value: segmentText(value) }];
  });
}

/** Segment and group names of a row, from its features or tags; a row without a value belongs to none. */
export function segmentsOf(
  event: PredictionEvent | FeaturesEvent,
  model: ModelSpec,
  modelVersionId: number,
  registry: SegmentRegistry,
): string[] {
  const named = (features: readonly string[]): string[] =>
    segmentValues(event, { segments: features, groups: [] }, modelVersionId).map((of) => registry.name(of));
  return [...named(model.segments), ...named(model.groups).map(groupName)];
}

/** A value as it stands in a segment's name. */
export function segmentText(value: string | number | boolean): string {
  return classLabel(value).slice(0, MAX_SEGMENT_VALUE_LENGTH).toWellFormed();
}
