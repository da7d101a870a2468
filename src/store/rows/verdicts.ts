import { z } from 'zod';
import { expectedVerdict } from './annotations.ts';
import { count, id, size, time } from './cells.ts';
import { diagnosis, multivariate, performance } from './findings.ts';
import { operational } from './operational.ts';
import * as words from './words.ts';

export const verdictRow = z
  .object({
    id,
    window_id: id,
    start: time,
    end: time,
    ...size,
    model: z.string(),
    version: z.string(),
    series: words.series,
    segment: z.string(),
    revision: count,
    revision_reason: z
      .enum(['recomputed', 'late_data'])
      .nullable()
      .describe('Why there is another revision. Null: it is the first.'),
    revision_note: z.string().nullable().describe('What somebody gave as the reason for judging it again.'),
    verdict: words.verdictKind,
    types: z.array(words.shiftKind),
    not_tested: z.array(words.shiftKind),
    confidence: z.number(),
    advice: words.advice,
    summary: z.string(),
    reason: z.string().nullable(),
    rows: count,
    baseline_id: id.nullable(),
    created_at: time,
    expected: expectedVerdict
      .nullable()
      .describe('Somebody expected what it shows; people were not told of it. Of the newest revision only.'),
  })
  .meta({ id: 'Verdict' });
export type VerdictRow = z.infer<typeof verdictRow>;

export const verdictDetail = verdictRow
  .extend({
    diagnosis,
    performance: performance.nullable(),
    operational: operational.nullable(),
    multivariate: multivariate.nullable().describe('Of the series `closed` and the empty segment only.'),
  })
  .meta({ id: 'VerdictDetail' });
export type VerdictDetail = z.infer<typeof verdictDetail>;
