import { z } from 'zod';
import { alertEventRow, alertRow } from './alerts.ts';
import { annotationRow } from './annotations.ts';
import { count, id, time } from './cells.ts';
import { deliveryRow } from './deliveries.ts';
import { diagnosis, featureComparison, performance } from './findings.ts';
import { operational } from './operational.ts';
import * as words from './words.ts';

/** What can be done about an incident now. */
const ACTIONS = [
  'acknowledge',
  'unacknowledge',
  'snooze',
  'unsnooze',
  'silence',
  'expected',
  'resolve',
] as const;

const evidenceLine = z.object({
  says: z.string(),
  about: z
    .object({
      subject: z.enum(['feature', 'label', 'score', 'prediction', 'performance', 'operation', 'all']),
      name: z.string().nullable().describe('Of the feature or the metric. Null: the line names none.'),
    })
    .describe('Whose picture belongs beside it.'),
  statistic: z.string(),
  value: z.number().nullable(),
  p_value: z.number().nullable(),
});

export const investigation = z
  .object({
    alert: alertRow,
    headline: z
      .object({
        says: z
          .string()
          .describe('What, since when, how sure and what to do, in one sentence, as mails begin.'),
        what: z.string(),
        since: time,
        sure: z.number().nullable().describe('0 to 1. Null: nothing was weighed.'),
        todo: z.object({ title: z.string(), text: z.string() }).nullable(),
      })
      .describe('In the words of its messages.'),
    facts: z.array(z.object({ label: z.string(), value: z.string() })).describe('As its messages list them.'),
    verdict: z
      .object({
        window_id: id,
        start: time,
        end: time,
        judged_windows: count,
        rows: count,
        diagnosis,
        performance: performance.nullable(),
        operational: operational.nullable(),
      })
      .nullable()
      .describe('What its windows up to the newest that shows it say together. Null: it is kept no longer.'),
    evidence: z.array(evidenceLine),
    features: z
      .array(featureComparison)
      .describe('The gravest, twelve at most, with the counts that their histograms are drawn from.'),
    more_features: count.describe('That moved or are faulty, beyond those.'),
    story: z.array(alertEventRow.extend({ says: z.string().describe('The reason in words.') })),
    more_story: z.boolean().describe('Older lines than these are at `/alerts/{id}/events`.'),
    deliveries: z.array(deliveryRow).describe('Of its messages, oldest first.'),
    neighbours: z
      .object({ previous: id.nullable(), next: id.nullable() })
      .describe('Of the same model, by when they began.'),
    meanwhile: z
      .object({
        incidents: z.array(
          z.object({
            id,
            model: z.string(),
            version: z.string(),
            cause: words.alertCause,
            state: words.alertState,
            verdict: words.verdictKind,
            since: time,
            until: time.nullable(),
          }),
        ),
        versions: z.array(z.object({ model: z.string(), version: z.string(), first_seen_at: time })),
        retrains: z.array(
          z.object({
            id: z.string(),
            model: z.string(),
            state: words.retrainState,
            trigger: words.retrainTrigger,
            requested_at: time,
          }),
        ),
        log: z.array(z.object({ source: z.string(), kind: z.string(), records: count, found_at: time })),
        annotations: z.array(annotationRow),
      })
      .describe('What else happened within its span, twenty of each at most.'),
    actions: z.array(z.enum(ACTIONS)),
  })
  .meta({ id: 'Investigation' });
export type Investigation = z.infer<typeof investigation>;
export type IncidentAction = Investigation['actions'][number];
