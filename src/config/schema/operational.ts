import { z } from 'zod';
import { DEFAULT_OPERATIONAL } from '../../core/operational.ts';
import { BYTE_SIZE_FORMAT, byteSize } from '../byte-size.ts';
import { open } from './shown.ts';
import { eventName } from './values.ts';

/** Bytes, or a text with a unit. */
const size = z.union([
  z.int().min(1),
  open(z.string().refine((text) => byteSize(text) !== null, { error: `expected ${BYTE_SIZE_FORMAT}` })),
]);

const atMost = z.strictObject({ max: z.number().min(0) });
const share = z.strictObject({ max: z.number().min(0).max(1) });
const between = z
  .strictObject({ min: z.number().min(0).optional(), max: z.number().min(0).optional() })
  .refine(({ min, max }) => min !== undefined || max !== undefined, { error: 'expected min, max or both' })
  .refine(({ min, max }) => min === undefined || max === undefined || min < max, {
    error: 'min must be below max',
  });

export const operationalSchema = z
  .strictObject({
    latency_p50_ms: atMost.optional(),
    latency_p95_ms: atMost.optional(),
    latency_p99_ms: atMost.optional(),
    latency_mean_ms: atMost.optional(),
    throughput_per_s: between.optional(),
    cost_per_prediction: atMost.optional(),
    energy_per_prediction_j: atMost.optional(),
    error_rate: share.optional(),
    size: z
      .strictObject({ max: size })
      .optional()
      .meta({ description: 'largest a version may be; used where versions are compared' }),
    min_change: z.number().min(0).max(10).default(DEFAULT_OPERATIONAL.minChange).meta({
      description:
        'share of the reference from which a significant change of a figure of operation is a drift',
    }),
    baseline_windows: z.int().min(0).max(100).default(DEFAULT_OPERATIONAL.baselineWindows).meta({
      description:
        'so many healthy windows are the reference where the baseline has no such columns; 0: none',
    }),
  })
  .meta({ description: 'limits of latency, throughput, cost, energy and errors' });

export const versionsSchema = z
  .record(eventName, z.strictObject({ size_bytes: size.optional() }))
  .meta({ description: 'what the logs do not say of a version' });
