import type { FeaturesEvent, PredictionEvent } from '../core/events.ts';
import type { ModelSpec, WindowSpec } from '../core/model.ts';
import { windowStart } from './window-range.ts';

/** Which windows a row belongs to, before they are looked up or made in the store. */
export interface WindowKey {
  readonly modelVersionId: number;
  readonly sizeMs: number;
  readonly startMs: number;
  readonly graceMs: number;
}

/**
 * The windows that still take a row of this time: one per configured size whose `acceptLate` has not run out.
 * An empty answer means the row is late everywhere.
 */
export function acceptingWindows(
  model: ModelSpec,
  modelVersionId: number,
  timestampMs: number,
  watermarkMs: number | null,
): WindowKey[] {
  return model.windows
    .filter((spec) => stillAccepts(spec, timestampMs, watermarkMs))
    .map((spec) => ({
      modelVersionId,
      sizeMs: spec.sizeMs,
      startMs: windowStart(timestampMs, spec.sizeMs),
      graceMs: spec.graceMs,
    }));
}

function stillAccepts(spec: WindowSpec, timestampMs: number, watermarkMs: number | null): boolean {
  if (watermarkMs === null) return true;
  const endMs = windowStart(timestampMs, spec.sizeMs) + spec.sizeMs;
  return watermarkMs < endMs + Math.max(spec.acceptLateMs, spec.graceMs);
}

/** Features logged in the prediction count only for models that take them from there, and vice versa. */
export function isCounted(model: ModelSpec, event: PredictionEvent | FeaturesEvent): boolean {
  return event.type === 'prediction' || model.featuresFrom === 'features';
}
