import { z } from 'zod';
import { eventName, nonEmpty } from './values.ts';

/** Shorter keys can be tried out. */
const SHORTEST_KEY = 32;
const MOST_HIDDEN = 1_000_000;

const minCount = z.int().min(1).max(MOST_HIDDEN).optional().meta({
  description:
    'levels, and segments’ own values, that fewer rows of a window and of the training data have are shown as one, "(rare)"',
});

export const modelPrivacySchema = z.strictObject({
  drop: z
    .array(eventName)
    .default([])
    .meta({ description: 'features that are never stored or counted; not segments or groups' }),
  hash: z.array(eventName).default([]).meta({
    description:
      'features, segments, groups and `prediction_id` that are kept as a keyed hash; needs `privacy.key` at the top',
  }),
  min_count: minCount,
});

export const privacySchema = z.strictObject({
  key: nonEmpty
    .min(SHORTEST_KEY, { error: `must have at least ${SHORTEST_KEY} characters` })
    .optional()
    .meta({ description: 'at least 32 characters that nobody else knows, by which models hash' }),
  min_count: minCount,
});
