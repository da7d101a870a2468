import type { FeaturesEvent, PredictionEvent } from '../core/events/events.ts';
import type { ModelSpec } from '../core/model.ts';
import { windowPlan } from './panes.ts';
import { windowStart } from './window-range.ts';

/** A window that a row belongs to, whatever its version. */
export interface WindowAt {
  readonly sizeMs: number;
  readonly startMs: number;
  readonly graceMs: number;
  readonly paneMs: number | null;
  readonly paneOnly: boolean;
}

/** Names a window before it is looked up or made in the store. */
export interface WindowKey extends WindowAt {
  readonly modelVersionId: number;
}

/**
 * The sizes of windows that still take a row, as bits in the order of `windowPlan`. 0: it is late everywhere.
 *
 * A size takes what does not lie further than `grace` and `accept_late` below the highest event time *earlier in the
 * same log*. What other logs, other processes and the clock have come to makes no difference, nor which windows have
 * closed meanwhile: so a log read once more, in whatever pieces, brings the same rows into the same windows.
 *
 * @param highestMs of the model in the row's log, before the row; -Infinity: it is the first
 */
export function acceptingSizes(model: ModelSpec, timestampMs: number, highestMs: number): number {
  const plan = windowPlan(model);
  let sizes = 0;
  for (let i = 0; i < plan.length; i++) {
    if (timestampMs >= highestMs - (plan[i]?.acceptWithinMs ?? 0)) sizes += 2 ** i;
  }
  return sizes;
}

/** The windows of these sizes at a moment. */
export function windowsAt(model: ModelSpec, sizes: number, timestampMs: number): WindowAt[] {
  return windowPlan(model).flatMap(({ sizeMs, graceMs, paneMs, paneOnly }, i) =>
    Math.floor(sizes / 2 ** i) % 2 === 0
      ? []
      : { sizeMs, startMs: windowStart(timestampMs, sizeMs), graceMs, paneMs, paneOnly },
  );
}

/** Features logged in the prediction count only for models that take them from there, and vice versa. */
export function isCounted(model: ModelSpec, event: Pick<PredictionEvent | FeaturesEvent, 'type'>): boolean {
  return event.type === 'prediction' || model.featuresFrom === 'features';
}
