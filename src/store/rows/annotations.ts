import { z } from 'zod';
import { id, time } from './cells.ts';
import * as words from './words.ts';

export const annotationRow = z
  .object({
    id,
    model: z.string(),
    alert_id: id.describe('The incident that it was said of; it may be kept no longer.'),
    cause: words.alertCause,
    segment: z.string().describe('The empty text: of all rows, and so of each segment.'),
    kinds: z.array(words.alertKind),
    moves: z
      .array(
        z.object({
          subject: z.enum(['feature', 'label', 'relation', 'metric']),
          name: z.string(),
          way: z
            .record(z.string(), z.number())
            .describe('Signed parts of the way it moved. Empty: nobody can tell.'),
        }),
      )
      .describe('What moved, and which way.'),
    faults: z.array(z.object({ feature: z.string(), fault: words.fault })),
    from: time.describe('Windows that start at or after this are explained by it.'),
    until: time.nullable().describe('And before this. Null: until it is removed.'),
    author: z.string(),
    comment: z.string(),
    created_at: time,
    removed_at: time.nullable(),
    removed_by: z.string().nullable(),
  })
  .meta({ id: 'Annotation' });
export type AnnotationRow = z.infer<typeof annotationRow>;

/** Why a verdict tells nobody. */
export const expectedVerdict = z
  .object({
    annotation_id: id,
    author: z.string(),
    says: z.string().describe('`expected: ` and the comment.'),
  })
  .meta({ id: 'ExpectedVerdict' });
