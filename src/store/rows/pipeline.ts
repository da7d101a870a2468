import { z } from 'zod';
import { count, time } from './cells.ts';

const source = z.object({
  source: z.string(),
  partition: count,
  lag: count.describe('Records in the log that are not stored yet.'),
  high_checked_at: time.nullable(),
  progressed_at: time,
});

const duty = z.object({
  name: z.string(),
  role: z.string(),
  every_ms: count,
  processes: count,
  since: time,
  last_success_at: time.nullable(),
  last_failure_at: time.nullable(),
  last_error: z.string().nullable(),
  failures: count.describe('In a row, in the process where it goes worst.'),
});

/** How the line itself stands: is everything read, stored, judged and sent? */
export const pipelineState = z
  .object({
    sources: z.array(source),
    watermarks: z.array(z.object({ model: z.string(), complete_until: time, newest_event_at: time })),
    conservation: z
      .array(
        z.object({
          event_type: z.string(),
          read: count,
          windowed: count,
          late: count,
          duplicate: count,
          ignored: count,
          joined: count,
          waiting: count,
          superseded: count,
          expired: count,
          dead_letter: count,
          unknown_model: count,
          unaccounted: count.describe(
            'Read, less all of the above: anything but 0 is a fault of shiftwatch.',
          ),
        }),
      )
      .describe('What became of all events, by type.'),
    notices: z.array(z.object({ source: z.string(), notice: z.string(), count, newest_at: time })),
    log_incidents: z
      .array(
        z.object({ source: z.string(), partition: count, kind: z.string(), records: count, found_at: time }),
      )
      .describe('Records that logs have lost, and logs made anew; the newest.'),
    windows: z.array(z.object({ model: z.string(), state: z.string(), count, late_rows: count })),
    outbox: z
      .array(z.object({ kind: z.string(), waiting: count, oldest_at: time, unqueued_since: time.nullable() }))
      .describe('What is to be done: evaluations, messages, requests.'),
    deliveries: z.array(z.object({ kind: z.string(), state: z.string(), count })),
    disabled_endpoints: z
      .array(z.object({ section: z.string(), name: z.string(), disabled_at: time }))
      .describe('Channels and webhooks that answered 410.'),
    duties: z.array(duty).describe('What processes do again and again; empty while none runs.'),
    postponed: z.array(z.object({ reason: z.string(), count, since: time })),
    unreadable_counts: z.array(z.object({ model: z.string(), parts: count, windows: count })),
    dead_letters: z
      .array(z.object({ reason: z.string(), count, newest_at: time }))
      .describe('Records that could not be read, and were not replayed.'),
    mail_servers: z.array(
      z.object({ host: z.string(), failures: count, opened_at: time.nullable(), last_error: z.string() }),
    ),
    silences: count,
  })
  .meta({ id: 'PipelineState' });
export type PipelineState = z.infer<typeof pipelineState>;

const configurationRow = z
  .object({
    path: z.string(),
    value: z.string().describe('As it is in force; secrets are `***`.'),
    line: count.nullable().describe('Of its file; null: the default.'),
    file: z
      .string()
      .nullable()
      .describe('That `include` brings it from; null: the configuration file itself, or the default.'),
    reference: z.string().nullable().describe('As written, such as `${DATABASE_URL}`.'),
  })
  .meta({ id: 'ConfigurationEntry' });

export const effectiveConfiguration = z
  .object({ file: z.string(), entries: z.array(configurationRow) })
  .meta({ id: 'Configuration' });
export type EffectiveConfiguration = z.infer<typeof effectiveConfiguration>;
