import { z } from 'zod';
import { eventName, nonEmpty } from './values.ts';

/** Shorter keys can be tried out. */
const SHORTEST_KEY = 32;
const MOST_HIDDEN = 1_000_000;

const minCount = z.int().min(1).max(MOST_HIDDEN).optional().meta({
  description:
    'levels, and segments’ own values, that fewer rows of a window and of the training data have are not named; absent: all are',
});

export const modelPrivacySchema = z.strictObject({
  drop: z.array(eventName).default([]).meta({ description: 'fields that are never stored or counted' }),
  hash: z.array(eventName).default([]).meta({
    description:
      'fields that are kept as a keyed hash: equal values stay equal; prediction_id is one of them',
  }),
  min_count: minCount,
});

export const privacySchema = z.strictObject({
  key: nonEmpty
    .min(SHORTEST_KEY, { error: `must have at least ${SHORTEST_KEY} characters` })
    .optional()
    .meta({ description: 'what `hash` of models is keyed by; another key makes other hashes' }),
  min_count: minCount,
});
