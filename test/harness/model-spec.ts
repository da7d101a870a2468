import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/clock.ts';
import type { ModelSpec } from '../../src/core/model.ts';

/** A model as the defaults of the configuration would make it. */
export function modelSpec(overrides: Partial<ModelSpec> = {}): ModelSpec {
  return {
    name: 'credit-risk',
    task: 'classification',
    positiveClass: 'approve',
    windows: [{ sizeMs: HOUR_MS, graceMs: 10 * MINUTE_MS, acceptLateMs: 7 * DAY_MS }],
    segments: [],
    groups: [],
    minRows: 200,
    labels: { horizonMs: 30 * DAY_MS, matureAfterMs: 7 * DAY_MS, minLabelled: 200 },
    alerts: { forWindows: 2, remindEveryMs: DAY_MS, channels: [] },
    retrain: null,
    featuresFrom: 'prediction',
    storePredictions: true,
    ...overrides,
  };
}
