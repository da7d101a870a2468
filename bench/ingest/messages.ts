import { createRandom } from '../../src/stats/random.ts';

export interface MessageShape {
  readonly features: number;
  /** Distinct values of the feature that segments are made of. */
  readonly segments: number;
}

const START_MS = Date.UTC(2026, 2, 1);
const EVENT_MS = 5;
const LEVELS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta'];

/**
 * A prediction as a service logs it: with twenty features, four of five numeric, some 770 bytes. Event time moves on
 * by 5 ms an event, so that a million events fill two hours.
 */
export function createMessages(
  { features, segments }: MessageShape,
  seed: number,
): (index: number) => Record<string, unknown> {
  const random = createRandom(seed);
  const names = Array.from({ length: features }, (_, i) => `feature_number_${String(i).padStart(2, '0')}`);
  return (index) => {
    const values: Record<string, unknown> = {};
    for (const [i, name] of names.entries()) {
      if (i === 0) values[name] = `segment-${Math.floor(random() * segments)}`;
      else if (i % 5 === 0) values[name] = LEVELS[Math.floor(random() * LEVELS.length)];
      else if (random() < 0.01) values[name] = null;
      else values[name] = Math.round(1e6 * (random() + random() + random() - 1.5)) / 1e4;
    }
    const score = Math.round(1e4 * random()) / 1e4;
    return {
      type: 'prediction',
      prediction_id: `prediction-${String(index).padStart(12, '0')}`,
      model: 'credit-risk',
      model_version: '3',
      timestamp: new Date(START_MS + index * EVENT_MS).toISOString(),
      features: values,
      prediction: score > 0.5 ? 'approve' : 'deny',
      score,
      latency_ms: Math.round(1e3 * random()) / 100,
    };
  };
}

export const SEGMENT_FEATURE = 'feature_number_00';
