import { z } from 'zod';
import { DAY_MS, MINUTE_MS } from '../../core/clock.ts';
import { duration } from './values.ts';

const kept = (description: string, minMs = MINUTE_MS) => duration({ minMs }).optional().meta({ description });

const predictions = (absent: string) =>
  kept(`predictions with their features and labels; absent: ${absent}`, DAY_MS);

const ofWindows = {
  comparisons: kept(
    'of each window and column the whole comparison, with its cells and every metric; absent: 30d',
  ),
  counts: kept(
    'profiles and samples of windows, from which they can be judged again; absent: 90d, or as long as something can still come to a window',
  ),
  days: kept(
    'what counts come to by UTC day, from when they go; absent: 400d, or as long as `counts`',
    DAY_MS,
  ),
  weeks: z
    .union([
      z.literal('off', { error: 'expected a duration such as 1825d, or off' }),
      duration({ minMs: DAY_MS }),
    ])
    .optional()
    .meta({ description: 'the same by week, from when days go; absent: off' }),
  windows: kept('windows with their verdicts and measurements; absent: 400d'),
};

export const modelRetentionSchema = z.strictObject({
  predictions: predictions('as `retention` says'),
  ...ofWindows,
});

/** A duration alone says how long predictions are kept. */
export const retentionSchema = z.union([
  duration({ minMs: DAY_MS }).transform((predictions) => ({ predictions })),
  z.strictObject({
    predictions: predictions('30d, or the longest labels.horizon'),
    ...ofWindows,
    incidents: kept(
      'incidents that are over, retrainings that have ended, and the windows they stand on; absent: 1095d',
    ),
    messages: kept('messages that were sent, their deliveries, and digests; absent: 90d'),
    dead_letters: kept('what could not be read; absent: 30d'),
    batches: kept('answers to posted batches, by their Idempotency-Key; absent: 7d'),
    audit: kept('who changed what, when, and who was refused; absent: 400d'),
  }),
]);
