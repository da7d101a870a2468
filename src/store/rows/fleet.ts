import { z } from 'zod';
import { VERDICTS } from '../../core/findings.ts';
import { count, id, interval, time } from './cells.ts';
import * as words from './words.ts';

/** A stretch of windows of one verdict. */
const ribbonSpan = z.object({
  start: time,
  end: time,
  verdict: z.enum([...VERDICTS, 'no_data', 'open']).describe('`open`: not judged yet.'),
});

const fleetIncident = z.object({
  id,
  cause: words.alertCause,
  verdict: words.verdictKind,
  subjects: z.array(z.string()),
  state: words.alertState,
  since: time,
  looked_after_by: z.string().nullable().describe('Who has acknowledged or snoozed it.'),
});

export const fleetModel = z
  .object({
    model: z.string(),
    task: words.task,
    tags: z.record(z.string(), z.string()),
    group: z.string().nullable().describe('Its value of the tag that is grouped by.'),
    verdict: z
      .object({
        verdict: words.verdictKind,
        reason: z.string().nullable(),
        series: words.series,
        expected: z
          .string()
          .nullable()
          .describe('`expected: ` and the comment of who expected what it shows. Null: nobody did.'),
        window_id: id,
        version: z.string(),
        start: time,
        end: time,
      })
      .nullable()
      .describe('Of the newest window that was judged; with labels where they are in. Null: none was.'),
    open_incidents: count.describe('Firing or recovering.'),
    worst_incident: fleetIncident.nullable(),
    performance: z.object({
      metric: z.string().describe('The one that retraining goes by, else `accuracy` or `mae`.'),
      realised: z
        .object({ value: z.number(), interval, start: time, end: time })
        .nullable()
        .describe('Of the newest window that labels are in of, whether it has matured or not.'),
      estimated: z
        .object({ value: z.number(), interval, valid: z.boolean() })
        .nullable()
        .describe('Of the newest window that was judged.'),
    }),
    rows_per_hour: z.number().nullable().describe('Of the newest window that was judged.'),
    newest_window: z.object({ id, start: time, end: time, state: words.windowState }).nullable(),
    ribbon: z.array(ribbonSpan).describe('Of 96 columns of the period at most, each with its worst verdict.'),
  })
  .meta({ id: 'FleetModel' });
export type FleetModel = z.infer<typeof fleetModel>;

export const fleet = z
  .object({
    period: z.object({ from: time, to: time }),
    models: count.describe('All there are.'),
    needing: z
      .object({
        models: count.describe('With an incident that fires and that nobody looks after.'),
        worst: z.object({ model: z.string(), incident: fleetIncident }).nullable(),
        looked_after: count.describe('Others whose firing incidents are looked after.'),
      })
      .describe('Of all models, whatever is searched for.'),
    tags: z
      .array(z.object({ name: z.string(), value: z.string(), models: count }))
      .describe('What models are tagged with, by name and value, 500 at most.'),
    groups: z
      .array(z.object({ value: z.string().nullable(), models: count, needing: count }))
      .describe('In the order of `items`; empty without `group`.'),
    total: count.describe('Models that fit.'),
    offset: count,
    items: z.array(fleetModel),
  })
  .meta({ id: 'Fleet' });
export type Fleet = z.infer<typeof fleet>;
