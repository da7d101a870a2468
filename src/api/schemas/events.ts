/**
 * The log events as documentation. Nothing is validated against this: each event of a body is judged apart by
 * the decoder, so that one bad line is one dead letter and not a refused body.
 */
import { z } from 'zod';
import { DEAD_LETTER_REASONS } from '../../core/events/dead-letter.ts';

const timestamp = z
  .union([z.iso.datetime({ offset: true }), z.number()])
  .optional()
  .describe('ISO 8601 or seconds, milliseconds, … since 1970. Absent: when it arrived.');
const featureValue = z.union([z.number(), z.string(), z.boolean(), z.null()]);
const features = z.record(z.string(), featureValue).describe('Null, NaN and absent are missing.');
const outcome = z.union([z.string(), z.number(), z.boolean()]);
const predictionId = z.string().describe('Always text; it joins predictions and labels.');

const shared = {
  model: z.string(),
  model_version: z.string().optional().describe('Absent: `default`.'),
  timestamp,
  tags: z.record(z.string(), featureValue).optional(),
};

const predictionEvent = z
  .looseObject({
    type: z.literal('prediction'),
    ...shared,
    prediction_id: predictionId.optional(),
    features: features.optional(),
    prediction: outcome.optional().describe('A class or, in regression, a number.'),
    score: z.number().min(0).max(1).optional().describe('Probability of the positive class.'),
    probabilities: z.record(z.string(), z.number()).optional(),
    latency_ms: z.number().optional(),
    cost: z.number().optional(),
    energy_j: z.number().optional(),
    holdout: z.boolean().optional(),
    error: z.string().nullable().optional(),
  })
  .meta({ id: 'PredictionEvent', description: 'Needs `features` or `prediction`.' });

const featuresEvent = z
  .looseObject({ type: z.literal('features'), ...shared, prediction_id: predictionId.optional(), features })
  .meta({ id: 'FeaturesEvent', description: 'For models with `features_from: features`.' });

const labelEvent = z
  .looseObject({
    type: z.literal('label'),
    model: z.string(),
    prediction_id: predictionId,
    label: outcome,
    timestamp,
    source: z.enum(['natural', 'user', 'inferred']).optional(),
    final: z.boolean().optional(),
  })
  .meta({ id: 'LabelEvent' });

export const logEvent = z
  .union([predictionEvent, featuresEvent, labelEvent])
  .describe('One event; as NDJSON, one on each line. An array of events is taken, too.');

export const eventsAccepted = z
  .object({
    accepted: z.number().int().describe('Counted into their windows, or labels taken in.'),
    late: z.number().int().describe('Too late for every window of their model: only counted.'),
    ignored: z
      .number()
      .int()
      .describe('Features of a model that takes them from its predictions: only counted.'),
    duplicates: z.number().int().describe('Predictions whose id was there before; the first one counts.'),
    dead_letters: z.array(
      z.object({
        index: z.number().int().describe('Which line of the body, or element of the array, from 0.'),
        reason: z.enum(DEAD_LETTER_REASONS),
        detail: z.string(),
      }),
    ),
  })
  .meta({ id: 'EventsAccepted' });
