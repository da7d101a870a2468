import { z } from 'zod';
import { MATCHER_NAMES, MATCHER_OPERATORS } from '../../core/alerts/silence.ts';
import { count, id, size, time } from './cells.ts';
import * as words from './words.ts';

export const silenceRow = z
  .object({
    id,
    matchers: z.array(
      z.object({ name: z.enum(MATCHER_NAMES), operator: z.enum(MATCHER_OPERATORS), value: z.string() }),
    ),
    starts_at: time,
    ends_at: time,
    author: z.string(),
    comment: z.string(),
    state: words.silenceState,
    created_at: time,
    expired_at: time.nullable().describe('When it was ended by hand.'),
    expired_by: z.string().nullable(),
  })
  .meta({ id: 'Silence' });
export type SilenceRow = z.infer<typeof silenceRow>;

/** What somebody has said about an incident. */
const attention = z.object({
  at: time,
  by: z.string(),
  comment: z.string(),
  until: time.nullable().describe('Null: for as long as it is open.'),
});

export const alertRow = z
  .object({
    id,
    model: z.string(),
    version: z.string(),
    ...size,
    segment: z.string(),
    series: words.series.describe(
      'Of which evaluation its verdict and newest window are: that of one of its `views`.',
    ),
    cause: words.alertCause,
    state: words.alertState,
    views: z
      .array(
        z.object({
          series: words.series,
          state: words.alertState,
          verdict: words.verdictKind,
          since: time.describe('Start of the first window that shows it.'),
          windows_in_a_row: count,
          clean_in_a_row: count,
          last_window_id: id,
        }),
      )
      .describe(
        'What shows it: inputs when windows close, labels when they are in. It is open while one of them is.',
      ),
    verdict: words.verdictKind.describe('What the newest window that counted says of the data.'),
    types: z.array(words.alertKind),
    subjects: z
      .array(z.string())
      .describe('Features of a shift, metrics of operation; the gravest of the newest window first.'),
    windows_in_a_row: count,
    clean_in_a_row: count,
    since: time.describe('Start of the first window of the incident.'),
    until: time
      .nullable()
      .describe(
        'Start of the first window that shows it no more. Null: none has, or it ended before this was kept.',
      ),
    last_window_id: id,
    summary: z
      .string()
      .nullable()
      .describe('What its windows up to the newest say together, in one sentence.'),
    judged_windows: count.nullable().describe('How many windows that is said of.'),
    judged_rows: count.nullable(),
    confidence: z.number().nullable().describe('Of the same. Null: what was judged is kept no longer.'),
    advice: words.advice.nullable(),
    fired_at: time.nullable(),
    resolved_at: time.nullable(),
    last_notified_at: time.nullable().describe('When people last heard of it.'),
    next_reminder_at: time.nullable(),
    acknowledged: attention.nullable().describe('No reminders while it lasts.'),
    snoozed: attention.nullable().describe('Nothing is told until then, except that it is over.'),
    closed: z
      .object({
        by: z.string(),
        comment: z.string(),
        until: time.describe('Windows that end up to this moment do not open it again.'),
        expected: z.boolean().describe('What it showed was expected, and nobody has taken that back.'),
        replaced_by: z
          .string()
          .nullable()
          .describe('The retrained version that has taken the place of its own. Null: a person closed it.'),
      })
      .nullable()
      .describe('Who closed it, a person or shiftwatch; no window has ended it.'),
    follows: id.nullable().describe('The incident before it that had been closed, and which it shows again.'),
    held: z
      .object({
        message: words.incidentKind,
        reason: words.holdReason,
        by: z.string().describe('A person, a schedule, a silence or an incident.'),
        until: time.nullable().describe('Null: not known beforehand.'),
        since: time,
      })
      .nullable()
      .describe('A message that people get once nothing holds it back any more.'),
    deliveries: z
      .object({
        delivered: count,
        failed: count.describe('Given up: `POST /deliveries/{id}/replay` sends one again.'),
        waiting: count.describe('Not sent yet, or tried in vain and to be tried again.'),
      })
      .describe('Of its messages, one for each recipient.'),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'Alert' });
export type AlertRow = z.infer<typeof alertRow>;

export const listedAlert = alertRow
  .extend({
    headline: z.string().describe('What, since when (UTC), how sure and what to do, in one sentence.'),
  })
  .meta({ id: 'ListedAlert' });
export type ListedAlert = z.infer<typeof listedAlert>;

export const alertCounts = z
  .object({
    pending: count.describe('Seen, and nobody has been told yet.'),
    firing: count,
    recovering: count,
  })
  .meta({ id: 'AlertCounts' });
export type AlertCounts = z.infer<typeof alertCounts>;

/** How one series stands about shifts. */
export const alertStateRow = z
  .object({
    model: z.string(),
    version: z.string(),
    ...size,
    segment: z.string(),
    series: words.series,
    state: words.seriesState,
    /** Null: none has been decided since this is written down. */
    reason: z.string().nullable().describe('What the newest decided window was to the series.'),
    window_id: id.nullable(),
    decided_until: time.describe('Windows that start before this have been decided.'),
  })
  .meta({ id: 'AlertSeriesState' });
export type AlertStateRow = z.infer<typeof alertStateRow>;

export const alertEventRow = z
  .object({
    id,
    at: time,
    kind: z.string(),
    reason: z.string(),
    window_id: id.nullable(),
    details: z.unknown(),
  })
  .meta({ id: 'AlertEvent' });
export type AlertEventRow = z.infer<typeof alertEventRow>;
