import type { FeaturesEvent, PredictionEvent } from '../core/events.ts';
import type { ModelSpec } from '../core/model.ts';
import { type PlannedSize, windowPlan } from './panes.ts';
import { windowStart } from './window-range.ts';

/** Which windows a row belongs to, before they are looked up or made in the store. */
export interface WindowKey {
  readonly modelVersionId: number;
  readonly sizeMs: number;
  readonly startMs: number;
  readonly graceMs: number;
  readonly paneMs: number | null;
  readonly paneOnly: boolean;
}

/**
 * The windows that still take a row of this time: one per size whose `acceptLate` has not run out.
 * An empty answer means the row is late everywhere.
 */
export function acceptingWindows(
  model: ModelSpec,
  modelVersionId: number,
  timestampMs: number,
  watermarkMs: number | null,
): WindowKey[] {
  return windowPlan(model)
    .filter((size) => stillAccepts(size, timestampMs, watermarkMs))
    .map(({ sizeMs, graceMs, paneMs, paneOnly }) => ({
      modelVersionId,
      sizeMs,
      startMs: windowStart(timestampMs, sizeMs),
      graceMs,
      paneMs,
      paneOnly,
    }));
}

function stillAccepts(spec: PlannedSize, timestampMs: number, watermarkMs: number | null): boolean {
  if (watermarkMs === null) return true;
  const endMs = windowStart(timestampMs, spec.sizeMs) + spec.sizeMs;
  return watermarkMs < endMs + Math.max(spec.acceptLateMs, spec.graceMs);
}

/** Features logged in the prediction count only for models that take them from there, and vice versa. */
export function isCounted(model: ModelSpec, event: Pick<PredictionEvent | FeaturesEvent, 'type'>): boolean {
  return event.type === 'prediction' || model.featuresFrom === 'features';
}
